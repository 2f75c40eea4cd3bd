"""The few words that PostgreSQL and SQLite spell differently, for statements that are ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

IDS = ("kept", "given", "deed")


@dataclass(frozen=True)
class Dialect:
    """How a database makes JSON of columns and columns of JSON, and compares what may be NULL."""

    vendor: str
    kept: str
    given: str
    deed: str
    """The combining, or the deletion, that a ledger is of."""
    now: str
    pairs: str
    same: str
    none: str
    numbers: str
    """The ids in the parameter `quiet`, a JSON list."""
    staying: str
    """Those in `staying`: of two entries of one organization the one whose work e-mail stays."""
    lines: str = "leaving_combiningline"
    key: str = "combining_id"
    """Where the lines of a ledger are, and the column that says which deed they are of."""

    def earlier(self, one: str, other: str) -> str:
        """The lesser of two, of which either may be NULL."""
        return self.chosen("LEAST", "min", one, other)

    def later(self, one: str, other: str) -> str:
        return self.chosen("GREATEST", "max", one, other)

    def chosen(self, postgresql: str, sqlite: str, one: str, other: str) -> str:
        if self.vendor == "postgresql":
            return f"{postgresql}({one}, {other})"
        return f"{sqlite}(coalesce({one}, {other}), coalesce({other}, {one}))"

    def has(self, side: str, column: str) -> str:
        """Whether the JSON `side` tells of `column`, be it as null."""
        if self.vendor == "postgresql":
            return f"jsonb_exists({side}, '{column}')"
        return f"json_type({side}, '$.{column}') IS NOT NULL"

    def value(self, side: str, column: str, kind: str) -> str:
        """The value of `column` in the JSON `side`, as the column has it."""
        if self.vendor == "sqlite":
            return f"{side} ->> '{column}'"
        if kind == "jsonb":
            return f"({side} -> '{column}')"
        return f"({side} ->> '{column}')::{kind}"

    def columns(self, *names: str, row: str, **others: str) -> str:
        """JSON of the columns `names` of `row`, and of `others`, which are SQL."""
        told = {name: f"{row}.{name}" for name in names} | others
        pairs = ", ".join(f"'{name}', {sql}" for name, sql in told.items())
        return f"{self.pairs}({pairs})"


POSTGRESQL = Dialect(
    vendor="postgresql",
    **{name: f"%({name})s::bigint" for name in IDS},
    now="%(now)s::timestamptz",
    pairs="jsonb_build_object",
    same="IS NOT DISTINCT FROM",
    none="NULL::bigint",
    numbers="(SELECT value::bigint FROM jsonb_array_elements_text(%(quiet)s::jsonb) AS listed (value))",
    staying="(SELECT value::bigint FROM jsonb_array_elements_text(%(staying)s::jsonb) AS listed (value))",
)
SQLITE = Dialect(
    vendor="sqlite",
    **{name: f"%({name})s" for name in IDS},
    now="%(now)s",
    pairs="json_object",
    same="IS",
    none="NULL",
    numbers="(SELECT value FROM json_each(%(quiet)s))",
    staying="(SELECT value FROM json_each(%(staying)s))",
)


def dialect() -> Dialect:
    return POSTGRESQL if connection.vendor == "postgresql" else SQLITE


def moment(at: datetime) -> Any:
    """`at`, as a statement of ours hands it to the database."""
    return connection.ops.adapt_datetimefield_value(at)


def run(sql: str, params: Mapping[str, Any]) -> int:
    """How many rows it changed. Parameters that the statement does not name are left out."""
    with connection.cursor() as cursor:
        cursor.execute(sql, {name: value for name, value in params.items() if f"%({name})s" in sql})
        return int(cursor.rowcount)


def rows_of(sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {name: value for name, value in params.items() if f"%({name})s" in sql})
        return list(cursor.fetchall())
