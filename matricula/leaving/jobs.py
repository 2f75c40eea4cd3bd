"""What the worker does: it reminds of combinings, makes final what can no longer be undone, and carries out
departures whose day is over."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from matricula.jobs.models import Job
from matricula.jobs.queue import recurs
from matricula.leaving.combining.finality import make_final
from matricula.leaving.letters import tell_both
from matricula.leaving.models import Combining
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


@recurs("leaving.departures", timedelta(hours=1))
def carry_out_departures(job: Job) -> bool:
    """True when more are left."""
    return carry_out_due()
