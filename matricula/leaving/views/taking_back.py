"""Taking a deletion back: after a log-in that fitted, or by a letter; and what did not come back."""

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_safe

from matricula.accounts.errors import AddressListed, TooManyAdded
from matricula.accounts.forms import EmailField
from matricula.accounts.models import Account, EmailAddress
from matricula.accounts.passwords import change_password
from matricula.accounts.second_factors import has_second_factor
from matricula.accounts.sign_in import TAKING_BACK, noted_account, start_session
from matricula.accounts.views.account import own_account
from matricula.accounts.views.waiting import told_to_wait
from matricula.leaving.combining.address_lines import ADDRESSES
from matricula.leaving.deletion.released import open_deletion_of
from matricula.leaving.deletion.taking_back import needs_address, take_account_back
from matricula.leaving.deletion.told import what_did_not_come_back
from matricula.leaving.errors import NoAddressLeft, TakeBackOver
from matricula.leaving.forms import FactorForm, ForgottenForm, OwnerForm
from matricula.leaving.letters import OWN, TAKE_BACK, named_for_taking_back, recovers
from matricula.leaving.models import Deletion
from matricula.mail.addresses import AddressRefused
from matricula.security.errors import TooManyTries
from matricula.security.secrets import is_digest_of
from matricula.web.access import FORM, public, signed_in
from matricula.web.values import text_in

PAGE, BY_LETTER = "leaving/pages/take_back.html", "leaving/pages/take_back_by_letter.html"
REFUSED = (AddressListed, AddressRefused, NoAddressLeft, TakeBackOver, TooManyAdded)


def ask_for_address(form: forms.Form, deletion: Deletion) -> forms.Form:
    """Where others have proven every address that logged in."""
    if needs_address(deletion):
        form.fields["new_address"] = EmailField(
            label=lazy("A new e-mail"),
            help_text=lazy(
                "Other accounts have your addresses now. Enter one that reaches you: you confirm it next."
            ),
            widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
        )
    return form


class NothingMore(forms.Form):
    """The password was right a moment ago, and the account has no second factor."""


@public
@FORM
def take_back_page(request: HttpRequest) -> HttpResponse:
    """For whoever logged in to an account that they deleted. Looking changes nothing."""
    account, this = noted_account(request)
    deletion = open_deletion_of(account) if account else None
    if account is None or deletion is None:
        return redirect("accounts:sign-in")
    kind = FactorForm if has_second_factor(account) else NothingMore
    form = ask_for_address(kind(request.POST if request.method == "POST" else None), deletion)
    context = {"form": form, "deletion": deletion, "account": account}
    try:
        if request.method == "POST" and form.is_valid():
            shown = not isinstance(form, FactorForm) or form.shows_factor(request, account, this=this)
            if shown:
                request.session.pop(TAKING_BACK, None)
                return taken_back(request, deletion, form)
    except TooManyTries as wait:
        return told_to_wait(request, PAGE, context, wait)
    except REFUSED as refusal:
        form.add_error(None, str(refusal))
    return render(request, PAGE, context)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def take_back_by_letter(request: HttpRequest, deletion_id: str, secret: str) -> HttpResponse:
    """The link only leads here: what takes it back is the password the account had, and its second factor."""
    deletion = get_object_or_404(Deletion.objects.select_related("account"), public_id=deletion_id)
    if not came_by_letter(deletion, secret, OWN) and not mailbox_of(deletion, secret):
        raise Http404
    may_choose = is_still_free(mailbox_of(deletion, secret))
    forgotten = may_choose and text_in(request.GET, "forgotten") == "1"
    form = (ForgottenForm if forgotten else OwnerForm)(deletion.account, request.POST or None)
    context = {"form": form, "deletion": deletion, "forgotten": forgotten, "may_choose": may_choose}
    if not deletion.is_open:
        return render(request, BY_LETTER, context)
    ask_for_address(form, deletion)
    try:
        if request.method == "POST" and form.is_valid() and shown_by(form, request, deletion):
            return taken_back(request, deletion, form)
    except TooManyTries as wait:
        return told_to_wait(request, BY_LETTER, context, wait)
    except REFUSED as refusal:
        form.add_error(None, str(refusal))
    return render(request, BY_LETTER, context)


def came_by_letter(deletion: Deletion, secret: str, side: str) -> bool:
    return is_digest_of(secret, TAKE_BACK, named_for_taking_back(deletion, side))


def mailbox_of(deletion: Deletion, secret: str) -> str:
    """Canonical: the one that the letter came to, if it could choose a new password; else nothing."""
    for one in deletion.lines.filter(table_name=ADDRESSES):
        if came_by_letter(deletion, secret, recovers(one.row_id)):
            return str(one.before.get("canonical", "")) or "forgotten"
    return ""


def is_still_free(mailbox: str) -> bool:
    """Whoever reads one that somebody else has proven since may be somebody else."""
    proven = EmailAddress.objects.confirmed().filter(canonical=mailbox)
    return bool(mailbox) and not proven.exists()


def shown_by(form: OwnerForm, request: HttpRequest, deletion: Deletion) -> bool:
    """Raises TooManyTries."""
    this = f"take-back-{deletion.pk}"
    if isinstance(form, ForgottenForm):
        return form.shows_what_is_asked(request, this=this)
    return form.proves(request, this=this, given_up=True)


def taken_back(request: HttpRequest, deletion: Deletion, form: forms.Form) -> HttpResponse:
    """Raises TakeBackOver, NoAddressLeft and what listing a new address does."""
    take_account_back(deletion=deletion, new_address=form.cleaned_data.get("new_address", ""))
    account = Account.objects.get(pk=deletion.account_id)
    if isinstance(form, ForgottenForm):
        change_password(account=account, password=form.cleaned_data["password"])
    start_session(request, account)
    return redirect("leaving:taken-back", deletion.public_id)


@signed_in
@require_safe
def show_taken_back(request: HttpRequest, deletion_id: str) -> HttpResponse:
    """What came back, and what did not and why."""
    rows = Deletion.objects.filter(account=own_account(request), taken_back_at__isnull=False)
    deletion = get_object_or_404(rows, public_id=deletion_id)
    unconfirmed = own_account(request).addresses.unproven_ways_in()
    has_way_in = own_account(request).addresses.ways_in().exists()
    context = {
        "deletion": deletion,
        "lost": what_did_not_come_back(deletion),
        "to_confirm": None if has_way_in else unconfirmed.order_by("-pk").first(),
    }
    return render(request, "leaving/pages/taken_back.html", context)
