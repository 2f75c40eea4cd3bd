"""Taking a course in. Importing again changes it in place, so nobody's progress is lost."""

from pathlib import Path

from django.db import transaction
from django.utils import timezone

from matricula.audit.models import record
from matricula.catalog.course_folder import ReadCourse, ReadModule, read_course
from matricula.catalog.models import Course, Lesson, Module
from matricula.organizations.models import Organization


def import_course(*, folder: Path, organization: Organization) -> Course:
    """Raises CourseProblems; then nothing was changed."""
    return store_course(read=read_course(folder), organization=organization)


@transaction.atomic
def store_course(*, read: ReadCourse, organization: Organization) -> Course:
    values = {**read.values, "minutes": read.minutes, "withdrawn_at": None, "imported_at": timezone.now()}
    slug = values.pop("slug")
    course, _ = Course.objects.update_or_create(organization=organization, slug=slug, defaults=values)
    course.lessons.update(withdrawn_at=timezone.now())
    for position, module in enumerate(read.modules):
        store_module(course, position, module)
    course.modules.filter(position__gte=len(read.modules), lessons__isnull=True).delete()
    record("course.imported", organization=organization, subject=course)
    return course


def store_module(course: Course, position: int, read: ReadModule) -> None:
    module, _ = Module.objects.update_or_create(
        course=course, position=position, defaults={"title": read.title}
    )
    for place, lesson in enumerate(read.lessons):
        Lesson.objects.update_or_create(
            course=course,
            key=lesson.key,
            defaults={
                "module": module,
                "position": place,
                "kind": lesson.kind,
                "title": lesson.title,
                "minutes": lesson.minutes,
                "required": lesson.required,
                "body_html": lesson.body_html,
                "content": lesson.content,
                "withdrawn_at": None,
            },
        )
