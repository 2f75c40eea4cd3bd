"""Uploading a course: kept, read, shown, and taken in when somebody says so."""

import shutil
import time
from datetime import datetime, timedelta
from pathlib import Path

from django.core.files import File
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.catalog import courseformat
from matricula.catalog.comparison import compare_course
from matricula.catalog.course_import import keep_files, read_apart, store_course
from matricula.catalog.errors import CourseProblems, NotToTake, Problem, UploadsUsedUp, UploadTooLarge
from matricula.catalog.models import Course, CourseUpload
from matricula.files.atomic_writes import write_atomically
from matricula.files.storage import seen_file
from matricula.jobs.models import Job
from matricula.jobs.queue import enqueue
from matricula.organizations.models import Organization
from matricula.security.throttling import Limit

LARGEST = 512 * 1024 * 1024
UPLOADS = Limit("course-upload")
"""Of an organization."""
KEPT = timedelta(days=1)
MANY = 200
TRIES = 3
"""Within a minute or two; a zip that breaks whoever reads it will do so again."""
BROKEN = "This zip could not be read: whoever tried broke off. Pack the folder again, or split the course."
READ, TAKE = "catalog.read_upload", "catalog.take_upload"
State = CourseUpload.State


def receive_upload(
    *, upload: "File[bytes]", organization: Organization, actor: Account | None
) -> CourseUpload:
    """Keep the zip and have it read by the worker. Raises UploadTooLarge, UploadsUsedUp."""
    if (upload.size or 0) > LARGEST:
        raise UploadTooLarge
    if not UPLOADS.allows(organization.pk):
        raise UploadsUsedUp
    made = CourseUpload(
        organization=organization,
        name=Path(upload.name or "course.zip").name[:200],
        size=upload.size or 0,
        uploaded_by=actor,
    )
    with write_atomically(made.place) as copy:
        shutil.copyfileobj(upload, copy)
    with transaction.atomic():
        made.save()
        record("course.uploaded", actor=actor, organization=organization, subject=made)
        have_read(made, READ)
    return made


def have_read(upload: CourseUpload, kind: str) -> None:
    """By the worker, one upload of an organization at a time."""
    whose = upload.organization_id
    enqueue(kind, reference=upload.pk, queue=f"organization {whose}", organization=whose)


def tell_reading_failed(job: Job) -> None:
    """Whoever waits is told once nobody tries any more."""
    waiting = CourseUpload.objects.filter(state__in=(State.READING, State.TAKING))
    if upload := waiting.filter(pk=job.reference or 0).first():
        mark_faulty(upload, [Problem(upload.name, 1, BROKEN)])


def read_upload_step(job: Job) -> None:
    upload = CourseUpload.objects.filter(pk=job.reference or 0, state=State.READING).first()
    if upload:
        read_upload(upload)


def read_upload(upload: CourseUpload) -> None:
    """Faulty with every problem, or ready with what would change. Raises ReaderKilled, FileElsewhere."""
    try:
        read = read_apart(seen_file(upload.place))
    except CourseProblems as found:
        mark_faulty(upload, found.problems)
        return
    preview = compare_course(read, upload.organization)
    ready = {"state": State.READY, "preview": preview, "basis": imported_at(upload, preview["slug"])}
    CourseUpload.objects.filter(pk=upload.pk, state=State.READING).update(**ready)


def read_again(upload: CourseUpload) -> None:
    """The course was changed since: once for all who ask, and not where somebody had it taken meanwhile."""
    with transaction.atomic():
        ready = CourseUpload.objects.filter(pk=upload.pk, state=State.READY)
        if ready.update(state=State.READING, preview={}):
            have_read(upload, READ)


def mark_faulty(upload: CourseUpload, problems: list[Problem]) -> None:
    """The file that holds all others is called what its sender called it."""
    told = [
        {
            "file": upload.name if one.file == upload.place.name else one.file,
            "line": one.line,
            "message": one.message,
        }
        for one in sorted(problems, key=lambda one: (one.file, one.line))
    ]
    same = CourseUpload.objects.filter(pk=upload.pk, state=upload.state)
    if same.update(state=State.FAULTY, problems=told):
        transaction.on_commit(lambda: upload.place.unlink(missing_ok=True))


def imported_at(upload: CourseUpload, slug: str) -> datetime | None:
    """When the course that would change was taken in last; None for a new one."""
    rows = Course.objects.filter(organization=upload.organization_id, slug=slug)
    return rows.values_list("imported_at", flat=True).first()


def ask_to_take(*, upload: CourseUpload, actor: Account | None) -> bool:
    """The worker takes in what was shown, once. False when the course changed meanwhile: look again, as soon
    as it is read.

    Raises NotToTake.
    """
    if upload.state == State.READY and imported_at(upload, upload.preview["slug"]) != upload.basis:
        read_again(upload)
        return False
    with transaction.atomic():
        ready = CourseUpload.objects.filter(pk=upload.pk, state=State.READY)
        if not ready.update(state=State.TAKING, uploaded_by=actor):
            raise NotToTake
        have_read(upload, TAKE)
    return True


def take_upload_step(job: Job) -> None:
    rows = CourseUpload.objects.select_related("organization", "uploaded_by")
    upload = rows.filter(pk=job.reference or 0, state=State.TAKING).first()
    if upload:
        take_upload(upload)


def take_upload(upload: CourseUpload) -> None:
    """Raises ReaderKilled, FileElsewhere."""
    try:
        read = read_apart(seen_file(upload.place))
    except CourseProblems as found:
        mark_faulty(upload, found.problems)
        return
    keep_files(upload.place, read)
    with transaction.atomic():
        taking = CourseUpload.objects.filter(pk=upload.pk, state=State.TAKING)
        if taking.update(state=State.TAKEN):
            store_upload(upload, read)


def store_upload(upload: CourseUpload, read: courseformat.Course) -> None:
    """With the row in hand, so that it happens once whoever else was at work on it."""
    course = store_course(read=read, organization=upload.organization, actor=upload.uploaded_by)
    CourseUpload.objects.filter(pk=upload.pk).update(course=course)
    transaction.on_commit(lambda: upload.place.unlink(missing_ok=True))


def sweep_uploads() -> bool:
    """Zips that nobody took in go after a day, some at a time. True when there may be more.

    One that somebody asked to take in has a second day: the worker may be behind.
    """
    before = timezone.now() - KEPT
    nobodys = Q(uploaded_at__lt=before) & ~Q(state__in=(State.TAKING, State.TAKEN))
    never_taken = Q(uploaded_at__lt=before - KEPT, state=State.TAKING)
    old = CourseUpload.objects.filter(nobodys | never_taken)
    # SKIP LOCKED: one that is being taken in at this moment is left for the next time.
    some = list(old.select_for_update(skip_locked=True)[:MANY])
    for upload in some:
        upload.place.unlink(missing_ok=True)
        upload.delete()
    forget_strays()
    return len(some) == MANY


def forget_strays() -> None:
    """A copy whose request was undone, or whose worker died as it ended, is of no upload that waits."""
    old = [one for one in CourseUpload.folder().glob("*") if is_old(one)]
    waiting = CourseUpload.objects.filter(state__in=CourseUpload.WAITING)
    wanted = set(waiting.filter(public_id__in=[one.stem for one in old]).values_list("public_id", flat=True))
    for stray in old:
        if stray.stem not in wanted:
            stray.unlink(missing_ok=True)


def is_old(place: Path) -> bool:
    """False also for what somebody took in since it was listed."""
    try:
        return place.stat().st_mtime < time.time() - KEPT.total_seconds()
    except FileNotFoundError:
        return False
