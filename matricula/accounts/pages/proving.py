"""The links of letters: confirming a mailbox, and a forgotten password."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from matricula.accounts.addresses import canonical
from matricula.accounts.addressing import release
from matricula.accounts.confirming import confirmation_of_link, open_confirmation, prove, reclaim
from matricula.accounts.errors import CodeEnded, HasToWait, MailboxTaken, TooManyTries
from matricula.accounts.forms import AddressForm, NewPasswordForm, PasswordForm, ReclaimForm
from matricula.accounts.known_devices import device_known_at
from matricula.accounts.mailboxes import is_taken
from matricula.accounts.models import Account, Confirmation
from matricula.accounts.pages.signing_in import local_path
from matricula.accounts.resetting import ask_to_reset, choose_password, open_reset, reset_of_link
from matricula.accounts.signing_in import begin_session, knows_password, network_of, start_session
from matricula.accounts.waiting import told_to_wait
from matricula.web.access import public
from matricula.web.holding import held, hold, lead_to

FORM = require_http_methods(["GET", "HEAD", "POST"])
HELD_SECONDS = 3600


def kept_in_the_browser(kind: str, pk: int) -> HttpResponse:
    """To the page of this letter. Each has a cookie of its own, so that two of them may be open at once."""
    page = reverse(f"accounts:{kind}", args=[pk])
    response = lead_to(page)
    hold(response, kind, str(pk), path=page, seconds=HELD_SECONDS)
    return response


def own_letter(request: HttpRequest, kind: str, pk: int) -> int:
    """`pk`, when this browser opened the link of that letter. Raises CodeEnded."""
    if held(request, kind) != str(pk):
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
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """What a confirmation letter leads to. A GET changes nothing; elsewhere than where it began it asks for
    the account's password, so that nobody confirms a stranger's account by accident."""
    try:
        confirmation = open_confirmation(pk=own_letter(request, "confirm", pk))
    except CodeEnded:
        return link_ended(request)
    if is_taken(confirmation.email):
        return mailbox_taken(request, confirmation)
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
            prove(confirmation=confirmation)
            messages.success(request, _("Your e-mail is confirmed."))
            return redirect("/learn/" if own else begin_session(request, account, then="/learn/"))
    except TooManyTries as wait:
        return told_to_wait(request, "accounts/pages/confirm.html", context, wait)
    except CodeEnded:
        return link_ended(request)
    except MailboxTaken:
        return mailbox_taken(request, confirmation)
    return render(request, "accounts/pages/confirm.html", context)


@public
@FORM
def reclaim_mailbox(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody else set up an account with this mailbox: its holder takes it over, and all of theirs goes.
    An account that is in use stays theirs; the address goes from it."""
    form = ReclaimForm(request.POST or None)
    try:
        confirmation = open_confirmation(pk=own_letter(request, "confirm", pk))
        if is_taken(confirmation.email):
            return mailbox_taken(request, confirmation)
        account = confirmation.email.account
        if account.is_confirmed:
            raise CodeEnded
        if not account.is_claimable:
            return release_mailbox(request, confirmation)
        if request.method == "POST" and form.is_valid():
            start_session(request, reclaim(confirmation=confirmation, **form.cleaned_data))
            return redirect("/learn/")
    except (CodeEnded, MailboxTaken):
        return link_ended(request)
    return render(request, "accounts/pages/reclaim.html", {"form": form, "email": confirmation.email})


def link_ended(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/pages/confirmation_ended.html", status=410)


def mailbox_taken(request: HttpRequest, confirmation: Confirmation) -> HttpResponse:
    """Another account has it: told to who reads the mailbox, whose that account will be."""
    context = {"email": confirmation.email}
    return render(request, "accounts/pages/mailbox_taken.html", context, status=409)


def release_mailbox(request: HttpRequest, confirmation: Confirmation) -> HttpResponse:
    """Raises CodeEnded."""
    if request.method == "POST":
        release(confirmation=confirmation)
    context = {"email": confirmation.email, "released": request.method == "POST"}
    return render(request, "accounts/pages/release.html", context)


def fits(request: HttpRequest, account: Account, form: PasswordForm) -> bool:
    """Whether the password is this account's; the error goes beside the field. Raises TooManyTries."""
    if knows_password(request, account=account, password=form.cleaned_data["password"]):
        return True
    form.add_error("password", _("This is not the password of that account."))
    return False


@public
@FORM
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a letter; the answer is the same whether or not an account exists."""
    target = local_path(request.POST.get("next", request.GET.get("next", "")), otherwise="")
    form = AddressForm(request.POST or None)
    page, context = "accounts/pages/forgotten.html", {"form": form, "asked": False, "next": target}
    if request.method == "POST" and form.is_valid():
        try:
            ask_for_reset(request, form.cleaned_data["email"], target)
            context["asked"] = True
        except HasToWait as wait:
            return told_to_wait(request, page, context, wait)
    return render(request, page, context)


def ask_for_reset(request: HttpRequest, address: str, target: str) -> None:
    """Raises HasToWait."""
    network, device = network_of(request), device_known_at(request, canonical(address))
    ask_to_reset(address=address, network=network, next_path=target, device=device)


@public
@FORM
def reset_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Takes the secret of a letter for a new password out of the address bar, and changes nothing."""
    try:
        return kept_in_the_browser("reset", reset_of_link(secret).pk)
    except CodeEnded:
        return link_ended(request)


@public
@FORM
def reset(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        found = open_reset(pk=own_letter(request, "reset", pk))
        form = NewPasswordForm(request.POST or None, account=found.email.account)
        if request.method == "POST" and form.is_valid():
            account = choose_password(reset=found, password=form.cleaned_data["password"])
            target = local_path(found.next_path, otherwise="/learn/")
            return redirect(begin_session(request, account, then=target))
    except (CodeEnded, MailboxTaken):
        return link_ended(request)
    return render(request, "accounts/pages/reset.html", {"form": form})
