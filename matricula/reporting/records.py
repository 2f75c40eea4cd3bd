"""Learning records: each member with each course, as a page and as a file."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from matricula.learning.models import Enrolment
from matricula.organizations.models import Role
from matricula.programs.models import Membership
from matricula.reporting.people import BESIDE, matching_members

READ_AT_ONCE = 500


@dataclass(frozen=True)
class Record:
    """One course of one member, or none yet. `done` is when it was completed."""

    member: Any
    course: str = ""
    started: date | None = None
    done: date | None = None


def records_of(members: Iterable[Any], zone: ZoneInfo) -> list[Record]:
    """Of each of `members`, in their order, the courses that count for that membership: one query for all."""
    listed = list(members)
    found: dict[int, list[Enrolment]] = defaultdict(list)
    rows = Enrolment.objects.of_members(listed).select_related("course").order_by("started_at", "pk")
    for one in rows:
        for membership in {one.membership_id, one.resumed_in_id}:
            if membership is not None:
                found[membership].append(one)
    return [record for member in listed for record in of_member(member, found.get(member.pk, []), zone)]


def of_member(member: Any, enrolments: list[Enrolment], zone: ZoneInfo) -> Iterator[Record]:
    """Completed counts for the later of two memberships, as the numbers have it (decision 39)."""
    if not enrolments:
        yield Record(member)
    for one in enrolments:
        counts = (one.resumed_in_id or one.membership_id) == member.pk
        done = timezone.localtime(one.completed_at, zone).date() if one.completed_at and counts else None
        yield Record(member, one.course.title, timezone.localtime(one.started_at, zone).date(), done)


def records_table(role: Role, asked: Mapping[str, str], most: int | None = None) -> Iterator[list[object]]:
    """Everybody who fits `asked`, or the newest `most`, some at a time; days are days and not text."""
    yield [
        *(_("Name"), _("Work e-mail"), _("Program"), _("State"), _("Joined")),
        *(_("Course"), _("Started"), _("Completed")),
    ]
    zone, before = ZoneInfo(role.organization.time_zone), None
    rows = matching_members(role, asked).select_related(None).order_by("-pk").annotate(**BESIDE)
    named = rows.values_list("pk", "state", "joined_at", *BESIDE, named=True)
    labels = {state.value: str(state.label) for state in Membership.State}
    while most is None or most > 0:
        size = READ_AT_ONCE if most is None else min(READ_AT_ONCE, most)
        some = list((named if before is None else named.filter(pk__lt=before))[:size])
        if not some:
            return
        yield from (record_line(one, labels, zone) for one in records_of(some, zone))
        before, most = some[-1].pk, None if most is None else most - len(some)


def record_line(one: Record, labels: Mapping[str, str], zone: ZoneInfo) -> list[object]:
    member = one.member
    joined = timezone.localtime(member.joined_at, zone).date()
    who = [member.full_name, member.work_email or "", member.program_name, labels[member.state], joined]
    return [*who, one.course, one.started or "", one.done or ""]
