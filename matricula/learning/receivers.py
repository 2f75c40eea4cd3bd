"""What learning does when other rooms tell of something."""

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.utils import timezone

from matricula.accounts.models import Account
from matricula.catalog.models import Course, Specialization
from matricula.catalog.signals import course_changed, course_taken_out
from matricula.jobs.queue import enqueue
from matricula.learning.jobs import CHANGED, SETTLING, SHORTENED
from matricula.learning.retention import note_return
from matricula.learning.signals import courses_completed
from matricula.learning.specializations import start_next_courses_soon

courses_completed.connect(start_next_courses_soon)


@receiver(course_changed)
def look_through_course(sender: object, course: Course, **_: object) -> None:
    """In the transaction of the change: there is neither without the other."""
    enqueue(CHANGED, reference=course.pk, organization=course.organization_id)


@receiver(course_taken_out)
def complete_changed_specialization(sender: object, specialization: Specialization, **_: object) -> None:
    enqueue(
        SHORTENED,
        reference=specialization.pk,
        due_at=timezone.now() + SETTLING,
        organization=specialization.organization_id,
    )


@receiver(user_logged_in)
def keep_whoever_is_back(sender: object, user: Account, **_: object) -> None:
    note_return(user.pk)
