"""What `/readyz` and `matricula check` tell of the queue."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from matricula.jobs.leases import LEASE
from matricula.jobs.models import Job
from matricula.jobs.queue import LANES, known_kinds, lane_of
from matricula.web.health import Trouble, finds_troubles, reports_health
from matricula.web.metrics import Gauge, Numbers, gauge, measures

PATIENCE = timedelta(minutes=5)
"""Nothing that is due waits as long while a worker runs, but for what is behind very much."""


@reports_health
def queue_health() -> dict[str, object]:
    """How long the job that is due longest has waited; minutes mean that no worker runs."""
    now = timezone.now()
    oldest = due_jobs(now).order_by("due_at").values_list("due_at", flat=True).first()
    return {
        "oldest job waits seconds": round((now - oldest).total_seconds()) if oldest else 0,
        "jobs waiting": due_jobs(now).count(),
        "jobs failed": Job.objects.filter(state=Job.State.FAILED).count(),
        "jobs without their worker": abandoned_jobs(now).count(),
    }


@finds_troubles
def queue_troubles() -> Iterator[Trouble]:
    now = timezone.now()
    waiting, abandoned = due_jobs(now - PATIENCE).count(), abandoned_jobs(now - LEASE).count()
    if waiting or abandoned:
        late = f"{waiting:,} jobs have been due for more than five minutes"
        dead = f"{abandoned:,} were being done by a worker that has ended"
        words = f"{late}, {dead}: does `matricula worker` run, and keep up?"
        yield Trouble("jobs are not done", words)
    put_off = Job.objects.filter(state=Job.State.QUEUED, queued_at__lt=now - PATIENCE).exclude(error="")
    if error := put_off.order_by("-pk").values_list("error", flat=True).first():
        told = f"{put_off.count():,} jobs met faults and are tried again, the last with"
        yield Trouble("jobs meet faults", f"{told}: {error.splitlines()[0]}")
    failed = Job.objects.filter(state=Job.State.FAILED)
    if kinds := failed.values_list("kind").annotate(n=Count("pk")).order_by("kind"):
        told = ", ".join(f"{n:,} {kind}" for kind, n in kinds)
        yield Trouble("jobs have failed", f"Jobs have failed ({told}): see `matricula jobs --failed`.")


@measures
def queue_measures() -> Iterator[Gauge]:
    """One statement, which reads the jobs that are not done."""
    now = timezone.now()
    undone = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING) | Q(state=Job.State.FAILED)
    queued, running = Q(state=Job.State.QUEUED), Q(state=Job.State.RUNNING)
    rows = Job.objects.filter(undone).values_list("kind", "state").order_by("kind", "state")
    since = Min("due_at", filter=queued & Q(due_at__lte=now))
    late = Count("pk", filter=running & Q(leased_until__lt=now))
    numbers: Numbers = {}
    waits: Numbers = {(("lane", lane),): 0 for lane in LANES}
    abandoned = 0
    for kind, state, number, oldest, expired in rows.annotate(n=Count("pk"), since=since, late=late):
        lane = ("lane", lane_of(kind))
        numbers[("state", state), lane, ("kind", kind)] = number
        abandoned += expired
        if oldest and (lane,) in waits:
            waits[lane,] = max(waits[lane,], (now - oldest).total_seconds())
    yield Gauge("jobs", "Jobs that are not done; without a lane are those of another version.", numbers)
    yield Gauge("jobs_oldest_wait_seconds", "How long the job that is due longest has waited.", waits)
    yield gauge("jobs_late_leases", "Jobs whose worker ended, and that nobody took up yet.", abandoned)


def due_jobs(moment: datetime) -> "QuerySet[Job]":
    """Without those of another version, which nobody here performs."""
    return Job.objects.filter(state=Job.State.QUEUED, due_at__lte=moment, kind__in=known_kinds())


def abandoned_jobs(moment: datetime) -> "QuerySet[Job]":
    return Job.objects.filter(state=Job.State.RUNNING, leased_until__lt=moment)
