"""What was learned: courses, lessons, answers, certificates. What would have been right is not told."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from matricula.catalog.models import Lesson
from matricula.credentials.certificates import address_of
from matricula.credentials.drawing import print_certificate
from matricula.credentials.models import Certificate
from matricula.files.atomic_writes import write_atomically
from matricula.learning.models import Enrolment, LessonNote, Progress, SpecializationEnrolment
from matricula.learning.quizzes import Given, Questions, mark_question, questions_of
from matricula.leaving.data.sections import (
    FILLED,
    MOMENT,
    NUMBER,
    TEXT,
    TEXTS,
    YES_OR_NO,
    Kind,
    Row,
    Section,
    Whose,
    or_none,
)

PAGES_AT_ONCE = 20
"""Certificates that are printed in one go."""
ANSWERS: Kind = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "question": {
                **or_none(TEXT),
                "description": "null: the question is no longer asked, or in other words.",
            },
            "given": TEXTS,
            "was_right": {
                **or_none(YES_OR_NO),
                "description": "null: it was not handed in, or is no longer asked.",
            },
        },
        "required": ["question", "given", "was_right"],
        "additionalProperties": False,
    },
}


def fill_given(_whose: Whose, keys: Sequence[Any], rows: list[Row]) -> None:
    """What was answered, in the words of the quiz of today."""
    found = Progress.objects.select_related("lesson").in_bulk(list(keys))
    asked: dict[int, Questions] = {}
    for key, row in zip(keys, rows, strict=True):
        row["answers"] = []
        progress = found.get(key)
        if progress and progress.answers:
            lesson = progress.lesson
            if lesson.pk not in asked:
                asked[lesson.pk] = questions_of(lesson) if lesson.kind == Lesson.Kind.QUIZ else []
            handed_in = progress.score is not None
            row["answers"] = list(tell_answers(asked[lesson.pk], progress.answers, handed_in))


def tell_answers(questions: Questions, answers: Given, handed_in: bool) -> Iterator[Row]:
    known = {one["key"]: one for one in questions}
    for key, given in answers.items():
        question = known.get(key)
        yield {
            "question": question["prompt"] if question else None,
            "given": [words_of_answer(question, one) for one in given],
            "was_right": mark_question(question, given)["right"] if question and handed_in else None,
        }


def words_of_answer(question: dict[str, Any] | None, given: str) -> str:
    """What a person typed is its own words; what they chose has those of the option."""
    options = {one["key"]: one["text"] for one in question["options"]} if question else {}
    return str(options.get(given, given))


def fill_places(_whose: Whose, _keys: Sequence[Any], rows: list[Row]) -> None:
    for row in rows:
        row["file"] = f"certificates/{row['id']}.pdf"
        row["verify_at"] = address_of(row["id"])


def print_pages(_whose: Whose, keys: Sequence[Any], folder: Path) -> None:
    rows = Certificate.objects.select_related("logo", "signature").filter(pk__in=keys)
    for one in rows:
        with write_atomically(folder / f"{one.public_id}.pdf") as page:
            page.write(print_certificate(one, address_of(one.public_id)))


SECTIONS = (
    Section(
        "enrolments",
        "Courses you began.",
        {
            "account": ("account__public_id", TEXT),
            "course": ("course__title", TEXT),
            "course_id": ("course__public_id", TEXT),
            "organization": ("course__organization__name", TEXT),
            "program": ("membership__program__name", or_none(TEXT)),
            "gone_on_with_in": ("resumed_in__program__name", or_none(TEXT)),
            "last_lesson": ("last_lesson__title", or_none(TEXT)),
            "started_at": ("started_at", MOMENT),
            "completed_at": ("completed_at", or_none(MOMENT)),
        },
        lambda whose: Enrolment.objects.filter(account__in=whose.accounts),
        of=("learning_enrolment.account_id",),
        is_table=True,
    ),
    Section(
        "progress",
        "Lessons you opened or did, and what you answered in quizzes.",
        {
            "account": ("enrolment__account__public_id", TEXT),
            "course": ("enrolment__course__title", TEXT),
            "course_id": ("enrolment__course__public_id", TEXT),
            "lesson": ("lesson__title", TEXT),
            "kind": ("lesson__kind", TEXT),
            "seconds_watched": ("seconds", NUMBER),
            "read_to_per_mille": ("place", NUMBER),
            "score_percent": ("score", or_none(NUMBER)),
            "answers": (FILLED, ANSWERS),
            "done_at": ("done_at", or_none(MOMENT)),
            "changed_at": ("updated_at", MOMENT),
        },
        lambda whose: Progress.objects.filter(enrolment__account__in=whose.accounts),
        fill=fill_given,
        is_table=True,
    ),
    Section(
        "notes",
        "What you wrote down at lessons, for yourself.",
        {
            "account": ("enrolment__account__public_id", TEXT),
            "course": ("enrolment__course__title", TEXT),
            "lesson": ("lesson__title", TEXT),
            "text": ("text", TEXT),
            "changed_at": ("updated_at", MOMENT),
        },
        lambda whose: LessonNote.objects.filter(enrolment__account__in=whose.accounts),
        is_table=True,
    ),
    Section(
        "specializations",
        "Specializations you began.",
        {
            "account": ("account__public_id", TEXT),
            "specialization": ("specialization__title", TEXT),
            "organization": ("specialization__organization__name", TEXT),
            "started_at": ("started_at", MOMENT),
            "completed_at": ("completed_at", or_none(MOMENT)),
        },
        lambda whose: SpecializationEnrolment.objects.filter(account__in=whose.accounts),
        of=("learning_specializationenrolment.account_id",),
        is_table=True,
    ),
    Section(
        "certificates",
        "Your certificates. Each is in the folder of this name, as PDF.",
        {
            "account": ("account__public_id", TEXT),
            "id": ("public_id", TEXT),
            "title": ("title", TEXT),
            "recipient": ("recipient_name", TEXT),
            "organization": ("organization_name", TEXT),
            "minutes": ("minutes", NUMBER),
            "issued_at": ("issued_at", MOMENT),
            "verify_at": (FILLED, TEXT),
            "file": (FILLED, TEXT),
        },
        lambda whose: Certificate.objects.filter(account__in=whose.accounts),
        of=("credentials_certificate.account_id",),
        fill=fill_places,
        put_beside=print_pages,
        is_table=True,
        at_once=PAGES_AT_ONCE,
    ),
)
