"""What learning has done for later."""

from datetime import timedelta

from django.dispatch import receiver
from django.utils import timezone

from matricula.catalog.models import Specialization
from matricula.catalog.signals import course_taken_out
from matricula.jobs.models import Job
from matricula.jobs.performing import performs
from matricula.jobs.queueing import enqueue
from matricula.learning.completing import complete_series
from matricula.learning.models import SpecializationEnrolment

BATCH = 500
SHORTENED = "learning.shortened_series"
SETTLING = timedelta(seconds=10)
"""Until then whoever was completing a course while another was taken out is done with it, and is seen."""


@receiver(course_taken_out)
def look_through(sender: object, specialization: Specialization, **_: object) -> None:
    enqueue(SHORTENED, reference=specialization.pk, due_at=timezone.now() + SETTLING)


@performs(SHORTENED)
def complete_some(job: Job) -> bool:
    """Complete those of a Specialization who have done every course that is left in it. True when there
    may be more."""
    rows = SpecializationEnrolment.objects.filter(specialization=job.reference, completed_at__isnull=True)
    batch = list(rows.filter(pk__gt=job.place).order_by("pk").values_list("pk", flat=True)[:BATCH])
    complete_series(rows.filter(pk__in=batch))
    job.place = batch[-1] if batch else 0
    return len(batch) == BATCH
