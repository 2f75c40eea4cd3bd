"""What the worker does for accounts, and when."""

from datetime import timedelta

from matricula.accounts import mailboxes
from matricula.jobs.models import Job
from matricula.jobs.queue import recurs


@recurs("accounts.mailboxes", timedelta(hours=1))
def end_powers(job: Job) -> bool:
    return mailboxes.end_powers()
