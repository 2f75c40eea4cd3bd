"""Second factors: an authenticator app, passkeys, recovery codes."""

from io import BytesIO
from urllib.parse import quote, urlsplit

import pyotp
import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from matricula.accounts import passkeys
from matricula.accounts.access import freshly_signed_in
from matricula.accounts.errors import AppCodeWrong, FactorExists, PasskeyRefused, RecoveryCodesMissing
from matricula.accounts.forms import AuthenticatorForm, PasskeyNameForm
from matricula.accounts.models import Account
from matricula.accounts.second_factors import (
    add_authenticator,
    codes_left,
    enrolment_uri,
    has_second_factor,
    is_readable,
    remove_factor,
    renew_recovery_codes,
)
from matricula.accounts.sign_in import FRESH_SECONDS, HANDLE
from matricula.security.secrets import SealUnreadable, seal, unseal
from matricula.security.sent_forms import is_sent_again
from matricula.security.signed_cookies import cookie_value, keep_in_cookie
from matricula.web.access import FORM, signed_in
from matricula.web.values import object_in, text_in

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
        "unreadable": [one for one in factors if not is_readable(one)],
        "codes_left": codes_left(account),
        "passkeys_work": passkeys.can_work_here(),
    }
    return render(request, "accounts/pages/second_factors.html", context)


@freshly_signed_in
@FORM
def authenticator(request: HttpRequest, account: Account) -> HttpResponse:
    """Show the secret to the app, and see that it took it. Looking at it writes no row."""
    shown = shown_secret(request, account)
    secret = shown or pyotp.random_base32()
    form = AuthenticatorForm(request.POST or None)
    if request.method == "POST" and not shown:
        form.add_error("code", _("That took more than ten minutes. Scan this new picture with your app."))
    elif request.method == "POST" and form.is_valid():
        try:
            add_authenticator(account=account, secret=secret, code=form.cleaned_data["code"])
            request.session.cycle_key()
            answer = finish_app(request, account)
            forget_secret(answer)
            return answer
        except FactorExists:
            return redirect("accounts:second-factors")
        except AppCodeWrong as wrong:
            form.add_error("code", str(wrong))
    context = {"form": form, "secret": secret, "qr": qr(enrolment_uri(account, secret))}
    answer = render(request, "accounts/pages/authenticator.html", context)
    if not shown:
        sealed = seal(BEING_ADDED, f"{owner_of_secret(request, account)}:{secret}")
        keep_in_cookie(answer, BEING_ADDED, sealed, path=request.path, seconds=FRESH_SECONDS)
    return answer


def shown_secret(request: HttpRequest, account: Account) -> str:
    """What this session was shown within ten minutes, sealed in the browser's cookie: a reload or a mistyped
    code keeps it, and whoever logs in there next is shown another."""
    sealed = cookie_value(request, BEING_ADDED) or ""
    try:
        whose, _colon, secret = unseal(BEING_ADDED, sealed, seconds=FRESH_SECONDS).rpartition(":")
    except SealUnreadable:
        return ""
    return secret if whose == owner_of_secret(request, account) else ""


def owner_of_secret(request: HttpRequest, account: Account) -> str:
    return f"{account.pk}:{request.session.get(HANDLE, '')}"


def forget_secret(answer: HttpResponse) -> None:
    answer.delete_cookie(BEING_ADDED, path=reverse("accounts:authenticator"))


def finish_app(request: HttpRequest, account: Account) -> HttpResponse:
    """The first factor comes with recovery codes; those there are stay good for the next."""
    if not codes_left(account):
        return show_codes(request, account)
    messages.success(request, _("The app is added. We wrote to you about it."))
    return redirect("accounts:second-factors")


def qr(text: str) -> str:
    drawing = BytesIO()
    segno.make(text, error="m").save(drawing, kind="svg", scale=4, border=1, omitsize=True, xmldecl=False)
    return mark_safe(drawing.getvalue().decode())


def show_codes(request: HttpRequest, account: Account) -> HttpResponse:
    """New recovery codes; this answer is the only place where they ever stand, the file in it as well.

    The first are made before the first passkey is: then it goes on there.
    """
    codes = renew_recovery_codes(account=account)
    then = "accounts:second-factors" if has_second_factor(account) else "accounts:passkey"
    lead = _(
        "Without your device, one of them lets you in. Each works once. They are shown only now: print them,"
        " or keep them where you keep what matters."
    )
    return code_sheet(request, codes, lead=lead, title=_("Recovery codes"), then=reverse(then))


def code_sheet(
    request: HttpRequest, codes: list[str], *, lead: str, title: str, then: str, place: str = ""
) -> HttpResponse:
    """New codes of any kind, to be kept: `title` heads the sheet, `place` is where they are typed one day.

    Whose they are and of which day stands on it: a sheet is found again years later.
    """
    name = "-".join(title.lower().split())
    whose = f"{title} · {request.user} · {date_format(timezone.localdate(), 'SHORT_DATE_FORMAT')}"
    context = {
        "codes": codes,
        "lead": lead,
        "whose": whose,
        "file": text_file("\n".join([whose, place or settings.BASE_URL, "", *codes, ""])),
        "filename": f"{urlsplit(settings.BASE_URL).hostname}-{name}.txt",
        "then": then,
    }
    answer = render(request, "accounts/pages/recovery_codes.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def text_file(text: str) -> str:
    """An address that is the file itself: nothing is kept here for a second look, and no script is needed."""
    return f"data:text/plain;charset=utf-8,{quote(text)}"


@freshly_signed_in
@require_POST
def recovery_codes(request: HttpRequest, account: Account) -> HttpResponse:
    """A reload ends no codes that were just written down."""
    if is_sent_again(request):
        messages.info(request, _("Your codes are made, and were shown once. Lost them? Make new ones."))
        return redirect("accounts:second-factors")
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
    context = {
        "form": PasskeyNameForm(),
        "passkeys_work": passkeys.can_work_here(),
        "codes_left": codes_left(account),
    }
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
        name = text_in(request.GET, "name")[:80]
        passkeys.register_passkey(account=account, state=state, answer=object_in(request), name=name)
    except RecoveryCodesMissing as missing:
        return JsonResponse({"error": str(missing)}, status=400)
    except PasskeyRefused:
        return JsonResponse({"error": _("The passkey could not be made. Try again.")}, status=400)
    request.session.cycle_key()
    messages.success(request, _("The passkey is added. We wrote to you about it."))
    return JsonResponse({"then": "/account/second-factors/"})
