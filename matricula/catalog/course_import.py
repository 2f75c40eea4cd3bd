"""Taking a course in, its files by their digests. Again, it is changed: nobody's progress is lost."""

import hashlib
import logging
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.catalog import courseformat
from matricula.catalog.courseformat import file_address, look_into
from matricula.catalog.errors import CourseProblems, Problem
from matricula.catalog.models import Course, CourseFile, Lesson, Module
from matricula.catalog.signals import course_changed
from matricula.db.public_ids import new_public_id
from matricula.files.atomic_writes import write_atomically
from matricula.files.sandbox import GIB, Limits, NotFinished, run_sandboxed
from matricula.organizations.models import Organization

PIECE = 256 * 1024


def file_place(digest: str) -> Path:
    """Where the content with this SHA-256 lies."""
    return Path(settings.MEDIA_ROOT, "courses", digest[:2], digest)


def keep_file(content: BinaryIO, digest: str) -> None:
    """Twice is once. On the disk before this returns, so that a row may name it.

    Raises ValueError for content of another digest: it would be shown to whoever has the real one.
    """
    place = file_place(digest)
    if not place.exists():
        with write_atomically(place) as file:
            copy_whole(content, file, digest)


def copy_whole(content: BinaryIO, file: IO[bytes], digest: str) -> None:
    seen = hashlib.sha256()
    while piece := content.read(PIECE):
        seen.update(piece)
        file.write(piece)
    if seen.hexdigest() != digest:
        raise ValueError("The file changed while it was read.")


COURSE_VALUES = (
    "title", "summary", "description_html", "topic", "level", "language", "minutes", "pass_mark",
)  # fmt: skip
WITHIN = Limits(seconds=40, memory=GIB)
"""The largest course of plain text takes ten seconds, a gigabyte of videos five."""
HEAVY = "Reading this takes more time or memory than a course may have. Make it smaller, or split it."
logger = logging.getLogger(__name__)


def import_course(*, source: Path, organization: Organization, actor: Account | None = None) -> Course:
    """The course in a folder or zip. Raises CourseProblems, ReaderKilled; then nothing was changed."""
    read = read_apart(source)
    keep_files(source, read)
    return store_course(read=read, organization=organization, actor=actor)


def read_apart(place: Path) -> courseformat.Course:
    """Read where it harms nobody, whatever lies there. Raises CourseProblems, ReaderKilled.

    Nobody could write what stands for the course's address, so it is exchanged without looking.
    """
    base = settings.COURSE_ADDRESS.format(course=new_public_id())
    try:
        found = run_sandboxed(look_into, place.absolute(), base, within=WITHIN)
    except NotFinished as fault:
        logger.warning("A course could not be read: %s", fault)
        raise CourseProblems([Problem(place.name, 1, HEAVY)]) from fault
    if isinstance(found, list):
        raise CourseProblems(found)
    return found


def keep_files(place: Path, read: courseformat.Course) -> None:
    """Raises FileNotFoundError for what is no longer what was read."""
    source = courseformat.Source(place, courseformat.Limits(), courseformat.Log())
    for file in read.files:
        with source.open(file.path) as content:
            keep_file(content, file.digest)


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
        store_module(course, position, module, read.base)
    course.modules.filter(position__gte=len(read.modules), lessons__isnull=True).delete()
    record("course.imported", actor=actor, organization=organization, subject=course)
    if not new:
        course_changed.send(Course, course=course)
    return course


def values_of_course(read: courseformat.Course) -> dict[str, Any]:
    """What the table keeps of the course itself."""
    return {name: getattr(read, name) for name in COURSE_VALUES}


def store_files(course: Course, read: courseformat.Course) -> None:
    rows = {
        (file.digest, file.name): CourseFile(
            course=course, digest=file.digest, name=file.name, content_type=file.content_type, size=file.size
        )
        for file in read.files
    }
    course.files.all().delete()
    CourseFile.objects.bulk_create(rows.values())


def store_module(course: Course, position: int, read: courseformat.Module, base: str) -> None:
    module, _ = Module.objects.update_or_create(
        course=course, position=position, defaults={"title": read.title}
    )
    for place, lesson in enumerate(read.lessons):
        values = {
            **values_of_lesson(course, lesson, base),
            "module": module,
            "position": place,
            "withdrawn_at": None,
        }
        Lesson.objects.update_or_create(course=course, key=lesson.key, kind=lesson.kind, defaults=values)


def values_of_lesson(course: Course, lesson: courseformat.Lesson, base: str) -> dict[str, Any]:
    """What the table keeps of a lesson, wherever it stands; it was read for a course at `base`."""
    return {
        **{name: getattr(lesson, name) for name in ("kind", "title", "minutes", "required")},
        "body_html": lesson.html.replace(base, course.address),
        "content": content_of(course, lesson),
    }


def content_of(course: Course, lesson: courseformat.Lesson) -> dict[str, Any]:
    """What the lesson's page needs beside the text."""
    if lesson.kind == Lesson.Kind.QUIZ:
        return {"questions": [asdict(question) for question in lesson.questions]}
    if lesson.kind == Lesson.Kind.VIDEO:
        return {
            "videos": [described(course, file) for file in lesson.videos],
            "poster": file_address(course.address, lesson.poster) if lesson.poster else "",
            "captions": [
                {"language": one.language, "label": one.label, **described(course, one.file)}
                for one in lesson.captions
            ],
        }
    return {"file": described(course, lesson.download)} if lesson.download else {}


def described(course: Course, file: courseformat.File) -> dict[str, Any]:
    address = file_address(course.address, file)
    return {"url": address, "name": file.name, "type": file.content_type, "size": file.size}
