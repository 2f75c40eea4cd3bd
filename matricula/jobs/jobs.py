"""What the worker does for the queue itself."""

from datetime import datetime, time, timedelta

from django.db.models import QuerySet

from matricula.jobs import retention
from matricula.jobs.models import Job
from matricula.jobs.queue import performs_job, recurs_nightly
from matricula.jobs.retention import forgets_rows

NIGHT = time(2, 15)


@recurs_nightly("jobs.ask_to_forget", NIGHT)
def ask_to_forget(job: Job) -> None:
    retention.ask_to_forget()


@performs_job(retention.FORGET)
def apply_rule(job: Job) -> bool:
    return retention.apply_rule(job)


@forgets_rows("jobs that are done", timedelta(days=30), "they were done", Job)
def jobs_that_are_done(before: datetime) -> "QuerySet[Job]":
    """Anybody may ask for a lost letter, and each asking is a job."""
    return Job.objects.filter(state=Job.State.DONE, ended_at__lt=before)


@forgets_rows("jobs that failed", timedelta(days=90), "the last try", Job)
def jobs_that_failed(before: datetime) -> "QuerySet[Job]":
    return Job.objects.filter(state=Job.State.FAILED, ended_at__lt=before)


@forgets_rows("recurring jobs that no worker performs any more", timedelta(days=30), "they were due", Job)
def jobs_of_another_version(before: datetime) -> "QuerySet[Job]":
    return Job.objects.filter(state=Job.State.QUEUED, recurs=True, due_at__lt=before)
