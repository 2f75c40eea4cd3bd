"""Hearing at once that there is something to do: PostgreSQL tells workers that wait (LISTEN)."""

import threading
from collections.abc import Callable
from typing import Any

import psycopg
from django.db import OperationalError, connections

from matricula.db.connections import own_connection
from matricula.jobs.triggers import CHANNEL

LOOK_SECONDS = 0.5


class Bell:
    """Wakes turns that found nothing to do, before they look again by themselves."""

    def __init__(self) -> None:
        self.rung, self.heard = 0, threading.Condition()

    def ring(self) -> None:
        with self.heard:
            self.rung += 1
            self.heard.notify_all()

    def wait(self, rung: int, seconds: float) -> None:
        """Until it rings, or rang since it had rung so often; so many seconds at most."""
        with self.heard:
            self.heard.wait_for(lambda: self.rung != rung, seconds)


bell = Bell()


class Listener:
    """A turn that hears from PostgreSQL that there is something to do, and rings the bell.

    Nobody relies on it: what it misses is found at the next look.
    """

    def __init__(self) -> None:
        self.line: psycopg.Connection[Any] | None = None

    def hear(self) -> int:
        try:
            if self.line is None:
                self.line = own_connection()
                self.line.execute(f"LISTEN {CHANNEL}")
            for _ in self.line.notifies(timeout=LOOK_SECONDS, stop_after=1):
                bell.ring()
        except psycopg.Error as fault:
            self.line = None
            raise OperationalError(str(fault)) from fault
        return 1


def listening_turns() -> list[Callable[[], int]]:
    """SQLite tells nobody anything."""
    return [Listener().hear] if connections["default"].vendor == "postgresql" else []
