"""What `/readyz` tells of the queue."""

from django.utils import timezone

from matricula.jobs.models import Job
from matricula.web.health import reports_health


@reports_health
def queue_health() -> dict[str, object]:
    """How long the job that is due longest has waited; minutes mean that no worker runs."""
    now = timezone.now()
    due = Job.objects.filter(state=Job.State.QUEUED, due_at__lte=now).order_by("due_at")
    oldest = due.values_list("due_at", flat=True).first()
    return {"oldest job waits seconds": round((now - oldest).total_seconds()) if oldest else 0}
