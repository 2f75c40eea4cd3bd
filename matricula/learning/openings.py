"""What opens a course that was started: any membership of the person whose program has it, while it lasts."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from matricula.learning.models import Enrolment
from matricula.programs.models import Membership, Program
from matricula.programs.offer import programs_having

Admits = Callable[[Program], bool]
SIGN_IN = "sign_in"
"""Open only in browsers that have the company's own sign-in."""


@dataclass(frozen=True)
class Opening:
    """Through which membership a course is open, or was last.

    `closed` names the page that says why it is not open, "" when it is.
    """

    membership: Membership | None
    closed: str

    @property
    def program(self) -> Program | None:
        return self.membership.program if self.membership else None


def admit(_program: Program) -> bool:
    """For callers that ask what is open at all, in whichever browser."""
    return True


def opening_of(enrolment: Enrolment, admits: Admits = admit) -> Opening:
    return find_openings([enrolment], admits)[enrolment.pk]


def find_openings(enrolments: Iterable[Enrolment], admits: Admits = admit) -> dict[int, Opening]:
    """By enrolment. Mostly the membership it was started in opens it; only where it does not, the others are
    asked for, in two queries for all of them.

    `admits` says of a program whether this browser has what it requires: one that is admitted is enough.
    """
    rows = list(enrolments)
    found = {row.pk: choose(own_memberships(row), admits) for row in rows}
    shut = [row for row in rows if found[row.pk].closed]
    others = memberships_having(shut) if shut else {}
    return found | {row.pk: choose([*own_memberships(row), *others[key_of(row)]], admits) for row in shut}


def own_memberships(enrolment: Enrolment) -> list[Membership]:
    """The one it was gone on with in before the one it was started in."""
    return [one for one in (enrolment.resumed_in, enrolment.membership) if one]


def choose(memberships: list[Membership], admits: Admits) -> Opening:
    current = [one for one in memberships if one.is_current]
    begun = [one for one in current if one.program.has_begun]
    admitted = next((one for one in begun if admits(one.program)), None)
    if admitted:
        return Opening(admitted, "")
    if begun:
        return Opening(begun[0], SIGN_IN)
    if current:
        return Opening(min(current, key=first_day), "not_begun")
    return Opening(memberships[0] if memberships else None, "ended")


def first_day(membership: Membership) -> date:
    return membership.program.starts_on or date.min


def go_on_in(membership: Membership | None, enrolment: Enrolment) -> None:
    """Those the course counts for have ended, and it is gone on with in another: it counts for that one too.

    Only while it is not completed: what was completed in a program stays that program's.
    """
    if membership is None or any(one.is_current for one in own_memberships(enrolment)):
        return
    unfinished = Enrolment.objects.filter(pk=enrolment.pk, completed_at__isnull=True)
    if unfinished.update(resumed_in=membership):
        enrolment.resumed_in = membership


def key_of(enrolment: Enrolment) -> tuple[int, int]:
    return enrolment.account_id, enrolment.course_id


def memberships_having(enrolments: list[Enrolment]) -> dict[tuple[int, int], list[Membership]]:
    """By account and course: memberships in programs that have the course, the longest there first."""
    theirs = Membership.objects.current().filter(account__in={row.account_id for row in enrolments})
    memberships = list(theirs.select_related("program__organization").order_by("joined_at", "pk"))
    having = programs_having(
        courses={row.course_id for row in enrolments}, programs={one.program_id for one in memberships}
    )
    found: dict[tuple[int, int], list[Membership]] = defaultdict(list)
    for one in memberships:
        for course in having[one.program_id]:
            found[one.account_id, course].append(one)
    return found
