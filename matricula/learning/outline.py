"""A course as one person sees it: every lesson with what is done, in a constant number of queries."""

from dataclasses import dataclass

from django.db.models import QuerySet

from matricula.catalog.models import Lesson
from matricula.learning.models import Enrolment, Progress


@dataclass(frozen=True)
class Outline:
    """The lessons of a course in order, and which of them are done."""

    lessons: list[Lesson]
    done: set[int]
    last: int | None = None
    completed: bool = False

    @property
    def rows(self) -> list[tuple[Lesson, bool]]:
        return [(lesson, lesson.pk in self.done) for lesson in self.lessons]

    @property
    def counted(self) -> list[Lesson]:
        """What progress is measured by: what is required; everything, where nothing is."""
        return [lesson for lesson in self.lessons if lesson.required] or self.lessons

    @property
    def whole(self) -> int:
        return len(self.counted)

    @property
    def done_count(self) -> int:
        """Of `whole`: all of it once the course is completed, whatever was added to it since."""
        return self.whole if self.completed else len([one for one in self.counted if one.pk in self.done])

    @property
    def minutes_left(self) -> int:
        """Of what is measured."""
        left = () if self.completed else (one for one in self.counted if one.pk not in self.done)
        return sum(one.minutes for one in left)

    @property
    def has_begun(self) -> bool:
        return any(lesson.pk in self.done for lesson in self.lessons)

    @property
    def next(self) -> Lesson | None:
        """The first lesson that is not done."""
        return next((lesson for lesson in self.lessons if lesson.pk not in self.done), None)

    @property
    def resume(self) -> Lesson | None:
        """Where the reader stopped; else the first lesson that is not done."""
        stopped = (one for one in self.lessons if one.pk == self.last and one.pk not in self.done)
        return next(stopped, self.next)

    def before(self, lesson: Lesson) -> Lesson | None:
        earlier = [one for one in self.lessons if place_in_course(one) < place_in_course(lesson)]
        return earlier[-1] if earlier else None

    def after(self, lesson: Lesson) -> Lesson | None:
        later = [one for one in self.lessons if place_in_course(one) > place_in_course(lesson)]
        return later[0] if later else None


def place_in_course(lesson: Lesson) -> tuple[int, int]:
    return lesson.module.position, lesson.position


def with_progress(enrolments: QuerySet[Enrolment]) -> list[Enrolment]:
    """Enrolments with `.outline`, in three queries however many there are."""
    rows = list(
        enrolments.select_related(
            "course__organization", "membership__program", "resumed_in__program", "certificate"
        ).order_by("-started_at")
    )
    lessons = (
        Lesson.objects.filter(course__in=[row.course_id for row in rows], withdrawn_at__isnull=True)
        .select_related("module")
        .defer("body_html", "content")
    )
    done = set(
        Progress.objects.filter(enrolment__in=rows, done_at__isnull=False).values_list(
            "enrolment_id", "lesson_id"
        )
    )
    ordered = sorted(lessons, key=place_in_course)
    for row in rows:
        own = [lesson for lesson in ordered if lesson.course_id == row.course_id]
        finished = {lesson for enrolment, lesson in done if enrolment == row.pk}
        row.outline = Outline(own, finished, row.last_lesson_id, row.completed_at is not None)  # type: ignore[attr-defined]
    return rows
