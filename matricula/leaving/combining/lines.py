"""What a line of a plan is, and the words that SELECTs of lines are put together from."""

from collections.abc import Callable
from dataclasses import dataclass

from matricula.leaving.combining.dialect import Dialect, dialect

Select = Callable[[Dialect], str]
COLUMNS = ("table_name", "row_id", "act", "before", "after", "counterpart", "reason")
MOVED, SET_ASIDE, CHANGED, COPIED, REMOVED, CLOSED = (
    "moved",
    "set_aside",
    "changed",
    "copied",
    "removed",
    "closed",
)
UNITED = "united"
"""The reason of what lessons of both made complete: its certificate waits until nothing can be undone."""


def line(
    table: str, act: str, *, row: str, before: str, after: str, beside: str = "", reason: str = "''"
) -> str:
    """The columns of a line, in SQL."""
    told = (f"'{table}'", f"{row}.id", f"'{act}'", before, after, beside or dialect().none, reason)
    return "SELECT " + ", ".join(f"{sql} AS {name}" for sql, name in zip(told, COLUMNS, strict=True))


def moving(table: str, which: str, *, column: str = "account_id") -> Select:
    """Rows that only change their account."""

    def select(words: Dialect) -> str:
        before, after = words.columns(column, row="r"), words.columns(row="r", **{column: words.kept})
        told = line(table, MOVED, row="r", before=before, after=after)
        return f"{told} FROM {table} r WHERE r.{column} = {words.given} AND {which.format(**vars(words))}"

    return select


@dataclass(frozen=True)
class Line:
    """One line of a plan; the same names as a stored `CombiningLine` has."""

    table_name: str
    row_id: int
    act: str
    before: dict[str, object]
    after: dict[str, object]
    counterpart: int | None
    reason: str
