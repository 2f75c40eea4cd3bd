"""What the worker does for catalog, and when."""

from datetime import timedelta

from matricula.catalog import uploads
from matricula.jobs.models import Job
from matricula.jobs.queue import READING, performs_job, recurs


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


@recurs(uploads.SWEEP, timedelta(hours=6))
def sweep_uploads(job: Job) -> bool:
    return uploads.sweep_uploads()
