"""Asking for work, in the transaction of what asks for it; and doing it, step by step, under a lease."""

import logging
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from matricula.db.public_ids import new_public_id
from matricula.jobs.models import Job


def enqueue(
    kind: str, *, reference: int | None = None, due_at: datetime | None = None, queue: str = ""
) -> Job:
    """A job of `kind` about `reference`, at once or from `due_at` on, one at a time of its `queue`."""
    return Job.objects.create(kind=kind, reference=reference, due_at=due_at or timezone.now(), queue=queue)


def try_again(*, kind: str, reference: int) -> bool:
    """Put a failed job back in line; False when there is none."""
    failed = Job.objects.filter(kind=kind, reference=reference, state=Job.State.FAILED)
    back = {"state": Job.State.QUEUED, "attempts": 0, "due_at": timezone.now(), "ended_at": None}
    return bool(failed.update(**back))


LEASE = timedelta(minutes=2)
ATTEMPTS = 6
FIRST_PAUSE = timedelta(seconds=10)
"""After a fault; four times as long after each further one."""
MAIN, READING = "main", "reading"
"""Lanes: a worker has a thread for each. What outsiders sent is read in one of its own, so that nobody else's
job waits for it."""
logger = logging.getLogger(__name__)
Step = Callable[[Job], bool | None]
Farewell = Callable[[Job], None]


class LeaseLost(Exception):
    """Another worker has the job; whatever this step did is undone."""


class WorkersDied(Exception):
    """Whoever worked on the job was killed, each time; it may be the job that kills."""


@dataclass(frozen=True)
class Performer:
    """Who performs a kind of job, and how often it comes by itself."""

    step: Step
    atomic: bool
    interval: timedelta | None = None
    at: time | None = None
    lane: str = MAIN
    tries: int = ATTEMPTS
    gives_up: Farewell | None = None

    def next_due(self, now: datetime) -> datetime:
        """After `interval`, at once without one; of what has its time of day (UTC), then."""
        due = now + (self.interval or timedelta())
        if self.at is None:
            return due
        today = datetime.combine(now.date(), self.at, tzinfo=UTC)
        return today if today > now else today + timedelta(days=1)


_performers: dict[str, Performer] = {}


def performs_job(
    kind: str,
    *,
    atomic: bool = True,
    lane: str = MAIN,
    tries: int = ATTEMPTS,
    gives_up: Farewell | None = None,
) -> Callable[[Step], Step]:
    """Register who does one step of a job of `kind`. True says that more is left.

    A step runs in one transaction with the news of it; with `atomic=False` in none, for steps that
    talk to other machines or take their time: they happen at least once. After so many `tries` the job has
    failed, and in the same transaction `gives_up` tells whoever waits for it.
    """

    def register(step: Step) -> Step:
        _performers[kind] = Performer(step, atomic, lane=lane, tries=tries, gives_up=gives_up)
        return step

    return register


def recurs(kind: str, interval: timedelta, *, atomic: bool = True) -> Callable[[Step], Step]:
    """Register a job that comes by itself, the next `interval` after the last was done."""

    def register(step: Step) -> Step:
        _performers[kind] = Performer(step, atomic, interval)
        return step

    return register


def recurs_nightly(kind: str, at: time, *, atomic: bool = True) -> Callable[[Step], Step]:
    """Register a job that comes by itself every day at `at` (UTC)."""

    def register(step: Step) -> Step:
        _performers[kind] = Performer(step, atomic, timedelta(days=1), at)
        return step

    return register


def schedule_recurring() -> None:
    """See to it that every recurring job has its row. Safe for any number of workers at once."""
    now = timezone.now()
    rows = [
        Job(kind=kind, recurs=True, due_at=one.next_due(now) if one.at else now)
        for kind, one in _performers.items()
        if one.interval
    ]
    Job.objects.bulk_create(rows, ignore_conflicts=True)


def perform_due(lane: str = "") -> int:
    """Do one step of the job that is due longest, in `lane` or in any; 1 when there was one, else 0."""
    job = lease_job(lane)
    if job is None:
        return 0
    try:
        if has_killed_its_workers(job):
            raise WorkersDied("Every process that worked on it ended before it was done.")
        perform_step(job)
    except LeaseLost:
        logger.warning("Job %s (%s) was taken over by another worker.", job.pk, job.kind)
    except Exception as fault:
        logger.exception("Job %s (%s) met a fault.", job.pk, job.kind)
        postpone_job(job, fault)
    return 1


def has_killed_its_workers(job: Job) -> bool:
    """A try is counted before it begins, so that one that takes its worker with it counts, too."""
    return job.attempts > _performers[job.kind].tries and not job.recurs


def lease_job(lane: str = "") -> Job | None:
    """A job that nobody else holds: one whose worker vanished, else the one due longest."""
    with transaction.atomic():
        now = timezone.now()
        known = Job.objects.filter(kind__in=kinds_of(lane))
        abandoned = known.filter(state=Job.State.RUNNING, leased_until__lt=now).order_by("leased_until")
        due = known.filter(state=Job.State.QUEUED, due_at__lte=now).order_by("due_at", "id")
        same_queue = Job.objects.filter(queue=OuterRef("queue"), state=Job.State.RUNNING)
        free_queue = due.filter(Q(queue="") | ~Exists(same_queue))
        # SKIP LOCKED spares PostgreSQL's workers the wait; `win_lease` decides, on SQLite too.
        for free in (abandoned, free_queue):
            job = free.select_for_update(skip_locked=True).first()
            if job and win_lease(job, now):
                return job
    return None


def kinds_of(lane: str) -> list[str]:
    return [kind for kind, one in _performers.items() if lane in ("", one.lane)]


def win_lease(job: Job, now: datetime) -> bool:
    """False where another worker was faster, with this job or with another of its queue."""
    ours = {"state": Job.State.RUNNING, "lease": new_public_id(), "leased_until": now + LEASE}
    try:
        with transaction.atomic():
            won = Job.objects.filter(pk=job.pk, lease=job.lease).update(attempts=F("attempts") + 1, **ours)
    except IntegrityError:
        return False
    if won:
        job.lease, job.attempts = str(ours["lease"]), job.attempts + 1
    return bool(won)


def perform_step(job: Job) -> None:
    """One step and the news of it. Raises LeaseLost and whatever the performer raises."""
    performer = _performers[job.kind]
    with transaction.atomic() if performer.atomic else nullcontext():
        more = performer.step(job)
        end_step(job, bool(more), performer)


def end_step(job: Job, more: bool, performer: Performer) -> None:
    now = timezone.now()
    place = job.place if more else 0
    news = {"attempts": 0, "error": "", "lease": "", "leased_until": None, "place": place}
    if more or performer.interval:
        news |= {"state": Job.State.QUEUED, "due_at": now if more else performer.next_due(now)}
    else:
        news |= {"state": Job.State.DONE, "ended_at": now}
    if not held_job(job).update(**news):
        raise LeaseLost
    let_others_before(job)


def let_others_before(job: Job) -> None:
    """The rest of its queue goes to the end of the line: many jobs of one hold up nobody else's."""
    if job.queue:
        now = timezone.now()
        rest = Job.objects.filter(queue=job.queue, state=Job.State.QUEUED, due_at__lt=now)
        rest.exclude(pk=job.pk).update(due_at=now)


def held_job(job: Job) -> "QuerySet[Job]":
    """The job, as long as the lease is ours."""
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, lease=job.lease)


@transaction.atomic
def postpone_job(job: Job, fault: Exception) -> None:
    """Try again after a pause; the last fault is final, but for what comes by itself."""
    performer = _performers[job.kind]
    news = {"error": f"{type(fault).__name__}: {fault}"[:2000], "lease": "", "leased_until": None}
    if job.attempts >= performer.tries and not job.recurs:
        failed = held_job(job).update(state=Job.State.FAILED, ended_at=timezone.now(), **news)
        if failed and performer.gives_up:
            performer.gives_up(job)
    else:
        pause = FIRST_PAUSE * 4 ** (min(job.attempts, ATTEMPTS) - 1)
        held_job(job).update(state=Job.State.QUEUED, due_at=timezone.now() + pause, **news)
    let_others_before(job)
