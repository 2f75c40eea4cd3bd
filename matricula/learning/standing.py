"""How far one person has come, beside what is offered: asked in the statement that lists it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from matricula.catalog.models import Course, Lesson, Specialization, SpecializationCourse
from matricula.learning.models import Enrolment, Progress, SpecializationEnrolment


@dataclass(frozen=True)
class Standing:
    """Of a course or a Specialization; `whole` counts lessons or courses."""

    started: bool
    completed: bool
    done: int
    whole: int

    @property
    def under_way(self) -> bool:
        return self.started and not self.completed

    @property
    def place(self) -> int:
        """Where it stands in a list: what to continue first, what is done last."""
        return 2 if self.completed else 0 if self.started else 1


def counted(rows: QuerySet[Any], by: str, **which: Any) -> Coalesce:
    """How many of `rows` there are, as a part of another statement."""
    found = rows.filter(**which).order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(found, output_field=IntegerField()), 0)


def courses_seen_by(account: int, courses: QuerySet[Course]) -> QuerySet[Course]:
    """Measured as `Outline` does: by what is required, or by everything where nothing is."""
    own = Enrolment.objects.filter(course=OuterRef("pk"), account=account)
    lessons = Lesson.objects.filter(course=OuterRef("pk"), withdrawn_at__isnull=True)
    done = Progress.objects.filter(
        enrolment__account=account,
        enrolment__course=OuterRef("pk"),
        done_at__isnull=False,
        lesson__withdrawn_at__isnull=True,
    )
    return courses.annotate(
        own_id=Subquery(own.values("pk")[:1]),
        own_completed_at=Subquery(own.values("completed_at")[:1]),
        required=counted(lessons, "course", required=True),
        all_lessons=counted(lessons, "course"),
        required_done=counted(done, "enrolment", lesson__required=True),
        all_done=counted(done, "enrolment"),
    )


def specializations_seen_by(account: int, series: QuerySet[Specialization]) -> QuerySet[Specialization]:
    own = SpecializationEnrolment.objects.filter(specialization=OuterRef("pk"), account=account)
    completed = Q(course__enrolments__account=account, course__enrolments__completed_at__isnull=False)
    steps = SpecializationCourse.objects.filter(
        completed, specialization=OuterRef("pk"), course__withdrawn_at__isnull=True
    )
    return series.annotate(
        own_id=Subquery(own.values("pk")[:1]),
        own_completed_at=Subquery(own.values("completed_at")[:1]),
        all_done=counted(steps, "specialization"),
    )


def place_courses(courses: Iterable[Course]) -> list[Course]:
    """With `.standing`; what is under way first, what is completed last."""
    rows: list[Any] = list(courses)
    for one in rows:
        whole, done = one.all_lessons, one.all_done
        if one.required:
            whole, done = one.required, one.required_done
        one.standing = standing_of(one, done=done, whole=whole)
    return sorted(rows, key=lambda one: one.standing.place)


def place_specializations(series: Iterable[Specialization]) -> list[Specialization]:
    rows: list[Any] = list(series)
    for one in rows:
        one.standing = standing_of(one, done=one.all_done, whole=one.size)
    return sorted(rows, key=lambda one: one.standing.place)


def standing_of(row: Any, *, done: int, whole: int) -> Standing:
    completed = row.own_completed_at is not None
    return Standing(row.own_id is not None, completed, whole if completed else done, whole)
