"""The ledger read backwards: each line is judged by its row of today, and goes back if it is as it was left.

What changed since stays, and its line says so; never all or nothing.
"""

from collections.abc import Mapping

from matricula.leaving.combining.address_lines import ADDRESSES
from matricula.leaving.combining.dialect import Dialect, rows_of, run
from matricula.leaving.combining.ledger import (
    UPDATING,
    Book,
    Ledger,
    Ledgered,
    lines_where,
    seats,
    update_rows,
)
from matricula.leaving.combining.lines import CHANGED, COPIED, REMOVED, SET_ASIDE
from matricula.leaving.models import CombiningLine

Undone = CombiningLine.Undone
FULL, TAKEN = "full", "taken"
"""Why an active membership cannot be so again; that somebody else has now what a row had."""
BACK, STAYED, LOST = Undone.BACK.value, Undone.KEPT.value, Undone.LOST.value


def judgement(book: Book) -> str:
    """A SELECT of lines (id) with what undo would make of each, and why."""
    words = book.words
    return "\nUNION ALL\n".join(
        select
        for one in book.tables(words)
        for select in (judging_updates(words, one), judging_copies(words, one), judging_removals(words, one))
        if select
    )


def judging_updates(words: Dialect, one: Ledgered) -> str:
    full = no_seat(words, one) if one.table == "programs_membership" else "false"
    same = f"{one.unchanged(words)} AND NOT {one.stays}"
    return f"""SELECT l.id AS line, CASE WHEN t.id IS NULL THEN '{LOST}' WHEN {one.taken} OR {full}
            THEN '{STAYED}' WHEN {same} THEN '{BACK}' ELSE '{STAYED}' END AS undone,
        CASE WHEN t.id IS NULL THEN 'gone' WHEN {one.taken} THEN '{TAKEN}' WHEN {full} THEN '{FULL}'
            WHEN {same} THEN '' ELSE 'changed' END AS why
        FROM {words.lines} l LEFT JOIN {one.table} t ON t.id = l.row_id
        WHERE {lines_where(words, one.table, *UPDATING)}"""


def no_seat(words: Dialect, one: Ledgered) -> str:
    """An active membership comes back to a program that is full, and the other side gives no seat back."""
    was, since = (words.value(f"l.{side}", "state", "varchar") for side in ("before", "after"))
    active = f"{was} = 'active' AND {since} <> 'active'"
    returned = f"""{words.value("c.before", "state", "varchar")} <> 'active' AND k.state = 'active'
        AND {one.unchanged(words).replace("l.", "c.").replace("t.", "k.")}"""
    return f"""(l.act IN ('{SET_ASIDE}', '{CHANGED}') AND {active}
        AND EXISTS (SELECT 1 FROM programs_program p
            WHERE p.id = t.program_id AND p.seats IS NOT NULL AND p.seats_used >= p.seats)
        AND NOT EXISTS (SELECT 1 FROM {words.lines} c JOIN {one.table} k ON k.id = c.row_id
            WHERE c.{words.key} = l.{words.key} AND c.table_name = l.table_name AND c.act = '{CHANGED}'
            AND c.row_id = l.counterpart AND {returned}))"""


def judging_copies(words: Dialect, one: Ledgered) -> str:
    """One that is no longer there has gone already."""
    if not one.known_by:
        return ""
    same = f"(t.id IS NULL OR {one.unchanged(words)})"
    return f"""SELECT l.id, CASE WHEN {same} THEN '{BACK}' ELSE '{STAYED}' END,
        CASE WHEN {same} THEN '' ELSE 'changed' END
        FROM {words.lines} l LEFT JOIN {one.table} t ON {one.same_key(words)}
        WHERE {lines_where(words, one.table, COPIED)}"""


def judging_removals(words: Dialect, one: Ledgered) -> str:
    if one.gone == "false":
        return ""
    why = TAKEN if one.table == ADDRESSES else "gone"
    return f"""SELECT l.id, CASE WHEN {one.gone} THEN '{LOST}' ELSE '{BACK}' END,
        CASE WHEN {one.gone} THEN '{why}' ELSE '' END
        FROM {words.lines} l WHERE {lines_where(words, one.table, REMOVED)}"""


def outcomes(ledger: Ledger) -> dict[int, tuple[str, str]]:
    """By line: what undo would make of it today, and why. Nothing is stored."""
    told = rows_of(judgement(ledger.book), ledger.params)
    return {line: (undone, why) for line, undone, why in told}


def take_back(ledger: Ledger, acts: Mapping[str, set[str]]) -> None:
    """Every line is judged, and those that go back are read backwards, the last table first."""
    words = ledger.book.words
    run(
        f"UPDATE {words.lines} AS own SET undone = j.undone, why = j.why FROM ({judgement(ledger.book)}) j"
        f" WHERE own.id = j.line AND own.{words.key} = {words.deed}",
        ledger.params,
    )
    goes = f"l.undone = '{BACK}'"
    if {SET_ASIDE, CHANGED} & acts.get("programs_membership", set()):
        run(seats(words, "before", "after", more=goes), ledger.params)
    for one in reversed(ledger.book.tables(words)):
        there = acts.get(one.table, set())
        if COPIED in there:
            which = lines_where(words, one.table, COPIED, more=goes)
            run(
                f"DELETE FROM {one.table} WHERE id IN (SELECT t.id FROM {words.lines} l"
                f" JOIN {one.table} t ON {one.same_key(words)} WHERE {which})",
                ledger.params,
            )
        if there & set(UPDATING):
            for step in reversed(one.steps):
                update_rows(words, one, "before", ledger, more=f"{goes} AND {step}")
        if REMOVED in there:
            names, which = ", ".join(one.columns), lines_where(words, one.table, REMOVED, more=goes)
            run(
                f"INSERT INTO {one.table} (id, {names}) SELECT l.row_id, {one.values(words, 'before')}"
                f" FROM {words.lines} l WHERE {which} ON CONFLICT DO NOTHING",
                ledger.params,
            )
