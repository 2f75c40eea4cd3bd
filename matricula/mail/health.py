"""What `/readyz` and `matricula check` tell of the outbox."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from matricula.mail.models import Letter
from matricula.mail.sending import sending_fault
from matricula.web.health import Trouble, finds_troubles, reports_health

PATIENCE = timedelta(minutes=10)
"""By then a letter has left that nothing holds up."""


@reports_health
def sending_health() -> dict[str, object]:
    """Why no letter leaves; empty when they do."""
    return {"letters wait because": sending_fault()}


@reports_health
def outbox_health() -> dict[str, object]:
    """How long the letter that is due longest has waited; minutes mean that no worker runs."""
    now = timezone.now()
    due = Letter.objects.filter(state=Letter.State.QUEUED, due_at__lte=now).order_by("due_at")
    oldest = due.values_list("due_at", flat=True).first()
    return {"oldest letter waits seconds": round((now - oldest).total_seconds()) if oldest else 0}


@finds_troubles
def outbox_troubles() -> Iterator[Trouble]:
    """Letters that were tried and are still here are due later: whoever looks at what is due sees nothing."""
    before = timezone.now() - PATIENCE
    queued = Letter.objects.filter(state=Letter.State.QUEUED)
    tried = queued.exclude(Q(error="") | Q(error=Letter.OVER_THE_LIMIT)).filter(queued_at__lt=before)
    if refused := tried.count():
        words = tried.order_by("-due_at").values_list("error", flat=True)[0]
        told = f"{refused:,} letters wait after being refused, the last time with: {words}"
        yield Trouble("letters are refused", told)
    overdue = queued.filter(due_at__lt=before).count()
    abandoned = Letter.objects.filter(state=Letter.State.SENDING, leased_until__lt=before).count()
    if overdue or abandoned:
        late = f"{overdue + abandoned:,} letters have been due for more than ten minutes"
        yield Trouble("letters are not sent", f"{late}: does `matricula worker` run, and keep up?")
