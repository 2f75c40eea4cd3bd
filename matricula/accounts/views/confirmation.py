"""The links of letters: confirming a mailbox, and a forgotten password."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from matricula.accounts.confirmation import (
    confirm_address,
    confirmation_of_link,
    open_confirmation,
    reclaim_mailbox,
)
from matricula.accounts.email_addresses import release_address
from matricula.accounts.errors import CodeEnded, MailboxTaken
from matricula.accounts.forms import PasswordForm, ReclaimForm
from matricula.accounts.known_devices import device_known_at
from matricula.accounts.mailboxes import is_taken
from matricula.accounts.models import Account, Confirmation, EmailAddress
from matricula.accounts.passwords import ask_to_reset
from matricula.accounts.sign_in import begin_session, knows_password, start_session
from matricula.accounts.views.waiting import told_to_wait
from matricula.mail.addresses import canonical
from matricula.security.clients import network_of
from matricula.security.errors import TooManyTries
from matricula.security.signed_cookies import cookie_value, keep_in_cookie, redirect_with_cookie
from matricula.web.access import FORM, public
from matricula.web.redirects import begins_session, to_my_learning

HELD_SECONDS = 3600


def kept_in_the_browser(kind: str, pk: int) -> HttpResponse:
    """To the page of this letter. Each has a cookie of its own, so that two of them may be open at once."""
    page = reverse(f"accounts:{kind}", args=[pk])
    response = redirect_with_cookie(page)
    keep_in_cookie(response, kind, str(pk), path=page, seconds=HELD_SECONDS)
    return response


def own_letter(request: HttpRequest, kind: str, pk: int) -> int:
    """`pk`, when this browser opened the link of that letter. Raises CodeEnded."""
    if cookie_value(request, kind) != str(pk):
        raise CodeEnded
    return pk


@public
@FORM
def confirmation_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Takes the secret of a confirmation letter out of the address bar, and changes nothing."""
    try:
        return kept_in_the_browser("confirm", confirmation_of_link(secret).pk)
    except CodeEnded:
        return link_ended(request)


@public
@FORM
@begins_session(to_my_learning)
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """What a confirmation letter leads to. A GET changes nothing; elsewhere than where it began it asks for
    the account's password, so that nobody confirms a stranger's account by accident."""
    try:
        confirmation = open_confirmation(pk=own_letter(request, "confirm", pk))
    except CodeEnded:
        return link_ended(request)
    if is_taken(confirmation.email):
        return mailbox_taken(request, confirmation.email)
    account = confirmation.email.account
    own = request.user == account
    form = PasswordForm(request.POST or None)
    context = {
        "form": form,
        "own": own,
        "email": confirmation.email,
        "strange": not own and not account.is_confirmed,
        "confirmation": confirmation,
    }
    try:
        if request.method == "POST" and (own or (form.is_valid() and fits(request, account, form))):
            confirm_address(confirmation=confirmation)
            messages.success(request, _("Your e-mail is confirmed."))
            return redirect("/learn/" if own else begin_session(request, account, then="/learn/"))
    except TooManyTries as wait:
        return told_to_wait(request, "accounts/pages/confirm.html", context, wait)
    except CodeEnded:
        return link_ended(request)
    except MailboxTaken:
        return mailbox_taken(request, confirmation.email)
    return render(request, "accounts/pages/confirm.html", context)


@public
@FORM
@begins_session(to_my_learning)
def reclaim(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody else set up an account with this mailbox: its holder takes it over, and all of theirs goes.
    An account that is in use stays theirs; the address goes from it."""
    form = ReclaimForm(request.POST or None)
    try:
        confirmation = open_confirmation(pk=own_letter(request, "confirm", pk))
        if is_taken(confirmation.email):
            return mailbox_taken(request, confirmation.email)
        account = confirmation.email.account
        if account.is_confirmed:
            raise CodeEnded
        if not account.is_claimable:
            return release_mailbox(request, confirmation)
        if request.method == "POST" and form.is_valid():
            start_session(request, reclaim_mailbox(confirmation=confirmation, **form.cleaned_data))
            return redirect("/learn/")
    except CodeEnded:
        return link_ended(request)
    except MailboxTaken:
        return mailbox_taken(request, confirmation.email)
    return render(request, "accounts/pages/reclaim.html", {"form": form, "email": confirmation.email})


def link_ended(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/pages/confirmation_ended.html", status=410)


def mailbox_taken(request: HttpRequest, email: EmailAddress) -> HttpResponse:
    """Another account has it: told to whoever reads the mailbox, whose that account will be."""
    own = request.user.pk == email.account_id
    context = {"email": email, "own": own, "back": reverse("accounts:addresses") if own else ""}
    return render(request, "accounts/pages/mailbox_taken.html", context, status=409)


def release_mailbox(request: HttpRequest, confirmation: Confirmation) -> HttpResponse:
    """Raises CodeEnded."""
    if request.method == "POST":
        release_address(confirmation=confirmation)
    context = {"email": confirmation.email, "released": request.method == "POST"}
    return render(request, "accounts/pages/release.html", context)


def fits(request: HttpRequest, account: Account, form: PasswordForm) -> bool:
    """Whether the password is this account's; the error goes beside the field. Raises TooManyTries."""
    if knows_password(request, account=account, password=form.cleaned_data["password"]):
        return True
    form.add_error("password", _("This is not the password of that account."))
    return False


def ask_for_reset(request: HttpRequest, address: str, target: str) -> None:
    """Raises HasToWait."""
    network, device = network_of(request), device_known_at(request, canonical(address))
    ask_to_reset(address=address, network=network, next_path=target, device=device)
