"""Whose a job is, and whose turn: a lease is won by a guarded update and kept alive by whoever works."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from threading import Event, Thread
from time import monotonic

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from matricula.db.public_ids import new_public_id
from matricula.jobs.models import Job

LEASE = timedelta(seconds=20)
"""How long a job stands still after its worker was killed: nobody works on it who does not renew it."""
GIVEN_BACK_PAUSE, OTHERS_SECONDS = timedelta(seconds=1), 60.0
_left_to_others: dict[int, float] = {}
LAST_SERVED = (
    Job.objects.filter(organization_id=OuterRef("organization_id"), served_at__isnull=False)
    .order_by("-served_at")
    .values("served_at")[:1]
)
WHOSE_TURN = Greatest("due_at", Coalesce(Subquery(LAST_SERVED), "due_at"))
"""Since when a job waits for its turn: since it was due, or since another of its organization was taken up.
So whoever has sixty jobs gets as many steps as whoever has one."""


class LeaseLost(Exception):
    """Another worker has the job, or has done this very step; whatever was done here is undone."""


def lease_job(kinds: Collection[str]) -> Job | None:
    """A job of these kinds that nobody else holds: one whose worker vanished, else the one due longest."""
    with transaction.atomic():
        now = timezone.now()
        known = Job.objects.filter(kind__in=kinds).exclude(pk__in=left_to_others())
        abandoned = known.filter(state=Job.State.RUNNING, leased_until__lt=now).order_by("leased_until")
        due = known.filter(state=Job.State.QUEUED, due_at__lte=now).order_by(WHOSE_TURN, "id")
        same_queue = Job.objects.filter(queue=OuterRef("queue"), state=Job.State.RUNNING)
        free_queue = due.filter(Q(queue="") | ~Exists(same_queue))
        # SKIP LOCKED spares PostgreSQL's workers the wait; `win_lease` decides, on SQLite too.
        for free in (abandoned, free_queue):
            job = free.select_for_update(skip_locked=True).first()
            if job and win_lease(job, now):
                return job
    return None


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


def give_back_job(job: Job, fault: Exception) -> None:
    """It was no try. This process leaves it to others for a minute."""
    _left_to_others[job.pk] = monotonic() + OTHERS_SECONDS
    told = {"error": f"{type(fault).__name__}: {fault}"[:2000], "lease": "", "leased_until": None}
    due = timezone.now() + GIVEN_BACK_PAUSE
    held_job(job).update(state=Job.State.QUEUED, attempts=F("attempts") - 1, due_at=due, **told)


def left_to_others() -> list[int]:
    """Jobs this process gave back a moment ago."""
    for pk in [pk for pk, until in _left_to_others.items() if until < monotonic()]:
        del _left_to_others[pk]
    return list(_left_to_others)


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
