"""A connection of our own beside Django's, and what needs one: news, and a lock for a whole command."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db import connections

OF_DJANGO = ("context", "cursor_factory", "prepare_threshold")
"""What Django's own connections are told besides."""
MIGRATING = 0x6D617472
"""The number of the lock (pg_advisory_lock): "matr"."""
WAITS = "Another `matricula migrate` is at work; this one waits for its turn."


def own_connection() -> "psycopg.Connection[Any]":
    """To PostgreSQL as Django reaches it, every statement for itself. Raises psycopg.Error."""
    given = connections["default"].get_connection_params()
    return psycopg.connect(
        **{name: value for name, value in given.items() if name not in OF_DJANGO}, autocommit=True
    )


@contextmanager
def migrating_alone() -> Iterator[None]:
    """One after the other, on this database; who has to wait says so. A lock ends with whoever held it."""
    holding = advisory_lock if connections["default"].vendor == "postgresql" else file_lock
    with holding():
        yield


@contextmanager
def advisory_lock() -> Iterator[None]:
    with own_connection() as own:
        row = own.execute("SELECT pg_try_advisory_lock(%s)", [MIGRATING]).fetchone()
        if not (row and row[0]):
            print(WAITS, flush=True)
            own.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
        yield


@contextmanager
def file_lock() -> Iterator[None]:
    """Beside the database's file."""
    place = Path(f"{connections['default'].settings_dict['NAME']}.migrating")
    with place.open("w") as own:
        try:
            fcntl.flock(own, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(WAITS, flush=True)
            fcntl.flock(own, fcntl.LOCK_EX)
        yield
