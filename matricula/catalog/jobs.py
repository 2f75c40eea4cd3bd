"""What the worker does for catalog, and when."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from matricula.catalog import uploads
from matricula.catalog.models import CourseUpload
from matricula.jobs.models import Job
from matricula.jobs.queue import READING, performs_job
from matricula.jobs.retention import forgets, forgets_rows


@performs_job(
    uploads.READ, atomic=False, lane=READING, tries=uploads.TRIES, gives_up=uploads.tell_reading_failed
)
def read_upload_step(job: Job) -> None:
    uploads.read_upload_step(job)


@performs_job(
    uploads.TAKE, atomic=False, lane=READING, tries=uploads.TRIES, gives_up=uploads.tell_reading_failed
)
def take_upload_step(job: Job) -> None:
    uploads.take_upload_step(job)


@forgets("zips of courses that nobody took in", uploads.KEPT, "they were uploaded", CourseUpload)
def sweep_uploads(job: Job) -> bool:
    return uploads.sweep_uploads()


@forgets_rows("uploads that were taken in", timedelta(days=30), "they were uploaded", CourseUpload)
def uploads_taken(before: datetime) -> "QuerySet[CourseUpload]":
    return CourseUpload.objects.filter(state=CourseUpload.State.TAKEN, uploaded_at__lt=before)
