"""What rests on lessons of an account that was taken in, as long as that can be undone.

Whoever did a lesson again has it of their own. A certificate cannot be called back from the world, so it
waits until nothing can be undone, or until all it rests on was done with the account that was kept.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from matricula.catalog.models import Lesson, SpecializationCourse
from matricula.credentials.models import Certificate
from matricula.learning.models import Enrolment, Progress, SpecializationEnrolment
from matricula.learning.signals import courses_completed, specializations_completed
from matricula.leaving.combining.lines import CHANGED, COPIED, MOVED
from matricula.leaving.models import Combining, CombiningLine

ENROLMENTS, SERIES, LESSONS = (one._meta.db_table for one in (Enrolment, SpecializationEnrolment, Progress))


def resting_on_others(completed: Sequence[Enrolment] | Sequence[SpecializationEnrolment]) -> set[int]:
    """Of enrolments of one kind those (ids) that undo would open again."""
    open_ones = list(
        Combining.objects.open()
        .filter(kept__in={one.account_id for one in completed})
        .values_list("pk", flat=True)
    )
    if not open_ones:
        return set()
    lines = CombiningLine.objects.filter(combining__in=open_ones)
    courses = [one for one in completed if isinstance(one, Enrolment)]
    if courses:
        return courses_on_others(courses, lines)
    return series_on_others([one for one in completed if isinstance(one, SpecializationEnrolment)], lines)


def courses_on_others(courses: Sequence[Enrolment], lines: QuerySet[CombiningLine]) -> set[int]:
    """Those of which a required lesson is borrowed. One that moved has only lessons of its own."""
    borrowed = borrowed_lessons([one.pk for one in courses], lines)
    required = Lesson.objects.filter(required=True, withdrawn_at__isnull=True)
    asked = set(required.filter(pk__in={lesson for _, lesson in borrowed}).values_list("pk", flat=True))
    return {enrolment for enrolment, lesson in borrowed if lesson in asked}


def borrowed_lessons(enrolments: Iterable[int], lines: QuerySet[CombiningLine]) -> dict[tuple[int, int], int]:
    """Rows (ids) of lessons that are done only by the other account, by enrolment and lesson."""
    done = Progress.objects.filter(enrolment__in=list(enrolments), done_at__isnull=False)
    rows = {
        (enrolment, lesson): (pk, at)
        for pk, enrolment, lesson, at in done.values_list("pk", "enrolment", "lesson", "done_at")
    }
    keys = {pk: key for key, (pk, _) in rows.items()}
    copied = Q(act=COPIED, counterpart__in={enrolment for enrolment, _ in rows})
    changed = Q(act=CHANGED, row_id__in=list(keys))
    found = {}
    for line in lines.filter(copied | changed, table_name=LESSONS):
        key = (line.counterpart or 0, line.after["lesson_id"]) if line.act == COPIED else keys[line.row_id]
        is_theirs = moment_in(line.after) is not None and moment_in(line.before) is None
        if is_theirs and key in rows and rows[key][1] == moment_in(line.after):
            found[key] = rows[key][0]
    return found


def moment_in(side: dict[str, Any]) -> datetime | None:
    """When the lesson was done, as either database writes it into JSON."""
    told = side.get("done_at")
    at = parse_datetime(told) if told else None
    return at.replace(tzinfo=UTC) if at and at.tzinfo is None else at


def series_on_others(series: Sequence[SpecializationEnrolment], lines: QuerySet[CombiningLine]) -> set[int]:
    """Those that need courses of both sides."""
    steps: dict[int, set[int]] = {}
    of = SpecializationCourse.objects.filter(specialization__in={one.specialization_id for one in series})
    for specialization, course in of.values_list("specialization", "course"):
        steps.setdefault(specialization, set()).add(course)
    done = Enrolment.objects.filter(
        account__in={one.account_id for one in series},
        course__in=set().union(*steps.values()),
        completed_at__isnull=False,
    )
    rows = list(done)
    moved = set(
        lines.filter(act=MOVED, table_name__in=(ENROLMENTS, SERIES)).values_list("table_name", "row_id")
    )
    borrowed = courses_on_others(rows, lines)
    found = set()
    for one in series:
        is_moved = (SERIES, one.pk) in moved
        mine = [
            r for r in rows if r.account_id == one.account_id and r.course_id in steps[one.specialization_id]
        ]
        if any(r.pk in borrowed or ((ENROLMENTS, r.pk) in moved) != is_moved for r in mine):
            found.add(one.pk)
    return found


def take_lesson_over(*, enrolment: Enrolment, lesson: Lesson) -> None:
    """A lesson was done once more: from now on it is the account's own. Call it with the enrolment held."""
    open_ones = Combining.objects.open().filter(kept=enrolment.account_id)
    lines = CombiningLine.objects.filter(combining__in=list(open_ones.values_list("pk", flat=True)))
    row = borrowed_lessons([enrolment.pk], lines).get((enrolment.pk, lesson.pk))
    if row is None:
        return
    Progress.objects.filter(pk=row).update(done_at=timezone.now())
    if Enrolment.objects.filter(pk=enrolment.pk, completed_at__isnull=False).exists():
        tell_completed(Enrolment.objects.filter(pk=enrolment.pk))
        series = SpecializationEnrolment.objects.filter(
            account=enrolment.account_id, specialization__steps__course=enrolment.course_id
        )
        tell_completed(series)


def tell_completed(rows: QuerySet[Any]) -> None:
    """What is complete, rests on nothing borrowed and has no certificate yet gets it, with the day it has."""
    key = "enrolment" if rows.model is Enrolment else "specialization_enrolment"
    subject = "course" if rows.model is Enrolment else "specialization"
    had = Certificate.objects.filter(**{f"{key}__isnull": False}).values(key)
    waiting = rows.filter(completed_at__isnull=False).exclude(pk__in=had)
    ordered = waiting.select_related(f"{subject}__organization", "account").order_by("account_id", "pk")
    found = list(ordered.select_for_update(no_key=True, of=("self",)))
    resting = resting_on_others(found) if found else set()
    told = [one for one in found if one.pk not in resting]
    if told:
        news = courses_completed if rows.model is Enrolment else specializations_completed
        news.send(rows.model, enrolments=told)
