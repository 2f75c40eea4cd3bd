"""Finding invitations: by state as people see it, by program, by name or address."""

from collections.abc import Mapping

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matricula.joining.models import Invitation
from matricula.organizations.models import Organization

SHORTEST_SUBSTRING = 3
"""Shorter words are looked for at the beginning of the address only: no index knows them elsewhere."""
STATES = {
    "queued": _("queued"),
    "sent": _("sent"),
    "failed": _("delivery failed"),
    "opened": _("opened"),
    "joined": _("joined"),
    "declined": _("declined"),
    "revoked": _("revoked"),
    "corrected": _("address corrected"),
    "expired": _("expired"),
}


def matching_invitations(organization: Organization, asked: Mapping[str, str]) -> QuerySet[Invitation]:
    """`asked`: state (a key of STATES), program (its public id), q."""
    programs = organization.programs.all()
    if asked.get("program"):
        programs = programs.filter(public_id=asked["program"])
    rows = Invitation.objects.filter(program__in=list(programs.values_list("pk", flat=True)))
    if asked.get("state") in STATES:
        rows = rows.filter(in_state(asked["state"]))
    for word in asked.get("q", "").lower().split():
        rows = rows.filter(spelled_like(word))
    return rows.select_related("program", "letter", "superseded_by")


def spelled_like(word: str) -> Q:
    if len(word) < SHORTEST_SUBSTRING:
        return Q(canonical__startswith=word)
    return Q(canonical__contains=word) | Q(name__icontains=word)


def in_state(state: str) -> Q:
    """The same order of precedence as `state_of`."""
    live, now = Q(state__in=Invitation.LIVE), timezone.now()
    if state == "expired":
        return live & Q(expires_at__lte=now)
    if state == "opened":
        return live & Q(expires_at__gt=now, opened_at__isnull=False) & ~Q(state="failed")
    if state in ("queued", "sent"):
        return Q(state=state, expires_at__gt=now, opened_at__isnull=True)
    if state == "failed":
        return Q(state=state, expires_at__gt=now)
    if state in ("corrected", "revoked"):
        return Q(state="revoked", superseded_by__isnull=state == "revoked")
    return Q(state=state)


def state_of(invitation: Invitation) -> str:
    """One of STATES."""
    if invitation.state == Invitation.State.REVOKED and invitation.superseded_by_id:
        return "corrected"
    if invitation.state not in Invitation.LIVE:
        return invitation.state
    if invitation.is_expired:
        return "expired"
    opened = invitation.opened_at and invitation.state != Invitation.State.FAILED
    return "opened" if opened else invitation.state
