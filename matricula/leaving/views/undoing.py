"""What was combined, and undoing it: by the account kept, or by a letter and the other one's password."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from matricula.accounts.access import freshly_signed_in
from matricula.accounts.combined_accounts import accounts_of_person
from matricula.accounts.models import Account
from matricula.accounts.passwords import change_password
from matricula.accounts.sign_in import start_session
from matricula.accounts.views.account import own_account
from matricula.accounts.views.waiting import told_to_wait
from matricula.leaving.combining.combining import ledger_of, undo_combining
from matricula.leaving.combining.reading_back import outcomes
from matricula.leaving.combining.sections import Section, Telling, sections_of
from matricula.leaving.errors import UndoNewestFirst, UndoOver
from matricula.leaving.forms import ForgottenForm, OwnerForm
from matricula.leaving.letters import PURPOSE, named_for_undo
from matricula.leaving.models import Combining, CombiningQuerySet
from matricula.leaving.views.listing import lines_file, listing_of, wants_file
from matricula.leaving.views.way_back import way_back
from matricula.security.errors import TooManyTries
from matricula.security.secrets import is_digest_of
from matricula.web.access import public, signed_in
from matricula.web.redirects import belongs_to
from matricula.web.values import text_in


def combinings_of(account: Account) -> CombiningQuerySet:
    """Those in which this account, or one that it took in, took in another; and those undone in which it was
    given up itself."""
    rows = Combining.objects.select_related("kept", "given_up")
    return rows.filter(kept__in=accounts_of_person(account)) | rows.filter(
        given_up=account, undone_at__isnull=False
    )


@signed_in
@require_safe
def combinings(request: HttpRequest) -> HttpResponse:
    rows = combinings_of(own_account(request)).order_by("-pk")
    return render(request, "leaving/pages/combinings.html", {"rows": rows})


@signed_in
@require_safe
def show_combining(request: HttpRequest, combining_id: str) -> HttpResponse:
    """Every line, and what undo would make of it today. Looking changes nothing."""
    combining = get_object_or_404(combinings_of(own_account(request)), public_id=combining_id)
    told = sections_to_read(combining)
    if wants_file(request):
        return lines_file(told, "combining")
    context = {
        "combining": combining,
        "next": way_back(request),
        **listing_of(request, told, request.path, next=way_back(request)),
    }
    return render(request, "leaving/pages/combining.html", context)


def sections_to_read(combining: Combining) -> list[Section]:
    lines = list(combining.lines.order_by("pk"))
    if combining.is_open:
        found = outcomes(ledger_of(combining, combining.made_at))
    else:
        found = {one.pk: (one.undone, one.why) for one in lines}
    undone = combining.undone_at is not None
    telling = Telling(combining.kept, combining.given_up, lines, found, undone)
    return [] if combining.final_at else sections_of(telling)


@freshly_signed_in
@belongs_to("leaving:combinings")
@require_POST
def undo(request: HttpRequest, account: Account, combining_id: str) -> HttpResponse:
    combining = get_object_or_404(Combining, public_id=combining_id, kept=account)
    try:
        undo_combining(combining=combining, side=Combining.Side.KEPT)
    except (UndoOver, UndoNewestFirst) as refusal:
        messages.error(request, str(refusal))
        return redirect("leaving:combining", combining_id)
    start_session(request, Account.objects.get(pk=account.pk))
    messages.success(request, _("Your accounts are two again."))
    return redirect("leaving:combining", combining_id)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def undo_by_letter(request: HttpRequest, combining_id: str, secret: str) -> HttpResponse:
    """The link only leads here: what undoes is the password of the account given up, and its factor."""
    combining = get_object_or_404(Combining.objects.select_related("given_up"), public_id=combining_id)
    sides = [one for one in Combining.Side if is_digest_of(secret, PURPOSE, named_for_undo(combining, one))]
    if not sides:
        raise Http404
    forgotten = text_in(request.GET, "forgotten") == "1" and Combining.Side.GIVEN_UP in sides
    form = (ForgottenForm if forgotten else OwnerForm)(combining.given_up, request.POST or None)
    page, context = "leaving/pages/undo_by_letter.html", {"form": form, "combining": combining}
    context |= {"forgotten": forgotten, "may_choose": Combining.Side.GIVEN_UP in sides}
    try:
        asked = request.method == "POST" and combining.is_open and form.is_valid()
        if asked and shown_by(form, request, combining):
            return undone_by_letter(request, combining, form)
    except TooManyTries as wait:
        return told_to_wait(request, page, context, wait)
    except (UndoOver, UndoNewestFirst) as refusal:
        form.add_error(None, str(refusal))
    return render(request, page, context)


def shown_by(form: OwnerForm, request: HttpRequest, combining: Combining) -> bool:
    """Raises TooManyTries."""
    this = f"undo-{combining.pk}"
    if isinstance(form, ForgottenForm):
        return form.shows_what_is_asked(request, this=this)
    return form.proves(request, this=this, given_up=True)


def undone_by_letter(request: HttpRequest, combining: Combining, form: OwnerForm) -> HttpResponse:
    """Raises UndoOver, UndoNewestFirst."""
    undo_combining(combining=combining, side=Combining.Side.GIVEN_UP)
    account = Account.objects.get(pk=combining.given_up_id)
    if isinstance(form, ForgottenForm):
        change_password(account=account, password=form.cleaned_data["password"])
    start_session(request, account)
    messages.success(request, _("Your accounts are two again. You are logged in to the one you had."))
    return redirect("leaving:combining", combining.public_id)
