"""The worker's loop."""

import signal
import threading

from django.db import OperationalError, close_old_connections
from django.utils import timezone

from matricula.mail.delivery import deliver_due
from matricula.mail.models import Letter
from matricula.web.readiness import tells_readiness

PAUSE_SECONDS = 0.5


def deliver_until_stopped() -> None:
    """Deliver what is due until SIGTERM or Ctrl-C; the letter under way is finished first."""
    stopped = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopped.set())
    while not stopped.is_set():
        close_old_connections()
        try:
            taken = deliver_due()
        except OperationalError:
            taken = 0
        if not taken:
            stopped.wait(PAUSE_SECONDS)


@tells_readiness
def queue() -> dict[str, object]:
    """How long the letter that is due longest has waited; minutes mean that no worker runs."""
    now = timezone.now()
    due = Letter.objects.filter(state=Letter.State.QUEUED, due_at__lte=now).order_by("due_at")
    oldest = due.values_list("due_at", flat=True).first()
    return {"oldest letter waits seconds": round((now - oldest).total_seconds()) if oldest else 0}
