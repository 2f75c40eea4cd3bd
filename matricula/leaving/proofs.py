"""Proofs in one browser: that the account one is in is one's own, for deleting too, and that another one is.

A proof has one purpose, a quarter of an hour, and one use. It is not the session: cookies, fresh log-ins and
remembered devices prove nothing here. It goes with the session, and holds no longer than nothing about its
account changed hands.
"""

import secrets
import time
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from matricula.accounts.models import Account, SecondFactor
from matricula.accounts.second_factors import has_second_factor
from matricula.leaving.combining.combining import Proven
from matricula.security.throttling import Limit

KEPT_IN = "combining"
OWN, OTHER, DELETING = "own", "other", "deleting"
SECONDS = 15 * 60
PROOFS = Limit("combine-proof")


def proofs_in(request: HttpRequest) -> dict[str, Any]:
    held = request.session.get(KEPT_IN)
    return held if isinstance(held, dict) else {}


def keep(request: HttpRequest, **news: Any) -> None:
    request.session[KEPT_IN] = {**proofs_in(request), **news}


def forget_proofs(request: HttpRequest) -> None:
    request.session.pop(KEPT_IN, None)


def password_was_right(request: HttpRequest, side: str, account: Account) -> bool:
    """True when that was enough; else a second factor is asked for."""
    if not has_second_factor(account):
        keep_proof(request, side, account, how="password")
        return True
    pending = {"account": account.pk, "known_by": account.get_session_auth_hash(), "at": time.time()}
    keep(request, pending={**pending, "id": secrets.token_urlsafe(16)})
    return False


def keep_proof(
    request: HttpRequest, side: str, account: Account, *, how: str, sure_since: datetime | None = None
) -> None:
    proof = {
        "account": account.pk,
        "known_by": account.get_session_auth_hash(),
        "how": how,
        "at": time.time(),
        "sure_since": sure_since.isoformat() if sure_since else "",
    }
    keep(request, **{side: proof, "pending": None})


def pending_other(request: HttpRequest) -> Account | None:
    """Whose password, still the same, was right here a moment ago."""
    pending = proofs_in(request).get("pending")
    if not pending or time.time() - pending["at"] > SECONDS:
        return None
    account = Account.objects.filter(pk=pending["account"], is_active=True).first()
    return account if account and pending["known_by"] in account.session_hashes() else None


def pending_name(request: HttpRequest) -> str:
    """Names the one occasion, so that its tries are counted."""
    return str((proofs_in(request).get("pending") or {}).get("id", ""))


def own_proof(request: HttpRequest) -> Proven | None:
    """Of the account that is signed in."""
    proof = proven_in(request, OWN)
    return proof if proof and proof.account == request.user.pk else None


def deleting_proof(request: HttpRequest) -> Proven | None:
    """Of the account that is signed in, to delete it."""
    proof = proven_in(request, DELETING)
    return proof if proof and proof.account == request.user.pk else None


def other_proof(request: HttpRequest) -> Proven | None:
    return proven_in(request, OTHER)


def proven_in(request: HttpRequest, side: str) -> Proven | None:
    """The proof, while it is good."""
    told = proofs_in(request).get(side)
    if not told or time.time() - told["at"] > SECONDS:
        return None
    account = Account.objects.filter(pk=told["account"]).first()
    proof = Proven(
        account=told["account"],
        known_by=told["known_by"],
        how=told["how"],
        at=datetime.fromtimestamp(told["at"], tz=timezone.get_current_timezone()),
        sure_since=datetime.fromisoformat(told["sure_since"]) if told["sure_since"] else None,
    )
    return proof if account and proof.holds_for(account) else None


def had_since(account: Account, how: str) -> datetime | None:
    """Since when the account has the second factor that was shown just now; of a recovery code nothing."""
    kind = {"app": SecondFactor.Kind.TOTP, "passkey": SecondFactor.Kind.PASSKEY}.get(how)
    if kind is None:
        return None
    used = account.second_factors.filter(kind=kind, last_used_at__isnull=False).order_by("-last_used_at")
    return used.values_list("created_at", flat=True).first()
