"""Asking for work, in the transaction of what asks for it; and doing it, step by step, under a lease."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from matricula.files.storage import FileElsewhere, takes_nothing
from matricula.jobs.leases import (
    LeaseLost,
    give_back_job,
    held_in_transaction,
    held_job,
    kept_alive,
    lease_job,
)
from matricula.jobs.models import Job


def enqueue(
    kind: str,
    *,
    reference: int | None = None,
    due_at: datetime | None = None,
    queue: str = "",
    organization: int | None = None,
) -> Job:
    """A job of `kind` about `reference`, at once or from `due_at` on; one at a time of its `queue`, in turn
    with those of other organizations."""
    due = due_at or timezone.now()
    return Job.objects.create(
        kind=kind, reference=reference, due_at=due, queue=queue, organization_id=organization
    )


def try_again(**which: object) -> bool:
    """Put a failed job back in line, by its `pk` or its `kind` and `reference`; False when there is none."""
    failed = Job.objects.filter(state=Job.State.FAILED, **which)
    back = {"state": Job.State.QUEUED, "attempts": 0, "due_at": timezone.now(), "ended_at": None}
    return bool(failed.update(**back))


ATTEMPTS = 6
GIVEN_BACK_FOR = timedelta(days=1)
"""From then on a job whose file nobody sees, or for which no disk has room, fails as any other."""
FIRST_PAUSE = timedelta(seconds=10)
"""After a fault; four times as long after each further one."""
MAIN, READING = "main", "reading"
"""Lanes: a worker has a thread for each. What outsiders sent is read in one of its own, so that nobody else's
job waits for it."""
LANES = (MAIN, READING)
logger = logging.getLogger(__name__)
Step = Callable[[Job], bool | None]
Farewell = Callable[[Job], None]


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
    job = next_job(lane)
    if job is None:
        return 0
    try:
        if has_killed_its_workers(job):
            raise WorkersDied("Every process that worked on it ended before it was done.")
        perform_step(job)
    except LeaseLost:
        logger.warning("Job %s (%s) was taken over by another worker.", job.pk, job.kind)
    except Exception as fault:
        if lacks_a_place(fault) and job.queued_at > timezone.now() - GIVEN_BACK_FOR:
            logger.warning("Job %s (%s) is given back: %s", job.pk, job.kind, fault)
            give_back_job(job, fault)
        else:
            logger.exception("Job %s (%s) met a fault.", job.pk, job.kind)
            postpone_job(job, fault)
    return 1


def lacks_a_place(fault: Exception) -> bool:
    """Nothing is wrong with the job: its file is on another host, or the disk here takes nothing."""
    return isinstance(fault, FileElsewhere) or takes_nothing(fault)


def has_killed_its_workers(job: Job) -> bool:
    """A try is counted before it begins, so that one that takes its worker with it counts, too."""
    return job.attempts > _performers[job.kind].tries and not job.recurs


def next_job(lane: str = "") -> Job | None:
    """One that is performed here, under a lease of ours."""
    return lease_job(known_kinds(lane))


def known_kinds(lane: str = "") -> list[str]:
    """What is performed here, in `lane` or at all."""
    return [kind for kind, one in _performers.items() if lane in ("", one.lane)]


def lane_of(kind: str) -> str:
    """Nothing where it is not performed here."""
    return _performers[kind].lane if kind in _performers else ""


def perform_step(job: Job) -> None:
    """One step and the news of it. Raises LeaseLost and whatever the performer raises."""
    performer = _performers[job.kind]
    with held_in_transaction(job) if performer.atomic else kept_alive(job):
        more = performer.step(job)
        end_step(job, bool(more), performer)


def end_step(job: Job, more: bool, performer: Performer) -> None:
    now = timezone.now()
    place = job.place if more else 0
    news = {"attempts": 0, "error": "", "lease": "", "leased_until": None, "place": place}
    news |= {"steps": F("steps") + 1}
    if more or performer.interval:
        news |= {"state": Job.State.QUEUED, "due_at": now if more else performer.next_due(now)}
    else:
        news |= {"state": Job.State.DONE, "ended_at": now}
    if not held_job(job).update(**news):
        raise LeaseLost


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
