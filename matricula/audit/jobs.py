"""What the worker does for the audit log, and when."""

from datetime import timedelta

from matricula.audit import checkpoints
from matricula.jobs.models import Job
from matricula.jobs.queue import recurs


@recurs("audit.checkpoints", timedelta(minutes=5))
def add_checkpoint(job: Job) -> bool:
    return checkpoints.add_checkpoint()
