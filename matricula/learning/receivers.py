"""What learning does when other rooms tell of something."""

from django.dispatch import receiver
from django.utils import timezone

from matricula.catalog.models import Course, Specialization
from matricula.catalog.signals import course_changed, course_taken_out
from matricula.jobs.queue import enqueue
from matricula.learning.jobs import CHANGED, SETTLING, SHORTENED


@receiver(course_changed)
def look_through_course(sender: object, course: Course, **_: object) -> None:
    """In the transaction of the change: there is neither without the other."""
    enqueue(CHANGED, reference=course.pk)


@receiver(course_taken_out)
def complete_changed_specialization(sender: object, specialization: Specialization, **_: object) -> None:
    enqueue(SHORTENED, reference=specialization.pk, due_at=timezone.now() + SETTLING)
