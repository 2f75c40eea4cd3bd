"""Finding invitations: by state as people see it, by program, by name or address."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from matricula.db.paging import NEWEST, OLDEST, PAGE_SIZE, KeysetPage, Total
from matricula.db.search import SearchedTable, count_found, has_all_words, page_of_found, search_words
from matricula.invitations.models import RUNNING, Invitation, has_run_out
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
UNANSWERED = "unanswered"
"""Asked for as a state: all of RUNNING, open and without an answer."""
ORDERS = {"": NEWEST, "oldest": OLDEST}
"""By `sort`."""

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
    """`asked`: state (a key of STATES, or UNANSWERED), program (its public id)."""
    rows = Invitation.objects.filter(organization=organization)
    if asked.get("program"):
        chosen = organization.programs.filter(public_id=asked["program"]).values_list("pk", flat=True)
        rows = Invitation.objects.filter(program__in=list(chosen))
    if asked.get("state") in STATES:
        rows = rows.filter(standing=asked["state"])
    elif asked.get("state") == UNANSWERED:
        rows = rows.filter(standing__in=RUNNING)
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
    read = shown_invitations() if shown is None else shown
    rows, order = listed_invitations(organization, asked), ORDERS.get(asked.get("sort", ""), NEWEST)
    return page_of_found(
        rows, asked, asked.get("q", ""), searched_invitations(organization), read, size, order
    )


def searched_invitations(organization: Organization) -> SearchedTable:
    return SearchedTable("invitations_searchline", organization.pk)


def numbers_by_state(organization: Organization, program_id: str = "") -> dict[str, int]:
    """For each of STATES, of all programs or of the one with this public id."""
    programs = organization.programs.values_list("pk", flat=True)
    if program_id:
        programs = programs.filter(public_id=program_id)
    found = counted_numbers(programs, "standing")["standing"]
    return {state: found.get(state, 0) for state in STATES}


def total_of(organization: Organization, asked: Mapping[str, str], numbers: Mapping[str, int]) -> Total:
    """How many fit `asked`. `numbers` by state, of its program: only words have to be counted."""
    if search_words(asked.get("q", "")):
        return count_found(
            listed_invitations(organization, asked), asked["q"], searched_invitations(organization)
        )
    state = asked.get("state")
    if state in STATES:
        return Total(numbers[str(state)])
    return Total(unanswered(numbers) if state == UNANSWERED else sum(numbers.values()))


def number_of_invitations(organization: Organization, asked: Mapping[str, str]) -> int:
    """How many fit `asked`, every one of them counted."""
    total = total_of(organization, asked, numbers_by_state(organization, asked.get("program", "")))
    return matching_invitations(organization, asked).count() if total.at_least else total.n


def unanswered(numbers: Mapping[str, int]) -> int:
    return sum(numbers[state] for state in RUNNING)


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
