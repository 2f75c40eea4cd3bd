"""How many courses each member started and completed, counted from scratch, some members at a time.

And whoever has done everything and was not completed.
"""

import logging
from collections.abc import Callable
from datetime import time
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from matricula.jobs.models import Job
from matricula.learning.completion import complete_after, complete_courses, complete_specializations
from matricula.learning.models import Enrolment, SpecializationEnrolment
from matricula.programs.models import Membership

NIGHT = time(2, 0)
"""Before `programs` counts who started and completed anything."""
BATCH = 5_000
REALLY = "(SELECT count(*) FROM learning_enrolment e WHERE e.membership_id = programs_membership.id{more})"
STARTED, COMPLETED = REALLY.format(more=""), REALLY.format(more=" AND e.completed_at IS NOT NULL")
WRONG = f"(courses_started <> {STARTED} OR courses_completed <> {COMPLETED})"
HELD = f"SELECT id FROM programs_membership WHERE id > %s AND id <= %s AND {WRONG}"
MEND = f"""UPDATE programs_membership SET courses_started = {STARTED}, courses_completed = {COMPLETED}
WHERE id IN ({{ids}}) AND {WRONG}"""
"""Members that seem wrong are held (FOR UPDATE, on PostgreSQL), then looked at again in a new statement,
which sees what whoever held them before has committed. So nobody has to stop learning while it is
counted."""
logger = logging.getLogger(__name__)


def complete_stuck() -> tuple[int, int]:
    """Complete everybody who has done all that is required: how many courses that were, and how many
    Specializations beside those that were completed with a course.

    By batches, each a transaction of its own: whoever learns meanwhile waits for no more than one.
    """
    courses = complete_all(Enrolment.objects.all(), complete_courses)
    return courses, complete_all(SpecializationEnrolment.objects.all(), complete_specializations)


def complete_all(rows: QuerySet[Any], complete: Callable[[QuerySet[Any]], int]) -> int:
    place: int | None = 0
    completed = 0
    while place is not None:
        place, more = complete_after(place, rows, complete)
        completed += more
    return completed


def recount_courses() -> None:
    """Of every member, whoever enrols meanwhile."""
    place: int | None = 0
    while place is not None:
        place = recount_after(place)


def recount_some(job: Job) -> bool:
    place = recount_after(job.place)
    job.place = place or 0
    return place is not None


@transaction.atomic
def recount_after(place: int) -> int | None:
    """Make the next members right, and say where those after them begin; None when there are none.

    A wrong row is held before it is counted again: an enrolment that comes meanwhile waits for the row, or
    is seen.
    """
    batch = Membership.objects.filter(pk__gt=place).order_by("pk").values_list("pk", flat=True)[:BATCH]
    last = max(batch, default=None)
    if last is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(HELD + (" FOR UPDATE" if connection.vendor == "postgresql" else ""), [place, last])
        held = [pk for (pk,) in cursor.fetchall()]
        if held:
            cursor.execute(MEND.format(ids=", ".join(["%s"] * len(held))), held)
            words = "Courses were counted wrong and are right again; memberships: %s, the first: %s."
            logger.warning(words, len(held), held[0])
    return last
