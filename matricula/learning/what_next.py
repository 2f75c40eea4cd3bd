"""What comes after a course: the next one of the Specialization, else what else the program has."""

from dataclasses import dataclass

from django.db.models import QuerySet

from matricula.catalog.models import Course
from matricula.learning.enrolments import courses_to_start
from matricula.learning.models import Enrolment, SpecializationEnrolment
from matricula.programs.models import Membership

OTHERS = 3
"""How many courses are shown to choose from."""


@dataclass(frozen=True)
class Following:
    """A course that can be opened now, and the Specialization that asks for it, if one does."""

    course: Course
    is_started: bool
    specialization: str = ""


def what_follows(completed: Enrolment, membership: Membership) -> list[Following]:
    """The best first: never anything that cannot be started in the program of `membership`."""
    left = courses_left(membership)
    begun = set(
        Enrolment.objects.filter(account=completed.account_id, course__in=left.values("pk")).values_list(
            "course", flat=True
        )
    )
    asked_for = next_of_specialization(completed, left)
    others = [one for one in left.order_by("title") if asked_for is None or one.pk != asked_for[0].pk]
    others.sort(key=lambda one: one.pk not in begun)
    found = [Following(one, one.pk in begun) for one in others[:OTHERS]]
    if asked_for is None:
        return found
    course, title = asked_for
    return [Following(course, course.pk in begun, title), *found]


def courses_left(membership: Membership) -> QuerySet[Course]:
    """Those of the program that the person has not completed."""
    done = Enrolment.objects.filter(account=membership.account_id, completed_at__isnull=False)
    return courses_to_start(membership).exclude(pk__in=done.values("course"))


def next_of_specialization(completed: Enrolment, left: QuerySet[Course]) -> tuple[Course, str] | None:
    """Of one that is under way and has the completed course: the course that comes next there, where it can
    be started, and its title. None where it cannot: the ones after it wait for it."""
    under_way = SpecializationEnrolment.objects.filter(
        account=completed.account_id,
        completed_at__isnull=True,
        specialization__steps__course=completed.course_id,
    )
    for one in under_way.select_related("specialization").order_by("pk"):
        series = one.specialization
        done = Enrolment.objects.filter(account=completed.account_id, completed_at__isnull=False)
        steps = series.steps.filter(course__withdrawn_at__isnull=True).exclude(
            course__in=done.values("course")
        )
        first = steps.order_by("position").values_list("course", flat=True).first()
        course = left.filter(pk=first).first() if first else None
        if course:
            return course, series.title
    return None


def specializations_completed_with(completed: Enrolment) -> QuerySet[SpecializationEnrolment]:
    """Those of which the course was the last one."""
    rows = SpecializationEnrolment.objects.filter(
        account=completed.account_id,
        specialization__steps__course=completed.course_id,
        completed_at__gte=completed.completed_at,
    )
    return rows.select_related("specialization", "certificate").order_by("pk")
