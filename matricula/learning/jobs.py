"""What the worker does for learning: completing those who have done all that is left of what was changed."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

from django.db.models import QuerySet

from matricula.jobs.models import Job
from matricula.jobs.queue import performs_job, recurs_nightly
from matricula.learning import recount
from matricula.learning.completion import complete_after, complete_courses, complete_specializations
from matricula.learning.models import Enrolment, SpecializationEnrolment

CHANGED = "learning.changed_course"
SHORTENED = "learning.shortened_specialization"
SETTLING = timedelta(seconds=10)
"""Until then whoever was pressing START on a Specialization while a course was taken out of it is enrolled,
and is seen. Whoever was finishing something is waited for anyway (`hold_enrolments`)."""
COURSES_AT, SPECIALIZATIONS_AT = time(1, 0), time(1, 30)
"""At night, before it is counted who completed anything (`recount.py`)."""


@performs_job(CHANGED)
def complete_course_for_some(job: Job) -> bool:
    """Those who have done every lesson the course still asks for. True when there may be more of them."""
    return complete_some(job, Enrolment.objects.filter(course=job.reference), complete_courses)


@performs_job(SHORTENED)
def complete_series_for_some(job: Job) -> bool:
    """Those who have completed every course that is left of the Specialization."""
    rows = SpecializationEnrolment.objects.filter(specialization=job.reference)
    return complete_some(job, rows, complete_specializations)


@recurs_nightly("learning.complete_courses", COURSES_AT)
def complete_any_course(job: Job) -> bool:
    """Whoever should be stuck in spite of all is so for a day at most."""
    return complete_some(job, Enrolment.objects.all(), complete_courses)


@recurs_nightly("learning.complete_specializations", SPECIALIZATIONS_AT)
def complete_any_specializations(job: Job) -> bool:
    return complete_some(job, SpecializationEnrolment.objects.all(), complete_specializations)


def complete_some(job: Job, rows: QuerySet[Any], complete: Callable[[QuerySet[Any]], int]) -> bool:
    """One step through `rows`. True when there may be more."""
    place, _completed = complete_after(job.place, rows, complete)
    job.place = place or 0
    return place is not None


@recurs_nightly("learning.recount", recount.NIGHT)
def recount_some(job: Job) -> bool:
    return recount.recount_some(job)
