"""What the worker does for security, and when."""

from datetime import timedelta

from matricula.jobs.models import Job
from matricula.jobs.queue import recurs
from matricula.security import throttling


@recurs("accounts.throttles", timedelta(hours=1))
def forget_windows_that_ended(job: Job) -> bool:
    return throttling.forget_windows_that_ended()
