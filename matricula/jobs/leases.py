"""Whose a job is: a lease is won by a guarded update and kept alive by whoever works."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from threading import Event, Thread

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from matricula.db.public_ids import new_public_id
from matricula.jobs.models import Job

LEASE = timedelta(seconds=20)
"""How long a job stands still after its worker was killed: nobody works on it who does not renew it."""


class LeaseLost(Exception):
    """Another worker has the job, or has done this very step; whatever was done here is undone."""


def win_lease(job: Job, now: datetime) -> bool:
    """False where another worker was faster, with this job or with another of its queue."""
    ours = {"state": Job.State.RUNNING, "lease": new_public_id(), "leased_until": now + LEASE}
    ours["served_at"] = now
    try:
        with transaction.atomic():
            free = Job.objects.filter(pk=job.pk, lease=job.lease, steps=job.steps)
            won = free.update(attempts=F("attempts") + 1, **ours)
    except IntegrityError:
        return False
    if won:
        job.lease, job.attempts = str(ours["lease"]), job.attempts + 1
    return bool(won)


def held_job(job: Job) -> "QuerySet[Job]":
    """The job, as long as the lease is ours and the step we took up is still its next one.

    The lease alone would do for workers of ours. The number of the step makes a second delivery of the same
    step change nothing, whoever delivers.
    """
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, lease=job.lease, steps=job.steps)


@contextmanager
def held_in_transaction(job: Job) -> Iterator[None]:
    """A transaction that has the job's row: nobody takes it over, however long the step is.

    PostgreSQL's workers pass over rows that are locked, and a worker that dies lets its rows go. SQLite has
    one writer at a time, and taking a job over is writing. Raises LeaseLost.
    """
    with transaction.atomic():
        if held_job(job).select_for_update().first() is None:
            raise LeaseLost
        yield


@contextmanager
def kept_alive(job: Job) -> Iterator[None]:
    """Renew the lease beside a step that is in no transaction, for as long as this process lives.

    Inside one, as in a test, the lease is nobody else's to see, and on SQLite the thread would wait for it.
    """
    if connection.in_atomic_block:
        yield
        return
    over = Event()

    def renew() -> None:
        while not over.wait(LEASE.total_seconds() / 4):
            with suppress(DatabaseError):
                held_job(job).update(leased_until=timezone.now() + LEASE)
        connection.close()

    beat = Thread(target=renew, daemon=True)
    beat.start()
    try:
        yield
    finally:
        over.set()
        beat.join()
