"""Plans of PostgreSQL that fit the values at hand."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def planned_for_these_values() -> Iterator[None]:
    """Queries within are not prepared.

    A prepared statement is planned once for all values, for a company of ten as for one of a million:
    PostgreSQL may then look for the ten among everybody's rows.
    """
    connection.ensure_connection()
    link = connection.connection
    if connection.vendor != "postgresql":
        yield
        return
    threshold, link.prepare_threshold = link.prepare_threshold, None
    try:
        yield
    finally:
        link.prepare_threshold = threshold
