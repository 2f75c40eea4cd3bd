"""What the worker does: combinings that become final, departures whose day is over, deleted accounts
to erase, and files of people's own data."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from matricula.jobs.models import Job
from matricula.jobs.queue import performs_job, recurs
from matricula.jobs.retention import forgets
from matricula.leaving.combining.finality import make_final
from matricula.leaving.data import exports
from matricula.leaving.data.making import make_some
from matricula.leaving.deletion.erasing import erase_some
from matricula.leaving.letters import tell_both
from matricula.leaving.models import Combining, DataExport
from matricula.leaving.offboarding.holding import carry_out_due

REMINDED = timedelta(days=3)
"""Before its end."""
BATCH = 100


@recurs("leaving.reminders", timedelta(hours=1))
def remind(job: Job) -> bool:
    """Once each. True when more are left."""
    soon = timezone.now() + REMINDED
    due = Combining.objects.open().filter(reminded_at__isnull=True, undo_until__lte=soon)
    rows = list(due.order_by("undo_until", "pk")[:BATCH])
    for one in rows:
        with transaction.atomic():
            if due.filter(pk=one.pk).update(reminded_at=timezone.now()):
                tell_both(one, "soon_final")
    return len(rows) == BATCH


@recurs("leaving.final", timedelta(hours=1))
def finish_combinings(job: Job) -> bool:
    """True when more are left."""
    due = Combining.objects.standing().filter(final_at__isnull=True, undo_until__lte=timezone.now())
    rows = list(due.order_by("undo_until", "pk")[:BATCH])
    for one in rows:
        make_final(combining=one)
    return len(rows) == BATCH


@performs_job(exports.JOB, atomic=False, gives_up=exports.fail_export)
def make_data_file(job: Job) -> bool:
    return make_some(job.reference or 0)


@forgets("files of people's own data", exports.KEPT, "they were ready", DataExport)
def forget_data_files(job: Job) -> bool:
    return exports.forget_exports()


@recurs("leaving.erasing", timedelta(hours=1))
def erase_deleted(job: Job) -> bool:
    """True when more are left."""
    return erase_some()


@recurs("leaving.departures", timedelta(hours=1))
def carry_out_departures(job: Job) -> bool:
    """True when more are left."""
    return carry_out_due()
