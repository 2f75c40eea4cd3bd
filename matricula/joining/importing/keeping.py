"""Writing lines by the tens of thousands: COPY on PostgreSQL, one prepared statement on SQLite."""

from collections.abc import Iterable
from typing import Any, cast

from django.db import connection

COLUMNS = (
    "file_id", "line", "public_id", "address", "canonical", "name", "groups", "course", "specialization",
    "left_out", "note", "verdict", "fault",
)  # fmt: skip
Kept = tuple[int, int, str, str, str, str, str, int | None, int | None, str, str, str, str]
"""A line as it is written, in the order of COLUMNS."""


def lines_a_step() -> int:
    """SQLite lets nobody else write during a step, so its steps are shorter."""
    return 50_000 if connection.vendor == "postgresql" else 10_000


def keep(lines: Iterable[Kept]) -> None:
    with connection.cursor() as cursor:
        columns = ", ".join(COLUMNS)
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY joining_importedline ({columns}) FROM STDIN") as copy:
                for line in lines:
                    copy.write_row(line)
        else:
            marks, rows = ", ".join(["%s"] * len(COLUMNS)), cast(Any, lines)
            cursor.executemany(f"INSERT INTO joining_importedline ({columns}) VALUES ({marks})", rows)  # noqa: S608 - our own names
