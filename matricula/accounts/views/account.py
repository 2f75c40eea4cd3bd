"""The account: name, password, sessions."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from matricula.accounts.access import freshly_signed_in
from matricula.accounts.email_addresses import address_to_confirm
from matricula.accounts.forms import NameForm, NewPasswordForm
from matricula.accounts.models import Account, Session
from matricula.accounts.passwords import change_password
from matricula.accounts.sign_in import start_session
from matricula.security.clients import network_of
from matricula.web.access import FORM, signed_in


@signed_in
@FORM
def show_account(request: HttpRequest) -> HttpResponse:
    account = own_account(request)
    initial = {name: getattr(account, name) for name in ("full_name", "certificate_name", "language")}
    form = NameForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        Account.objects.filter(pk=account.pk).update(**form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("accounts:home")
    losing = account.addresses.filter(power_ends_at__isnull=False)
    context = {"form": form, "losing": losing, "to_confirm": address_to_confirm(account)}
    return render(request, "accounts/pages/home.html", context)


def own_account(request: HttpRequest) -> Account:
    """The account that is signed in, where the access rule saw to it."""
    account = request.user
    assert isinstance(account, Account)  # noqa: S101 - the access rule saw to it
    return account


@freshly_signed_in
@FORM
def change_password_page(request: HttpRequest, account: Account) -> HttpResponse:
    form = NewPasswordForm(request.POST or None, account=account)
    if request.method == "POST" and form.is_valid():
        change_password(account=account, password=form.cleaned_data["password"])
        start_session(request, account)
        messages.success(request, _("Your password is changed, and every other session has ended."))
        return redirect("accounts:home")
    context = {"form": form, "first": not account.has_usable_password()}
    return render(request, "accounts/pages/password.html", context)


@signed_in
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """This browser first, then the others as they were seen last."""
    this, here = stored_key(request), network_of(request)
    rows = Session.objects.filter(account_id=own_account(request).pk, expire_date__gt=timezone.now())
    ordered = sorted(rows.order_by("-seen_at"), key=lambda one: one.session_key != this)
    listed = [(one, one.place(here), one.session_key == this) for one in ordered]
    return render(request, "accounts/pages/sessions.html", {"sessions": listed})


def stored_key(request: HttpRequest) -> str:
    return str(request.session.stored_key())  # type: ignore[attr-defined]


@signed_in
@require_POST
def end_session(request: HttpRequest, key: str) -> HttpResponse:
    get_object_or_404(Session, account_id=own_account(request).pk, session_key=key).delete()
    messages.success(request, _("That session has ended."))
    return redirect("accounts:sessions")


@signed_in
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    account = own_account(request)
    account.end_sessions()
    start_session(request, account)
    messages.success(request, _("Every other session has ended."))
    return redirect("accounts:sessions")
