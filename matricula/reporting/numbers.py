"""How many were invited, opened, joined, started and completed: in all, by group, by course, over time.

Nothing is counted here: the numbers are kept while people come (`programs/counting.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Count, Max, Min
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matricula.catalog.models import Course
from matricula.organizations.models import Organization
from matricula.programs.counting import counted_numbers
from matricula.programs.models import Group, Membership

STEPS = {
    "invited": _("Invited"),
    "opened": _("Opened"),
    "joined": _("Joined"),
    "started": _("Started"),
    "completed": _("Completed"),
}
WEEKS = 12
RANGES = (4, WEEKS, 26, 52)
"""Weeks a chart may show."""
Week = tuple[date, tuple[int, int, int]]


@dataclass(frozen=True)
class NumbersOfOne:
    """The numbers of one group or course."""

    name: str
    program: str
    invited: int | None
    joined: int | None
    started: int
    completed: int
    pk: int = 0


def programs_of(organization: Organization, program_id: str = "") -> list[int]:
    """All of them, or the one with this public id."""
    rows = organization.programs.values_list("pk", flat=True)
    return list(rows.filter(public_id=program_id) if program_id else rows)


def funnel(organization: Organization, program_id: str = "") -> dict[str, int]:
    """The number of each of STEPS, of all programs or of one."""
    programs = programs_of(organization, program_id)
    found = counted_numbers(programs, "standing", "opened", "joined", "started", "completed")
    standing = found["standing"]
    invited = sum(standing.values()) - standing.get("corrected", 0)
    return {"invited": invited, **{step: found[step].get("", 0) for step in STEPS if step != "invited"}}


def over_time(organization: Organization, program_id: str = "", number: int = WEEKS) -> list[Week]:
    """First day and (invited, joined, completed) of each of the last weeks, so many, the oldest first."""
    monday = timezone.now().date() - timedelta(days=timezone.now().weekday())
    weeks = [monday - timedelta(weeks=ago) for ago in range(number - 1, -1, -1)]
    days = ("invited_on", "joined_on", "completed_on")
    found = counted_numbers(programs_of(organization, program_id), *days, since=weeks[0].isoformat())
    invited, joined, completed = (by_week(found[one], weeks) for one in days)
    return [(week, (invited[week], joined[week], completed[week])) for week in weeks]


@dataclass(frozen=True)
class BecameOne:
    """How many people with two entries have had one since days from `first` to `last`."""

    people: int
    first: datetime
    last: datetime


def became_one(organization: Organization, since: date, program_id: str = "") -> BecameOne | None:
    """Of entries that met in one program: there the person was counted twice, and is once from then on."""
    start = datetime.combine(since, time(), tzinfo=UTC)
    rows = Membership.objects.filter(organization=organization, set_aside_at__gte=start)
    if program_id:
        rows = rows.filter(program__public_id=program_id)
    found = rows.aggregate(
        people=Count("account", distinct=True), first=Min("set_aside_at"), last=Max("set_aside_at")
    )
    return BecameOne(**found) if found["people"] else None


def by_week(by_day: dict[str, int], weeks: list[date]) -> dict[date, int]:
    found = dict.fromkeys(weeks, 0)
    for text, number in by_day.items():
        day = date.fromisoformat(text)
        monday = day - timedelta(days=day.weekday())
        found[monday] = found.get(monday, 0) + number
    return found


def by_group(organization: Organization, program_id: str = "") -> list[NumbersOfOne]:
    groups = Group.objects.filter(program__organization=organization).select_related("program")
    if program_id:
        groups = groups.filter(program__public_id=program_id)
    kinds = ("group_invited", "group_joined", "group_started", "group_completed")
    found = counted_numbers(programs_of(organization, program_id), *kinds)
    invited, joined, started, completed = (found[kind] for kind in kinds)
    return [
        NumbersOfOne(
            one.name,
            one.program.name,
            invited.get(str(one.pk), 0),
            joined.get(str(one.pk), 0),
            started.get(str(one.pk), 0),
            completed.get(str(one.pk), 0),
            one.pk,
        )
        for one in groups.order_by("program__name", "name")
    ]


def by_course(organization: Organization, program_id: str = "") -> list[NumbersOfOne]:
    """Nobody is invited to a course or joins it, but for the few whose invitation names one."""
    found = counted_numbers(programs_of(organization, program_id), "course_started", "course_completed")
    started, completed = found["course_started"], found["course_completed"]
    taken = Course.objects.filter(pk__in=[int(one) for one, n in started.items() if n]).order_by(
        "title", "pk"
    )
    return [
        NumbersOfOne(one.title, "", None, None, started[str(one.pk)], completed.get(str(one.pk), 0))
        for one in taken
    ]


WIDTH, HEIGHT = 600, 160


@dataclass(frozen=True)
class Curve:
    name: str
    points: str
    total: int


def curves(series: Sequence[tuple[str, Sequence[int]]]) -> tuple[list[Curve], int]:
    """Polylines in a frame of WIDTH by HEIGHT, and the highest value, which touches the top."""
    top = max((value for _, values in series for value in values), default=0) or 1
    return [Curve(name, line(values, top), sum(values)) for name, values in series], top


def line(values: Sequence[int], top: int) -> str:
    step = WIDTH / max(1, len(values) - 1)
    return " ".join(
        f"{place * step:.1f},{HEIGHT - value * HEIGHT / top:.1f}" for place, value in enumerate(values)
    )


def share(value: int, whole: int) -> int:
    """Percent of `whole`, 0 to 100."""
    return min(100, round(100 * value / whole)) if whole else 0
