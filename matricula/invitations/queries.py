"""Finding invitations: by state as people see it, by program, by name or address."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from matricula.db.paging import PAGE_SIZE, KeysetPage
from matricula.db.search import SearchedTable, has_all_words, page_of_found, search_words
from matricula.invitations.models import Invitation, has_run_out
from matricula.organizations.models import Organization
from matricula.programs.counting import counted_numbers

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


SHOWN = (
    "public_id",
    "address",
    "name",
    "state",
    "sent_at",
    "opened_at",
    "answered_at",
    "expires_at",
    "superseded_by_id",
    "note",
)
BESIDE = {
    "program_name": F("program__name"),
    "error": F("letter__error"),
    "right_address": F("superseded_by__address"),
    "file_name": F("from_file__name"),
    "file_id": F("from_file__public_id"),
}
"""What a list shows of other tables."""


@cache
def shown_invitations() -> QuerySet[Any]:
    """The columns of a list by their names: whole objects would take longer to make than to read."""
    return Invitation.objects.annotate(**BESIDE).values_list("pk", *SHOWN, *BESIDE, named=True)


def listed_invitations(organization: Organization, asked: Mapping[str, str]) -> QuerySet[Invitation]:
    """`asked`: state (a key of STATES), program (its public id)."""
    rows = Invitation.objects.filter(organization=organization)
    if asked.get("program"):
        chosen = organization.programs.filter(public_id=asked["program"]).values_list("pk", flat=True)
        rows = Invitation.objects.filter(program__in=list(chosen))
    if asked.get("state") in STATES:
        rows = rows.filter(standing=asked["state"])
    return rows.select_related("program", "letter", "superseded_by")


def matching_invitations(organization: Organization, asked: Mapping[str, str]) -> QuerySet[Invitation]:
    """All that fit `asked`: state, program and q, words of name or address. A page of them is
    `page_of_invitations`."""
    return listed_invitations(organization, asked).filter(has_all_words(search_words(asked.get("q", ""))))


def page_of_invitations(
    organization: Organization,
    asked: Mapping[str, str],
    shown: QuerySet[Any] | None = None,
    size: int = PAGE_SIZE,
) -> KeysetPage[Any]:
    """The newest that fit, or those after or before one, read from `shown`, or as `shown_invitations`."""
    lines = SearchedTable("invitations_searchline", organization.pk)
    read = shown_invitations() if shown is None else shown
    rows = listed_invitations(organization, asked)
    return page_of_found(rows, asked, asked.get("q", ""), lines, read, size)


def numbers_by_state(organization: Organization) -> dict[str, int]:
    """For each of STATES."""
    found = counted_numbers(organization.programs.values_list("pk", flat=True), "standing")["standing"]
    return {state: found.get(state, 0) for state in STATES}


def state_of(invitation: Any) -> str:
    """One of STATES, of an Invitation or of its columns in a list."""
    state: str = invitation.state
    if state == Invitation.State.REVOKED and invitation.superseded_by_id:
        return "corrected"
    if state not in Invitation.LIVE:
        return state
    if has_run_out(invitation.expires_at):
        return "expired"
    return "opened" if invitation.opened_at and state != Invitation.State.FAILED else state
