"""How many were invited, opened, joined, started and completed: in all, by group, by course, over time.

Counting a million rows takes its time, so the numbers of a large organization are kept for a while.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matricula.joining.models import Invitation
from matricula.learning.models import Enrolment
from matricula.organizations.models import Organization
from matricula.programs.models import Group, Membership

KEPT_SECONDS = 300
LARGE = 5_000
"""Members, from which on numbers are kept."""
STEPS = {
    "invited": _("Invited"),
    "opened": _("Opened"),
    "joined": _("Joined"),
    "started": _("Started"),
    "completed": _("Completed"),
}
WEEKS = 12
Week = tuple[date, tuple[int, int, int]]
T = TypeVar("T")


@dataclass(frozen=True)
class Line:
    """The numbers of one group or course."""

    name: str
    program: str
    invited: int | None
    joined: int | None
    started: int
    completed: int


def kept(organization: Organization, what: str, count: Callable[[], T]) -> T:
    """Counted now, or for a large organization within the last KEPT_SECONDS."""
    members = organization.programs.aggregate(n=Sum("seats_used"))["n"] or 0
    if members < LARGE:
        return count()
    found: T = cache.get_or_set(f"reporting:{organization.pk}:{what}", count, KEPT_SECONDS)  # type: ignore[assignment]
    return found


def programs_of(organization: Organization) -> list[int]:
    return list(organization.programs.values_list("pk", flat=True))


def funnel(organization: Organization) -> dict[str, int]:
    """The number of each of STEPS."""
    return kept(organization, "funnel", lambda: count_funnel(programs_of(organization)))


def count_funnel(programs: list[int]) -> dict[str, int]:
    invitations = Invitation.objects.filter(program__in=programs, superseded_by__isnull=True)
    letters = invitations.aggregate(
        invited=Count("pk"), opened=Count("pk", filter=Q(opened_at__isnull=False) | Q(state="joined"))
    )
    learners = Enrolment.objects.filter(membership__program__in=programs)
    learning = learners.aggregate(
        started=Count("membership", distinct=True),
        completed=Count("membership", distinct=True, filter=Q(completed_at__isnull=False)),
    )
    return {**letters, "joined": Membership.objects.filter(program__in=programs).count(), **learning}


def over_time(organization: Organization) -> list[Week]:
    """First day and (invited, joined, completed) of each of the last twelve weeks, the oldest first."""
    return kept(organization, "weeks", lambda: count_weeks(programs_of(organization)))


def count_weeks(programs: list[int]) -> list[Week]:
    monday = timezone.now().date() - timedelta(days=timezone.now().weekday())
    weeks = [monday - timedelta(weeks=ago) for ago in range(WEEKS - 1, -1, -1)]
    invited = by_week(Invitation.objects.filter(program__in=programs), "created_at", weeks)
    joined = by_week(Membership.objects.filter(program__in=programs), "joined_at", weeks)
    learners = Enrolment.objects.filter(membership__program__in=programs)
    completed = by_week(learners, "completed_at", weeks)
    return [(week, (invited[week], joined[week], completed[week])) for week in weeks]


def by_week(rows: "QuerySet[Any]", moment: str, weeks: list[date]) -> dict[date, int]:
    recent = rows.filter(**{f"{moment}__date__gte": weeks[0]}).annotate(day=TruncDate(moment))
    found = dict.fromkeys(weeks, 0)
    for day, number in recent.values_list("day").annotate(n=Count("pk")).order_by():
        found[day - timedelta(days=day.weekday())] += number
    return found


def by_group(organization: Organization) -> list[Line]:
    return kept(organization, "groups", lambda: count_groups(organization))


def count_groups(organization: Organization) -> list[Line]:
    groups = Group.objects.filter(program__organization=organization).select_related("program")
    invited = counts(Invitation.objects.filter(groups__in=groups), "groups", "pk")
    joined = counts(Membership.objects.filter(groups__in=groups), "groups", "pk")
    learners = Enrolment.objects.filter(membership__groups__in=groups)
    started = counts(learners, "membership__groups", "membership")
    completed = counts(learners.filter(completed_at__isnull=False), "membership__groups", "membership")
    return [
        Line(
            one.name,
            one.program.name,
            *(found.get(one.pk, 0) for found in (invited, joined, started, completed)),
        )
        for one in groups.order_by("program__name", "name")
    ]


def by_course(organization: Organization) -> list[Line]:
    return kept(organization, "courses", lambda: count_courses(organization))


def count_courses(organization: Organization) -> list[Line]:
    """Nobody is invited to a course or joins it, but for the few whose invitation names one."""
    rows = Enrolment.objects.filter(membership__program__in=programs_of(organization))
    found = rows.values_list("course__title").annotate(
        started=Count("pk"), completed=Count("pk", filter=Q(completed_at__isnull=False))
    )
    return [
        Line(title, "", None, None, started, completed)
        for title, started, completed in found.order_by("course__title")
    ]


def counts(rows: "QuerySet[Any]", by: str, what: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(by).annotate(n=Count(what, distinct=True)))
