"""What `/readyz` tells of the outbox."""

from django.utils import timezone

from matricula.mail.models import Letter
from matricula.mail.sending import sending_fault
from matricula.web.health import reports_health


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
