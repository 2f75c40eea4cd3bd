"""Courses that are soon done, and people who do them."""

from datetime import timedelta

from django.utils import timezone

from matricula.catalog.models import Course
from matricula.jobs.models import Job
from matricula.jobs.queue import perform_due
from matricula.learning.completion import finish_lesson
from matricula.learning.enrolments import start_course
from matricula.learning.models import Enrolment
from matricula.organizations.models import Organization
from matricula.programs.models import Membership


def short_course(organization: Organization, slug: str, *lessons: str) -> Course:
    """A course of readings of ten minutes; of one without `lessons`."""
    made: Course = organization.courses.create(slug=slug, title=slug, summary="S", topic="X")
    module = made.modules.create(position=0, title="One")
    for position, key in enumerate(lessons or ("a",)):
        values = {"title": key, "kind": "reading", "minutes": 10}
        made.lessons.create(module=module, key=key, position=position, **values)
    return made


def specialization_of(*courses: Course, title: str = "Trust"):
    made = courses[0].organization.specializations.create(slug=title.lower(), title=title, summary="S")
    for position, one in enumerate(courses):
        made.steps.create(course=one, position=position)
    return made


def do_lessons(enrolment: Enrolment, *keys: str) -> None:
    for key in keys:
        finish_lesson(enrolment=enrolment, lesson=enrolment.course.lessons.get(key=key))


def do_everything(course: Course, membership: Membership) -> Enrolment:
    enrolment = start_course(course=course, membership=membership)
    for lesson in course.lessons.filter(withdrawn_at__isnull=True):
        finish_lesson(enrolment=enrolment, lesson=lesson, score=100)
    return enrolment


def work_for_a_minute() -> None:
    """The worker does what is due within the next minute, and what is more of it."""
    soon = timezone.now() + timedelta(minutes=1)
    Job.objects.filter(due_at__lt=soon).update(due_at=timezone.now())
    while perform_due():
        pass
