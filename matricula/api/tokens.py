"""Tokens and what they may do: made, found by their secret, revoked."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matricula.accounts.models import Account
from matricula.api.errors import TokenRefused, TokenUnusable
from matricula.api.models import KeptAnswer, Token
from matricula.audit.models import record
from matricula.db.days import end_of_day_in
from matricula.organizations.models import Organization
from matricula.security.secrets import digest, digests, new_link_secret

SCOPES = {
    "catalog:read": _("Read courses and Specializations"),
    "catalog:write": _("Take courses in, withdraw them, make Specializations"),
    "programs:read": _("Read programs and their seats"),
    "programs:write": _("Make and change programs"),
    "groups:read": _("Read groups and who is in them"),
    "groups:write": _("Make, change and delete groups, put people in and take them out"),
    "people:read": _("Read people, their memberships and their progress"),
    "people:write": _("Remove people from programs"),
    "invitations:read": _("Read invitations and requests for help"),
    "invitations:write": _("Invite, send again, withdraw, correct, and answer requests"),
    "links:read": _("Read direct links"),
    "links:write": _("Make direct links and turn them off"),
    "administrators:read": _("Read who administers, and what is offered to whom"),
    "administrators:write": _("Offer, change and take away roles, but no owner's"),
    "owners:write": _("Make and unmake owners, too: who holds it can take the organization over"),
    "branding:read": _("Read how the organization looks"),
    "branding:write": _("Change name, colour, logo, and the words of letters"),
    "reports:read": _("Read how many were invited, joined, started and completed"),
    "audit:read": _("Read the audit log"),
}

PREFIX = "matricula_"
"""So that secret scanners, and people, know one when they see it."""
LONGEST_DAYS = 3650


@transaction.atomic
def grant_token(
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
        expires_at=end_of_day_in(days, organization.time_zone),
    )
    after = {"name": name, "scopes": token.scopes, "days": days}
    record("token.made", actor=actor, organization=organization, subject=token, after=after)
    return token, secret


@transaction.atomic
def revoke_token(*, token: Token, actor: Account | None) -> bool:
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
    token = rows.filter(digest__in=digests("api-token", secret)).first()
    if token is None:
        raise TokenRefused
    return token
