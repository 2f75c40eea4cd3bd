"""What the worker does for accounts, and when."""

from datetime import timedelta

from matricula.accounts import factor_removals, mailboxes
from matricula.jobs.models import Job
from matricula.jobs.queue import recurs


@recurs("accounts.factor_removals", timedelta(minutes=10))
def carry_out_removals(job: Job) -> bool:
    return factor_removals.carry_out_removals()


@recurs("accounts.mailboxes", timedelta(hours=1))
def end_powers(job: Job) -> bool:
    return mailboxes.end_powers()
