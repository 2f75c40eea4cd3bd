"""Signing in: a password that fits, within the tries allowed, and a session of its own."""

from typing import Any

from django.contrib.auth import authenticate, login
from django.http import HttpRequest
from django.utils import timezone

from matricula.accounts.addresses import AddressRefused, canonical
from matricula.accounts.models import Account
from matricula.accounts.throttling import allows

KEPT = ("passes", "arrivals")


def network_of(request: HttpRequest) -> str:
    """Where the request comes from."""
    return str(request.META.get("REMOTE_ADDR", ""))


def check_password(request: HttpRequest, *, email: str, password: str) -> Account | None:
    """The account, or None: wrong, unknown and tried too often look the same."""
    try:
        whom = canonical(email)
    except AddressRefused:
        whom = "malformed"
    free = allows("password", whom, tries=20, minutes=15) and allows(
        "password-network", network_of(request), tries=200, minutes=15
    )
    account = authenticate(request, email=email, password=password)
    return account if free and isinstance(account, Account) else None


def start_session(request: HttpRequest, account: Account) -> None:
    """A new session key; what the visitor holds of arrivals goes along."""
    kept: dict[str, Any] = {name: request.session[name] for name in KEPT if name in request.session}
    request.session.flush()
    login(request, account, backend="matricula.accounts.backends.EmailBackend")
    request.session.update(kept)
    request.session["network"] = network_of(request)
    request.session["browser"] = request.headers.get("User-Agent", "")[:200]
    request.session["started_at"] = timezone.now().isoformat()
