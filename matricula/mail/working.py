"""The worker's loop."""

import signal
import threading

from django.db import OperationalError, close_old_connections

from matricula.mail.delivery import deliver_due

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
