"""Taking a course in. Importing again changes it in place, so nobody's progress is lost."""

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db import transaction
from django.utils import timezone

from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.catalog import courseformat
from matricula.catalog.courseformat import read_course, render_markdown
from matricula.catalog.keeping import keep
from matricula.catalog.models import Course, CourseFile, Lesson, Module
from matricula.catalog.signals import course_changed
from matricula.organizations.models import Organization

COURSE_VALUES = ("title", "summary", "topic", "level", "language", "minutes", "pass_mark")


def import_course(*, source: Path, organization: Organization, actor: Account | None = None) -> Course:
    """The course in a folder or zip. Raises CourseProblems; then nothing was changed."""
    read = read_course(source)
    for file in read.files:
        with file.open() as content:
            keep(content, file.digest)
    return store_course(read=read, organization=organization, actor=actor)


@transaction.atomic
def store_course(*, read: courseformat.Course, organization: Organization, actor: Account | None) -> Course:
    """Lessons keep their rows by key and kind; those that vanished are withdrawn.

    A lesson that became of another kind is another lesson: reading a text is not passing the quiz that stands
    there now.

    Whoever has done all that is left completes the course by it (`learning/jobs.py`).
    """
    now = timezone.now()
    values = {**values_of_course(read), "withdrawn_at": None, "imported_at": now}
    course, new = Course.objects.update_or_create(organization=organization, slug=read.slug, defaults=values)
    store_files(course, read)
    course.lessons.filter(withdrawn_at__isnull=True).update(withdrawn_at=now)
    for position, module in enumerate(read.modules):
        store_module(course, position, module)
    course.modules.filter(position__gte=len(read.modules), lessons__isnull=True).delete()
    record("course.imported", actor=actor, organization=organization, subject=course)
    if not new:
        course_changed.send(Course, course=course)
    return course


def values_of_course(read: courseformat.Course) -> dict[str, Any]:
    """What the table keeps of the course itself."""
    values = {name: getattr(read, name) for name in COURSE_VALUES}
    return {**values, "description_html": render_markdown(read.description)}


def store_files(course: Course, read: courseformat.Course) -> None:
    rows = {
        (file.digest, file.name): CourseFile(
            course=course, digest=file.digest, name=file.name, content_type=file.content_type, size=file.size
        )
        for file in read.files
    }
    course.files.all().delete()
    CourseFile.objects.bulk_create(rows.values())


def store_module(course: Course, position: int, read: courseformat.Module) -> None:
    module, _ = Module.objects.update_or_create(
        course=course, position=position, defaults={"title": read.title}
    )
    for place, lesson in enumerate(read.lessons):
        values = {
            **values_of_lesson(course, lesson),
            "module": module,
            "position": place,
            "withdrawn_at": None,
        }
        Lesson.objects.update_or_create(course=course, key=lesson.key, kind=lesson.kind, defaults=values)


def values_of_lesson(course: Course, lesson: courseformat.Lesson) -> dict[str, Any]:
    """What the table keeps of a lesson, wherever it stands."""
    return {
        **{name: getattr(lesson, name) for name in ("kind", "title", "minutes", "required")},
        "body_html": render_markdown(lesson.body, partial(address_in, course, lesson)),
        "content": content_of(course, lesson),
    }


def address_in(course: Course, lesson: courseformat.Lesson, reference: str) -> str | None:
    """Where a file or lesson that a text names is served."""
    if reference in lesson.files:
        return file_address(course, lesson.files[reference])
    return f"{course.address}lessons/{lesson.links[reference]}/" if reference in lesson.links else None


def file_address(course: Course, file: courseformat.File) -> str:
    return f"{course.address}files/{file.digest}/{quote(file.name)}"


def content_of(course: Course, lesson: courseformat.Lesson) -> dict[str, Any]:
    """What the lesson's page needs beside the text."""
    if lesson.kind == Lesson.Kind.QUIZ:
        return {"questions": [asdict(question) for question in lesson.questions]}
    if lesson.kind == Lesson.Kind.VIDEO:
        return {
            "videos": [described(course, file) for file in lesson.videos],
            "poster": file_address(course, lesson.poster) if lesson.poster else "",
            "captions": [
                {"language": one.language, "label": one.label, **described(course, one.file)}
                for one in lesson.captions
            ],
        }
    return {"file": described(course, lesson.download)} if lesson.download else {}


def described(course: Course, file: courseformat.File) -> dict[str, Any]:
    address = file_address(course, file)
    return {"url": address, "name": file.name, "type": file.content_type, "size": file.size}
