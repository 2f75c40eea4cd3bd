"""The person's own pages: log in, log out, account, confirming a mailbox by its link."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from matricula.accounts.confirming import confirmation_of_link, prove
from matricula.accounts.errors import CodeEnded, MailboxTaken
from matricula.accounts.forms import AddressForm, LogInForm, NameForm, NewPasswordForm, PasswordForm
from matricula.accounts.models import Account, Session
from matricula.accounts.resetting import ask_to_reset, choose_password, reset_of_link
from matricula.accounts.signing_in import check_password, start_session
from matricula.web.access import public, signed_in

FORM = require_http_methods(["GET", "HEAD", "POST"])


def local_path(path: str, *, otherwise: str) -> str:
    """`path` when it stays on this site, else `otherwise`."""
    safe = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if safe and "\\" not in path else otherwise


@public
@FORM
def sign_in(request: HttpRequest) -> HttpResponse:
    target = local_path(request.POST.get("next", request.GET.get("next", "")), otherwise="/learn/")
    form = LogInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        account = check_password(request, **form.cleaned_data)
        if account:
            start_session(request, account)
            return redirect(target)
        form.add_error("password", _("E-mail and password do not fit together. Check both and try again."))
    return render(request, "accounts/pages/sign_in.html", {"form": form, "next": target})


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("accounts:sign-in")


@signed_in
@FORM
def home(request: HttpRequest) -> HttpResponse:
    account = request.user
    assert isinstance(account, Account)  # noqa: S101 - signed_in saw to it
    initial = {"full_name": account.full_name, "certificate_name": account.certificate_name}
    form = NameForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        Account.objects.filter(pk=account.pk).update(**form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("accounts:home")
    sessions = Session.objects.filter(account_id=account.pk).order_by("-started_at")
    context = {
        "form": form,
        "addresses": account.addresses.order_by("-is_primary", "id"),
        "sessions": sessions,
    }
    return render(request, "accounts/pages/home.html", context)


@signed_in
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    account = request.user
    assert isinstance(account, Account)  # noqa: S101 - signed_in saw to it
    account.end_sessions()
    start_session(request, account)
    messages.success(request, _("Every other session has ended."))
    return redirect("accounts:home")


@public
@FORM
def confirm(request: HttpRequest, secret: str) -> HttpResponse:
    """The link of a confirmation letter. A GET changes nothing; elsewhere than where it began it asks for
    the account's password, so that nobody confirms a stranger's account by accident."""
    try:
        confirmation = confirmation_of_link(secret)
    except CodeEnded:
        return render(request, "accounts/pages/confirmation_ended.html", status=410)
    account = confirmation.email.account
    own = request.user == account
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and (own or (form.is_valid() and fits(request, account, form))):
        try:
            prove(confirmation=confirmation)
        except (CodeEnded, MailboxTaken):
            return render(request, "accounts/pages/confirmation_ended.html", status=410)
        if not own:
            start_session(request, account)
        messages.success(request, _("Your e-mail is confirmed."))
        return redirect("/learn/")
    context = {"form": form, "own": own, "email": confirmation.email}
    return render(request, "accounts/pages/confirm.html", context)


def fits(request: HttpRequest, account: Account, form: PasswordForm) -> bool:
    """Whether the password is this account's; the error goes beside the field."""
    address = account.addresses.filter(signs_in=True).order_by("-is_primary").first()
    email = address.address if address else ""
    if check_password(request, email=email, password=form.cleaned_data["password"]) == account:
        return True
    form.add_error("password", _("This is not the password of that account."))
    return False


@public
@FORM
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a letter; the answer is the same whether or not an account exists."""
    target = local_path(request.POST.get("next", request.GET.get("next", "")), otherwise="")
    form = AddressForm(request.POST or None)
    asked = request.method == "POST" and form.is_valid()
    if asked:
        ask_to_reset(address=form.cleaned_data["email"], next_path=target)
    return render(request, "accounts/pages/forgotten.html", {"form": form, "asked": asked, "next": target})


@public
@FORM
def reset(request: HttpRequest, secret: str) -> HttpResponse:
    try:
        found = reset_of_link(secret)
        form = NewPasswordForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            start_session(request, choose_password(reset=found, password=form.cleaned_data["password"]))
            return redirect(local_path(found.next_path, otherwise="/learn/"))
    except CodeEnded:
        return render(request, "accounts/pages/confirmation_ended.html", status=410)
    return render(request, "accounts/pages/reset.html", {"form": form})
