"""What the worker does for acts on many rows."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from matricula.bulk.acts import JOB, carry_on, end_act
from matricula.bulk.models import BulkAct, BulkRefusal
from matricula.jobs.models import Job
from matricula.jobs.queue import performs_job
from matricula.jobs.retention import forgets_rows


def give_act_up(job: Job) -> None:
    for act in BulkAct.objects.filter(pk=job.reference or 0):
        end_act(act, stopped=True)


@performs_job(JOB, gives_up=give_act_up)
def carry_some_on(job: Job) -> bool:
    rows = BulkAct.objects.under_way().select_related("organization", "asked_by")
    act = rows.filter(pk=job.reference or 0).first()
    return carry_on(act) if act else False


@forgets_rows("who was left out of an act on many", timedelta(days=90), "it ended", BulkRefusal)
def old_refusals(before: datetime) -> "QuerySet[BulkRefusal]":
    return BulkRefusal.objects.filter(act__ended_at__lt=before)


@forgets_rows("acts on many rows of a list", timedelta(days=90), "they ended", BulkAct)
def old_acts(before: datetime) -> "QuerySet[BulkAct]":
    """A search that was typed goes with them. Those whose refusals go first wait a night."""
    return BulkAct.objects.filter(ended_at__lt=before)
