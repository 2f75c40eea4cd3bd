"""A Specialization that one is in: its courses as one person has done them, and which comes next."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import transaction
from django.urls import reverse

from matricula.catalog.models import Course, SpecializationCourse
from matricula.learning.enrolments import courses_to_start, start_course
from matricula.learning.models import Enrolment, SpecializationEnrolment
from matricula.learning.openings import opening_of
from matricula.learning.outline import with_progress


@dataclass(frozen=True)
class Step:
    """A course of a Specialization and, once it was started, how far somebody has come in it."""

    course: Course
    enrolment: Enrolment | None = None

    @property
    def is_completed(self) -> bool:
        return bool(self.enrolment and self.enrolment.completed_at)

    @property
    def is_left(self) -> bool:
        """Whether the Specialization still asks for it. A course that was withdrawn it does not ask for."""
        return self.course.withdrawn_at is None and not self.is_completed


@dataclass
class Series:
    """What one person has done of a Specialization. `program`: through which it is open (its public id)."""

    enrolment: SpecializationEnrolment
    steps: list[Step] = field(default_factory=list)
    program: str = ""

    @property
    def whole(self) -> int:
        return len([one for one in self.steps if one.course.withdrawn_at is None])

    @property
    def done(self) -> int:
        return len([one for one in self.steps if one.is_completed and one.course.withdrawn_at is None])

    @property
    def following(self) -> Step | None:
        """The first course that is left."""
        return next((one for one in self.steps if one.is_left), None)


def with_steps_done(
    started: Iterable[SpecializationEnrolment], enrolments: Iterable[Enrolment]
) -> list[Series]:
    """In one query for all of them. `enrolments`: those of the same person."""
    rows = {one.specialization_id: Series(one) for one in started}
    of_course = {one.course_id: one for one in enrolments}
    steps = SpecializationCourse.objects.filter(specialization__in=rows).select_related("course")
    for step in steps if rows else ():
        own = Step(step.course, of_course.get(step.course_id))
        if step.course.withdrawn_at is None or own.enrolment:
            rows[step.specialization_id].steps.append(own)
    return list(rows.values())


def page_to_begin(enrolment: SpecializationEnrolment) -> str | None:
    """The lesson that a Specialization which was just started, or started again, leads to. None: all of it
    is done."""
    own = with_progress(
        Enrolment.objects.filter(
            account=enrolment.account_id, course__steps__specialization=enrolment.specialization_id
        )
    )
    following = with_steps_done([enrolment], own)[0].following
    if following is None or following.enrolment is None:
        return None
    lesson = following.enrolment.outline.resume  # type: ignore[attr-defined]
    public_id = following.course.public_id
    if lesson is None:
        return reverse("learning:course", args=[public_id])
    return reverse("learning:lesson", args=[public_id, lesson.key])


def start_next_courses_soon(sender: object, enrolments: list[Enrolment], **_: object) -> None:
    """Heard inside the transaction that completed them. It holds their enrolments, and whoever starts a
    course holds the account before any of these: so the next one starts in a transaction of its own. Where
    that never comes, the page of the Specialization starts it with one click.
    """
    transaction.on_commit(partial(start_next_courses, enrolments), robust=True)


def start_next_courses(completed: list[Enrolment]) -> None:
    """START of the course that follows in each Specialization that somebody is in, where it is offered."""
    by_account: dict[int, list[Enrolment]] = defaultdict(list)
    for one in completed:
        by_account[one.account_id].append(one)
    under_way = SpecializationEnrolment.objects.filter(completed_at__isnull=True, account__in=by_account)
    having = SpecializationCourse.objects.filter(course__in={one.course_id for one in completed})
    rows = under_way.filter(specialization__in=having.values("specialization")).order_by("account_id", "pk")
    for row in rows:
        start_next_course(row, by_account[row.account_id])


def start_next_course(series: SpecializationEnrolment, completed: list[Enrolment]) -> None:
    """In the membership that its course before was learned in. What that program does not offer waits."""
    own = Enrolment.objects.filter(
        account=series.account_id, course__steps__specialization=series.specialization_id
    )
    steps = with_steps_done([series], own)[0]
    before = next(
        (one for one in completed if one.course_id in {step.course.pk for step in steps.steps}), None
    )
    if before is None or steps.following is None or steps.following.enrolment:
        return
    opening = opening_of(before)
    if opening.membership is None or opening.closed:
        return
    offered: Any = courses_to_start(opening.membership).filter(pk=steps.following.course.pk)
    if offered.exists():
        start_course(course=steps.following.course, membership=opening.membership)
