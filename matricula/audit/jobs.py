"""What the worker does for the audit log, and when."""

from datetime import time, timedelta

from matricula.audit import checkpoints, forgetting
from matricula.jobs.models import Job
from matricula.jobs.queue import recurs, recurs_nightly

NIGHT = time(2)


@recurs("audit.checkpoints", timedelta(minutes=5))
def add_checkpoint(job: Job) -> bool:
    return checkpoints.add_checkpoint()


@recurs_nightly("audit.renew_key", NIGHT)
def renew_key(job: Job) -> None:
    forgetting.renew_key()
