"""Doing lessons, and what follows when the last required one is done."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from matricula.accounts.mailboxes import refuse_closed
from matricula.catalog.models import Course, Lesson, SpecializationCourse
from matricula.db.queries import insert_once
from matricula.learning.holding_back import told_now
from matricula.learning.models import Enrolment, Progress, SpecializationEnrolment
from matricula.learning.openings import go_on_in, opening_of
from matricula.learning.quizzes import Given
from matricula.learning.signals import courses_completed, lesson_done_again, specializations_completed
from matricula.programs.models import Membership

BATCH = 500


@transaction.atomic
def finish_lesson(
    *, enrolment: Enrolment, lesson: Lesson, score: int | None = None, answers: Given | None = None
) -> None:
    """The lesson is done; a better score replaces a lesser one. Twice is once.

    Raises AccountCombined, AccountDeleted.
    """
    own = Enrolment.objects.filter(pk=enrolment.pk)
    # Held also when it is completed: combining accounts, and undoing that, decide about its lessons.
    list(own.select_for_update(no_key=True).values_list("pk", flat=True))
    # Looked at once it is held: what was set aside takes no more lessons, or they would be lost.
    before = Progress.objects.filter(enrolment=OuterRef("pk"), lesson=lesson, done_at__isnull=False)
    closed = "account__combined_into", "account__deleted_at"
    combined_into, deleted_at, was_done = own.annotate(done=Exists(before)).values_list(*closed, "done").get()
    refuse_closed(combined_into, deleted_at)
    go_on_in(opening_of(enrolment).membership, enrolment)
    news: dict[str, Any] = {"answers": answers} if answers else {}
    if score is not None:
        news["score"] = Greatest(Coalesce("score", 0), score)
    if score is None or lesson.course.is_passed_with(score):
        news["done_at"] = Coalesce("done_at", timezone.now())
    write_progress(enrolment, lesson, **news)
    if was_done and "done_at" in news:
        lesson_done_again.send(Enrolment, enrolment=enrolment, lesson=lesson)
    complete_if_done(enrolment)


def write_progress(enrolment: Enrolment, lesson: Lesson, **news: Any) -> None:
    """Only the columns that are news, and what was better stays better: two tabs write this row."""
    rows = Progress.objects.filter(enrolment=enrolment, lesson=lesson)
    news["updated_at"] = timezone.now()
    if not rows.update(**news):
        insert_once(Progress(enrolment=enrolment, lesson=lesson))
        rows.update(**news)


def hold_enrolments(rows: QuerySet[Any]) -> list[int]:
    """Those of `rows`, enrolments of either kind, that are not completed; the ids.

    Nobody else decides about them until the transaction ends. Whatever completes something takes hold first
    and looks afterwards: on PostgreSQL a statement sees only what was committed before it began, so when the
    last two lessons are finished at one moment, each would miss the other. The one who waited here sees both.
    On SQLite a transaction that writes is alone anyway. They are held in the order of people, everywhere, so
    that no two wait for each other. `rows` joins no other table: its rows would be held too.
    """
    open_ones = rows.filter(completed_at__isnull=True).order_by("account_id", "pk")
    return list(open_ones.select_for_update(no_key=True).values_list("pk", flat=True))


def complete_if_done(enrolment: Enrolment) -> None:
    """Completes the enrolment once, when every required lesson is done."""
    if complete_courses(Enrolment.objects.filter(pk=enrolment.pk)):
        enrolment.refresh_from_db()


@transaction.atomic(savepoint=False)
def complete_courses(enrolments: QuerySet[Enrolment]) -> int:
    """Completes those whose every required lesson is done, each once; how many."""
    held, now = hold_enrolments(enrolments), timezone.now()
    if not held:
        return 0
    pass_quizzes(held)
    done = finished(held)
    if done:
        hold_numbers(done)
        Enrolment.objects.filter(pk__any_of=[one.pk for one in done]).update(completed_at=now)
        for one in done:
            one.completed_at = now
        if now_told := told_now(done):
            courses_completed.send(Enrolment, enrolments=now_told)
        complete_specializations_of(done)
    return len(done)


def pass_quizzes(held: list[int]) -> None:
    """A quiz is done at today's pass mark: it may be lower than on the day the answers were handed in."""
    quiz = Q(lesson__kind=Lesson.Kind.QUIZ, lesson__withdrawn_at__isnull=True)
    failed = Progress.objects.filter(quiz, enrolment__in=held, done_at__isnull=True)
    failed.filter(score__gte=F("lesson__course__pass_mark")).update(done_at=timezone.now())


def finished(held: list[int]) -> list[Enrolment]:
    """Those where every lesson that is required today is done, and at least one lesson: where nothing is
    required any more, whoever only pressed START has completed nothing.
    """
    done = Progress.objects.filter(enrolment=OuterRef("pk"), done_at__isnull=False)
    required = Lesson.objects.filter(course=OuterRef("course"), required=True, withdrawn_at__isnull=True)
    own = Progress.objects.filter(
        enrolment=OuterRef(OuterRef("pk")), lesson=OuterRef("pk"), done_at__isnull=False
    )
    rows = Enrolment.objects.filter(Exists(done), ~Exists(required.filter(~Exists(own))), pk__any_of=held)
    return list(rows.select_related("course__organization", "account").order_by("account_id", "pk"))


def hold_numbers(done: list[Enrolment]) -> None:
    """The memberships whose numbers the database is about to change, in the order of people as well."""
    of = [one.resumed_in_id or one.membership_id or 0 for one in done]
    rows = Membership.objects.filter(pk__any_of=of).order_by("account_id", "pk")
    list(rows.select_for_update(no_key=True).values_list("pk", flat=True))


def complete_specializations_of(done: list[Enrolment]) -> None:
    """The Specializations of which these were the last courses."""
    courses, accounts = {one.course_id for one in done}, {one.account_id for one in done}
    having = SpecializationCourse.objects.filter(course__in=courses).values("specialization")
    theirs = SpecializationEnrolment.objects.filter(account__in=accounts, specialization__in=having)
    complete_specializations(theirs)


@transaction.atomic(savepoint=False)
def complete_specializations(enrolments: QuerySet[SpecializationEnrolment]) -> int:
    """Completes those whose every course is completed, each once; how many.

    What was withdrawn is not asked for, but at least one of the courses must have been completed.
    """
    held, now = hold_enrolments(enrolments), timezone.now()
    whole = finished_specializations(held) if held else []
    if whole:
        SpecializationEnrolment.objects.filter(pk__any_of=[one.pk for one in whole]).update(completed_at=now)
        for one in whole:
            one.completed_at = now
        if now_told := told_now(whole):
            specializations_completed.send(SpecializationEnrolment, enrolments=now_told)
    return len(whole)


def finished_specializations(held: list[int]) -> list[SpecializationEnrolment]:
    courses = Course.objects.filter(steps__specialization=OuterRef("specialization"))
    done = Enrolment.objects.filter(
        account=OuterRef(OuterRef("account")), course=OuterRef("pk"), completed_at__isnull=False
    )
    left = courses.offered().filter(~Exists(done))
    rows = SpecializationEnrolment.objects.filter(
        Exists(courses.filter(Exists(done))), ~Exists(left), pk__any_of=held
    )
    return list(rows.select_related("specialization__organization", "account").order_by("account_id", "pk"))


def complete_after(
    place: int, rows: QuerySet[Any], complete: Callable[[QuerySet[Any]], int]
) -> tuple[int | None, int]:
    """Completes what is done of the next BATCH of `rows`, by one of the two verbs above.

    Where those after them begin, None when there are none; and how many were completed.
    """
    following = rows.filter(completed_at__isnull=True, pk__gt=place).order_by("pk")
    batch = list(following.values_list("pk", flat=True)[:BATCH])
    completed = complete(rows.model._default_manager.filter(pk__any_of=batch)) if batch else 0
    return (batch[-1] if len(batch) == BATCH else None), completed


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


def move_text(*, enrolment: Enrolment, lesson: Lesson, place: int) -> None:
    """Remember how far a text was read, in thousandths of it."""
    write_progress(enrolment, lesson, place=place)
