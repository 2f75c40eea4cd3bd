"""What the worker does for programs, and when."""

from datetime import timedelta

from matricula.jobs.models import Job
from matricula.jobs.queue import recurs, recurs_nightly
from matricula.programs import counting, expiry, recount


@recurs("programs.counts", timedelta(seconds=10))
def fold_changes(job: Job) -> bool:
    return counting.fold_changes()


@recurs("programs.end", timedelta(hours=1))
def end_memberships(job: Job) -> bool:
    return expiry.end_memberships()


@recurs_nightly("programs.recount", recount.NIGHT)
def recount_some(job: Job) -> bool:
    return recount.recount_some(job)
