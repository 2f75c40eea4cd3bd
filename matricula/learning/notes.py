"""Notes of one's own at a lesson: kept, shown to their writer alone, gone when emptied."""

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from matricula.accounts.errors import AccountCombined
from matricula.catalog.models import Lesson
from matricula.db.queries import insert_once
from matricula.learning.models import Enrolment, LessonNote

LONGEST = 20_000
"""Characters."""
LONGEST_SENT = 2 * LONGEST
"""Browsers send each end of a line as two characters and count it as one."""


@transaction.atomic
def keep_note(*, enrolment: Enrolment, lesson: Lesson, text: str) -> None:
    """The last one written stays; an empty one is none. Raises AccountCombined.

    The enrolment is held: combining accounts, and undoing that, decide about its notes.
    """
    own = Enrolment.objects.filter(pk=enrolment.pk)
    list(own.select_for_update(no_key=True).values_list("pk", flat=True))
    if own.values_list("account__combined_into", flat=True).get():
        raise AccountCombined
    rows = LessonNote.objects.filter(enrolment=enrolment, lesson=lesson)
    written = text.replace("\r\n", "\n").replace("\x00", "").strip()[:LONGEST]
    if not written:
        rows.delete()
    elif not rows.update(text=written, updated_at=timezone.now()):
        insert_once(LessonNote(enrolment=enrolment, lesson=lesson, text=written))


def with_own_note(lessons: QuerySet[Lesson], enrolment: Enrolment) -> QuerySet[Lesson]:
    """With `.own_note`, in the same statement."""
    own = LessonNote.objects.filter(enrolment=enrolment, lesson=OuterRef("pk"))
    return lessons.annotate(own_note=Subquery(own.values("text")[:1]))


def notes_in(enrolment: Enrolment) -> list[LessonNote]:
    """In the order of the course."""
    rows = LessonNote.objects.filter(enrolment=enrolment).select_related("lesson")
    return list(rows.order_by("lesson__module__position", "lesson__position"))
