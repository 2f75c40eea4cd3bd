"""Moments from PostgreSQL, read by `datetime` itself in a tenth of the 6 microseconds Django's way takes.

Measured: 1.4 of 24 ms of a page of invitations, 1.0 of 22 of people; of 33 ms for 1,000 rows of four
moments 24. A batch of letters and a join gain nothing that shows.
"""

from datetime import UTC, datetime

from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.psycopg_any import get_adapters_template
from psycopg.abc import Buffer
from psycopg.types.datetime import TimestamptzLoader


class TimestampLoader(TimestamptzLoader):
    """For connections whose time zone is UTC, as Django's are."""

    timezone = UTC
    """Django asks a loader for it."""

    def load(self, data: Buffer) -> datetime:
        try:
            return datetime.fromisoformat(str(data, "ascii"))
        except ValueError:
            return super().load(data).astimezone(UTC)


def read_timestamps_quickly() -> None:
    """From now on, on every connection."""
    if connection.vendor == "postgresql" and connection.timezone == UTC:
        template = get_adapters_template(settings.USE_TZ, connection.timezone)
        template.register_loader("timestamptz", TimestampLoader)
