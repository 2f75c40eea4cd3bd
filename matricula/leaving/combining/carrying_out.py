"""The lines of a plan are carried out, table by table; each statement is legal alone."""

from collections.abc import Mapping

from matricula.leaving.combining.address_lines import ADDRESSES
from matricula.leaving.combining.dialect import Dialect, run
from matricula.leaving.combining.ledger import (
    UPDATING,
    Ledger,
    Ledgered,
    lines_where,
    seats,
    update_rows,
)
from matricula.leaving.combining.lines import CHANGED, COPIED, REMOVED, SET_ASIDE


def carry_out(ledger: Ledger, acts: Mapping[str, set[str]]) -> None:
    """All lines, table by table; only statements that change something are asked."""
    words = ledger.book.words
    for one in ledger.book.tables(words):
        there = acts.get(one.table, set())
        if REMOVED in there:
            for statement in removals(words, one):
                run(statement, ledger.params)
        if there & set(UPDATING):
            for step in one.steps:
                update_rows(words, one, "after", ledger, more=step)
        if COPIED in there:
            names = ", ".join(one.columns)
            which = lines_where(words, one.table, COPIED)
            values = one.values(words, "after")
            run(
                f"INSERT INTO {one.table} ({names}) SELECT {values} FROM {words.lines} l WHERE {which}",
                ledger.params,
            )
    if {SET_ASIDE, CHANGED} & acts.get("programs_membership", set()):
        run(seats(words, "after", "before"), ledger.params)


def removals(words: Dialect, one: Ledgered) -> list[str]:
    """The rows go, and before them what hangs on them and passes anyway."""
    rows = f"(SELECT l.row_id FROM {words.lines} l WHERE {lines_where(words, one.table, REMOVED)})"
    hanging = ("accounts_confirmation", "accounts_passwordreset") if one.table == ADDRESSES else ()
    return [
        *(f"DELETE FROM {table} WHERE email_id IN {rows}" for table in hanging),
        f"DELETE FROM {one.table} WHERE id IN {rows}",
    ]
