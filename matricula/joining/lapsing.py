"""Noting which invitations ran out. Whether a link opens the clock tells; lists and counts follow this."""

from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from matricula.jobs.models import Job
from matricula.jobs.performing import every
from matricula.joining.models import RUNNING, Invitation

BATCH = 5_000


@every("joining.lapsed", timedelta(minutes=1))
def note_lapsed(job: Job | None = None) -> bool:
    """True when there may be more."""
    over = Invitation.objects.filter(standing__in=RUNNING, expires_at__lte=timezone.now())
    batch = list(over.order_by("expires_at").values_list("pk", flat=True)[:BATCH])
    Invitation.objects.filter(pk__in=batch).update(lapsed_at=F("expires_at"))
    return len(batch) == BATCH
