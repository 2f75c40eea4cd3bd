"""Second factors: an authenticator app, passkeys, recovery codes."""

import json
from io import BytesIO

import pyotp
import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from matricula.accounts import passkeys
from matricula.accounts.access import freshly_signed_in
from matricula.accounts.errors import AppCodeWrong, FactorExists, PasskeyRefused
from matricula.accounts.forms import AuthenticatorForm, PasskeyNameForm
from matricula.accounts.models import SEAL, Account
from matricula.accounts.second_factors import (
    add_authenticator,
    codes_left,
    enrolment_uri,
    remove_factor,
    renew_recovery_codes,
)
from matricula.security.secrets import seal, unseal
from matricula.web.access import signed_in

FORM = require_http_methods(["GET", "HEAD", "POST"])
BEING_ADDED = "new_authenticator"
CEREMONY = "new_passkey"


@signed_in
@require_safe
def second_factors(request: HttpRequest) -> HttpResponse:
    account = request.user
    assert isinstance(account, Account)  # noqa: S101 - signed_in saw to it
    factors = account.second_factors.order_by("id")
    context = {
        "factors": factors,
        "authenticator": any(factor.kind == "totp" for factor in factors),
        "codes_left": codes_left(account),
        "passkeys_work": passkeys.can_work_here(),
    }
    return render(request, "accounts/pages/second_factors.html", context)


@freshly_signed_in
@FORM
def authenticator(request: HttpRequest, account: Account) -> HttpResponse:
    """Show the secret to the app, and see that it took it."""
    kept = request.session.get(BEING_ADDED) or seal(SEAL, pyotp.random_base32())
    if request.method != "HEAD":
        request.session.setdefault(BEING_ADDED, kept)
    secret = unseal(SEAL, kept)
    form = AuthenticatorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_authenticator(account=account, secret=secret, code=form.cleaned_data["code"])
            del request.session[BEING_ADDED]
            request.session.cycle_key()
            return show_codes(request, account)
        except FactorExists:
            return redirect("accounts:second-factors")
        except AppCodeWrong as wrong:
            form.add_error("code", str(wrong))
    context = {"form": form, "secret": secret, "qr": qr(enrolment_uri(account, secret))}
    return render(request, "accounts/pages/authenticator.html", context)


def qr(text: str) -> str:
    drawing = BytesIO()
    segno.make(text, error="m").save(drawing, kind="svg", scale=4, border=1, omitsize=True, xmldecl=False)
    return mark_safe(drawing.getvalue().decode())


def show_codes(request: HttpRequest, account: Account) -> HttpResponse:
    """New recovery codes; this answer is the only place where they ever stand."""
    context = {"codes": renew_recovery_codes(account=account)}
    answer = render(request, "accounts/pages/recovery_codes.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


@freshly_signed_in
@require_POST
def recovery_codes(request: HttpRequest, account: Account) -> HttpResponse:
    return show_codes(request, account)


@freshly_signed_in
@require_POST
def remove(request: HttpRequest, account: Account, pk: int) -> HttpResponse:
    remove_factor(factor=get_object_or_404(account.second_factors, pk=pk))
    request.session.cycle_key()
    messages.success(request, _("Removed. We wrote to you about it."))
    return redirect("accounts:second-factors")


@freshly_signed_in
@require_safe
def passkey(request: HttpRequest, account: Account) -> HttpResponse:
    context = {"form": PasskeyNameForm(), "passkeys_work": passkeys.can_work_here()}
    return render(request, "accounts/pages/passkey.html", context)


@freshly_signed_in
@require_POST
def ask_new_passkey(request: HttpRequest, account: Account) -> HttpResponse:
    options, state = passkeys.ask_to_register(account)
    request.session[CEREMONY] = state
    return JsonResponse(options)


@freshly_signed_in
@require_POST
def keep_passkey(request: HttpRequest, account: Account) -> HttpResponse:
    state = request.session.pop(CEREMONY, None)
    try:
        if state is None:
            raise PasskeyRefused
        name = request.GET.get("name", "")[:80]
        passkeys.register_passkey(account=account, state=state, answer=json.loads(request.body), name=name)
    except (PasskeyRefused, ValueError):
        return JsonResponse({"error": _("The passkey could not be made. Try again.")}, status=400)
    request.session.cycle_key()
    messages.success(request, _("The passkey is added. We wrote to you about it."))
    return JsonResponse({"then": "/account/second-factors/"})
