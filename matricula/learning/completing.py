"""Doing lessons, and what follows when the last required one is done."""

from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from matricula.catalog.models import Course, Lesson
from matricula.learning.answers import Given
from matricula.learning.models import Enrolment, Progress, SpecializationEnrolment
from matricula.learning.signals import course_completed, specialization_completed
from matricula.web.inserting import insert_once


@transaction.atomic
def finish_lesson(
    *, enrolment: Enrolment, lesson: Lesson, score: int | None = None, answers: Given | None = None
) -> None:
    """The lesson is done; a better score replaces a lesser one. Twice is once."""
    news: dict[str, Any] = {"answers": answers} if answers else {}
    if score is not None:
        news["score"] = Greatest(Coalesce("score", 0), score)
    if score is None or score >= lesson.course.pass_mark:
        news["done_at"] = Coalesce("done_at", timezone.now())
    write_progress(enrolment, lesson, **news)
    complete_if_done(enrolment)


def write_progress(enrolment: Enrolment, lesson: Lesson, **news: Any) -> None:
    """Only the columns that are news, and what was better stays better: two tabs write this row."""
    rows = Progress.objects.filter(enrolment=enrolment, lesson=lesson)
    news["updated_at"] = timezone.now()
    if not rows.update(**news):
        insert_once(Progress(enrolment=enrolment, lesson=lesson))
        rows.update(**news)


def complete_if_done(enrolment: Enrolment) -> None:
    """Completes the enrolment once, when every required lesson is done."""
    done = enrolment.progress.filter(done_at__isnull=False)
    required = enrolment.course.lessons.filter(required=True, withdrawn_at__isnull=True)
    if required.exclude(pk__in=done.values("lesson")).exists():
        return
    rows = Enrolment.objects.filter(pk=enrolment.pk, completed_at__isnull=True)
    if rows.update(completed_at=timezone.now()):
        enrolment.refresh_from_db()
        course_completed.send(Enrolment, enrolment=enrolment)
        complete_series_of(enrolment)


def complete_series_of(enrolment: Enrolment) -> None:
    """The Specializations of which this was the last course."""
    mine = SpecializationEnrolment.objects.filter(account=enrolment.account_id)
    complete_series(mine.filter(specialization__series__course=enrolment.course_id))


def complete_series(enrolments: QuerySet[SpecializationEnrolment]) -> None:
    """Completes those whose every course is completed, each once. What was withdrawn does not count."""
    courses = Course.objects.offered().filter(series__specialization=OuterRef("specialization"))
    done = Enrolment.objects.filter(
        account=OuterRef(OuterRef("account")), course=OuterRef("pk"), completed_at__isnull=False
    )
    whole = enrolments.filter(Exists(courses), ~Exists(courses.filter(~Exists(done))), completed_at=None)
    for one in whole.select_related("specialization__organization", "account"):
        rows = SpecializationEnrolment.objects.filter(pk=one.pk, completed_at__isnull=True)
        if rows.update(completed_at=timezone.now()):
            specialization_completed.send(SpecializationEnrolment, enrolment=one)


def remember_place(enrolment: Enrolment, lesson: Lesson) -> None:
    """Where to resume."""
    if enrolment.last_lesson_id != lesson.pk:
        Enrolment.objects.filter(pk=enrolment.pk).update(last_lesson=lesson)


def keep_answers(*, enrolment: Enrolment, lesson: Lesson, answers: Given) -> None:
    """What was answered so far, before the quiz is whole."""
    write_progress(enrolment, lesson, answers=answers)


@transaction.atomic
def add_answers(*, enrolment: Enrolment, lesson: Lesson, answers: Given) -> None:
    """Answers from a page that showed an earlier version, beside those that are kept of questions it did not
    show."""
    # An UPDATE holds the row until the transaction ends, on both databases.
    write_progress(enrolment, lesson)
    kept = Progress.objects.values_list("answers", flat=True).get(enrolment=enrolment, lesson=lesson)
    write_progress(enrolment, lesson, answers={**kept, **answers})


def move_video(*, enrolment: Enrolment, lesson: Lesson, seconds: int) -> None:
    """Remember how far a video was watched, in seconds."""
    write_progress(enrolment, lesson, seconds=seconds)
