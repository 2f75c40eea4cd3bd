"""What the worker does for mail, and when."""

from datetime import datetime, time, timedelta

from django.db.models import QuerySet

from matricula.jobs.models import Job
from matricula.jobs.queue import recurs, recurs_nightly
from matricula.jobs.retention import forgets_rows
from matricula.mail import bounces, letters
from matricula.mail.models import Allowance, Letter

MORNING = time(5)
"""After the night's jobs."""


@recurs("mail.bounces", bounces.INTERVAL, atomic=False)
def read_bounces(job: Job) -> bool:
    return bounces.read_bounces()


@recurs_nightly("mail.tell_operator", MORNING)
def tell_operator(job: Job) -> None:
    letters.tell_of_failed_jobs()


@forgets_rows("letters", timedelta(days=180), "they left, failed or came back", Letter)
def ended_letters(before: datetime) -> "QuerySet[Letter]":
    """With what the inbox of a development site shows of them. The longest a letter is under way is days."""
    return Letter.objects.filter(ended_at__lt=before)


@forgets_rows("how many letters an organization sent a day", timedelta(days=30), "that day", Allowance)
def allowances(before: datetime) -> "QuerySet[Allowance]":
    return Allowance.objects.filter(day__lt=before.date())
