"""Doing lessons, and what follows when the last required one is done."""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from matricula.catalog.models import Course, Lesson
from matricula.learning.models import Enrolment, Progress, SpecializationEnrolment
from matricula.learning.signals import course_completed, specialization_completed


@transaction.atomic
def finish_lesson(
    *, enrolment: Enrolment, lesson: Lesson, score: int | None = None, answers: Any = None
) -> None:
    """The lesson is done; a better score replaces a lesser one. Twice is once."""
    now = timezone.now()
    progress, _ = Progress.objects.get_or_create(enrolment=enrolment, lesson=lesson)
    progress.answers = answers or progress.answers
    if score is not None:
        progress.score = max(score, progress.score or 0)
    if score is None or score >= lesson.course.pass_mark:
        progress.done_at = progress.done_at or now
    progress.updated_at = now
    progress.save()
    complete_if_done(enrolment)


def complete_if_done(enrolment: Enrolment) -> None:
    """Completes the enrolment once, when every required lesson is done."""
    left = enrolment.course.lessons.filter(required=True, withdrawn_at__isnull=True).exclude(
        progress__enrolment=enrolment, progress__done_at__isnull=False
    )
    if left.exists():
        return
    rows = Enrolment.objects.filter(pk=enrolment.pk, completed_at__isnull=True)
    if rows.update(completed_at=timezone.now()):
        enrolment.refresh_from_db()
        course_completed.send(Enrolment, enrolment=enrolment)
        complete_series(enrolment)


def complete_series(enrolment: Enrolment) -> None:
    """Completes the Specializations of which this was the last course."""
    series = SpecializationEnrolment.objects.filter(
        account=enrolment.account_id,
        completed_at__isnull=True,
        specialization__series__course=enrolment.course_id,
    ).select_related("specialization__organization", "account")
    for one in series:
        courses = Course.objects.filter(series__specialization=one.specialization_id)
        done = courses.filter(enrolments__account=one.account_id, enrolments__completed_at__isnull=False)
        if done.count() == courses.count():
            SpecializationEnrolment.objects.filter(pk=one.pk).update(completed_at=timezone.now())
            specialization_completed.send(SpecializationEnrolment, enrolment=one)


def remember_place(enrolment: Enrolment, lesson: Lesson) -> None:
    """Where to resume."""
    if enrolment.last_lesson_id != lesson.pk:
        Enrolment.objects.filter(pk=enrolment.pk).update(last_lesson=lesson)


def mark(lesson: Lesson, given: dict[str, list[str]]) -> tuple[int, list[dict[str, Any]]]:
    """(score in percent, one result a question with its feedback) for the answers to a quiz."""
    results = [
        mark_question(question, given.get(question["key"], [])) for question in lesson.content["questions"]
    ]
    right = sum(result["right"] for result in results)
    return round(100 * right / len(results)), results


def mark_question(question: dict[str, Any], given: list[str]) -> dict[str, Any]:
    wanted = {str(index) for index, option in enumerate(question["options"]) if option.get("right")}
    chosen = [question["options"][int(index)] for index in given if index.isdigit()]
    feedback = " ".join(option.get("feedback", "") for option in chosen).strip()
    return {
        "question": question,
        "given": given,
        "right": set(given) == wanted,
        "feedback": feedback or question.get("explanation", ""),
    }


def move_video(enrolment: Enrolment, lesson: Lesson, seconds: int) -> None:
    """Remember how far a video was watched, in seconds."""
    Progress.objects.get_or_create(enrolment=enrolment, lesson=lesson)
    rows = Progress.objects.filter(enrolment=enrolment, lesson=lesson)
    rows.update(seconds=seconds if seconds >= 0 else F("seconds"), updated_at=timezone.now())
