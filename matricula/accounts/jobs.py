"""What the worker does for accounts, and when."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from matricula.accounts import factor_removals, mailboxes
from matricula.accounts.models import Confirmation, PasswordReset, Session
from matricula.jobs.models import Job
from matricula.jobs.queue import recurs
from matricula.jobs.retention import forgets_rows


@recurs("accounts.factor_removals", timedelta(minutes=10))
def carry_out_removals(job: Job) -> bool:
    return factor_removals.carry_out_removals()


@recurs("accounts.mailboxes", timedelta(hours=1))
def end_powers(job: Job) -> bool:
    return mailboxes.end_powers()


@forgets_rows("sessions", timedelta(days=1), "they ended", Session)
def ended_sessions(before: datetime) -> "QuerySet[Session]":
    return Session.objects.filter(expire_date__lt=before)


@forgets_rows(
    "codes and links that confirm an address", timedelta(days=30), "they were asked for", Confirmation
)
def old_confirmations(before: datetime) -> "QuerySet[Confirmation]":
    """None is good for longer than the two weeks in which another address of the account loses its power."""
    return Confirmation.objects.filter(requested_at__lt=before)


@forgets_rows("links to choose a new password", timedelta(days=30), "they were asked for", PasswordReset)
def old_resets(before: datetime) -> "QuerySet[PasswordReset]":
    return PasswordReset.objects.filter(requested_at__lt=before)
