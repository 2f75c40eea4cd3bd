"""Tokens: made, found by their secret, revoked."""

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from matricula.accounts.models import Account
from matricula.api.errors import TokenRefused, TokenUnusable
from matricula.api.models import KeptAnswer, Token
from matricula.api.scopes import SCOPES
from matricula.audit.models import record
from matricula.organizations.models import Organization
from matricula.web.secret import digest, new_link_secret

PREFIX = "matricula_"
"""So that secret scanners, and people, know one when they see it."""
LONGEST_DAYS = 3650


@transaction.atomic
def grant(
    *, organization: Organization, name: str, scopes: Collection[str], days: int, actor: Account | None
) -> tuple[Token, str]:
    """A token and its secret, which cannot be had again. Raises TokenUnusable."""
    if not scopes or not set(scopes) <= set(SCOPES) or not 1 <= days <= LONGEST_DAYS:
        raise TokenUnusable
    secret = PREFIX + new_link_secret()
    token = Token.objects.create(
        organization=organization,
        name=name,
        digest=digest("api-token", secret),
        ending=secret[-4:],
        scopes=[one for one in SCOPES if one in scopes],
        made_by=actor,
        expires_at=timezone.now() + timedelta(days=days),
    )
    after = {"name": name, "scopes": token.scopes, "days": days}
    record("token.made", actor=actor, organization=organization, subject=token, after=after)
    return token, secret


@transaction.atomic
def revoke(*, token: Token, actor: Account | None) -> bool:
    """For good, with the answers kept for it. True when it was still there to be revoked."""
    rows = Token.objects.filter(pk=token.pk, revoked_at__isnull=True)
    if not rows.update(revoked_at=timezone.now()):
        return False
    KeptAnswer.objects.filter(token=token).delete()
    record(
        "token.revoked",
        actor=actor,
        organization=token.organization_id,
        subject=token,
        after={"name": token.name},
    )
    return True


def holder_of(secret: str) -> Token:
    """The live token with this secret. Raises TokenRefused, and says no more."""
    rows = Token.objects.live().select_related("organization", "made_by")
    token = rows.filter(digest=digest("api-token", secret)).first()
    if token is None:
        raise TokenRefused
    return token
