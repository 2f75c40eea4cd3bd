"""Devices that an account has signed in from: each counts its own tries, so a stranger who guesses at an
account does not shut its owner out. The browser keeps the marks, signed; a new password ends them all."""

import secrets

from django.http import HttpRequest, HttpResponseBase

from matricula.accounts.models import Account, EmailAddress
from matricula.security.secrets import digest
from matricula.security.signed_cookies import cookie_value, keep_in_cookie

COOKIE = "device"
REMEMBERED_DAYS = 180
MOST = 20
"""Accounts of one browser; the one that signed in longest ago gives way."""
SIGNED_IN = "matricula.signed_in"


def remember(request: HttpRequest, account: Account) -> None:
    """This browser is told with the answer that the account signed in here."""
    request.META[SIGNED_IN] = account


def tell_browser(request: HttpRequest, response: HttpResponseBase) -> None:
    account = request.META.get(SIGNED_IN)
    if account is None:
        return
    device, marks = marks_of(request)
    new = mark(device, account)
    kept = [new, *(one for one in marks if one != new)][:MOST]
    keep_in_cookie(response, COOKIE, ".".join([device, *kept]), path="/", seconds=REMEMBERED_DAYS * 86_400)


def marks_of(request: HttpRequest) -> tuple[str, list[str]]:
    """The name of this browser, a new one if it has none, and the marks of accounts on it."""
    device, *marks = (cookie_value(request, COOKIE) or secrets.token_urlsafe(16)).split(".")
    return device, marks


def mark(device: str, account: Account) -> str:
    return digest("device", f"{device}:{account.pk}:{account.auth_epoch}")[:22]


def known_device(request: HttpRequest, account: Account) -> str:
    """The name of this browser, if the account signed in here since its password was chosen; else empty."""
    device, marks = marks_of(request)
    return device if mark(device, account) in marks else ""


def device_known_at(request: HttpRequest, canonical: str) -> str:
    """The same, for whoever has proven the address. Who merely claims one is nobody here."""
    if cookie_value(request, COOKIE) is None:
        return ""
    proven = EmailAddress.objects.confirmed().filter(canonical=canonical).select_related("account").first()
    return known_device(request, proven.account) if proven else ""
