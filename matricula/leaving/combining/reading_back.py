"""The ledger read backwards: each line is judged by its row of today, and goes back if it is as it was left.

What changed since stays, and its line says so; never all or nothing.
"""

from collections.abc import Mapping

from matricula.leaving.combining.dialect import Dialect, dialect, rows_of, run
from matricula.leaving.combining.ledger import (
    LEDGER,
    UPDATING,
    Ledger,
    Ledgered,
    ledgered_tables,
    lines_where,
    seats,
    update_rows,
)
from matricula.leaving.combining.lines import CHANGED, COPIED, REMOVED, SET_ASIDE
from matricula.leaving.models import CombiningLine

Undone = CombiningLine.Undone
FULL = "full"
"""Why an active membership cannot be so again."""
BACK, STAYED, LOST = Undone.BACK.value, Undone.KEPT.value, Undone.LOST.value


def judgement(words: Dialect) -> str:
    """A SELECT of lines (id) with what undo would make of each, and why."""
    return "\nUNION ALL\n".join(
        select
        for one in ledgered_tables(words)
        for select in (judging_updates(words, one), judging_copies(words, one), judging_removals(words, one))
        if select
    )


def judging_updates(words: Dialect, one: Ledgered) -> str:
    full = no_seat(words, one) if one.table == "programs_membership" else "false"
    return f"""SELECT l.id AS line, CASE WHEN t.id IS NULL THEN '{LOST}' WHEN {full} THEN '{STAYED}'
            WHEN {one.unchanged(words)} AND NOT {one.stays} THEN '{BACK}' ELSE '{STAYED}' END AS undone,
        CASE WHEN t.id IS NULL THEN 'gone' WHEN {full} THEN '{FULL}'
            WHEN {one.unchanged(words)} THEN CASE WHEN {one.stays} THEN '{one.why}' ELSE '' END
            ELSE 'changed' END AS why
        FROM {LEDGER} l LEFT JOIN {one.table} t ON t.id = l.row_id
        WHERE {lines_where(words, one.table, *UPDATING)}"""


def no_seat(words: Dialect, one: Ledgered) -> str:
    """An active membership comes back to a program that is full, and the other side gives no seat back."""
    active = f"{words.value('l.before', 'state', 'varchar')} = 'active'"
    returned = f"""{words.value("c.before", "state", "varchar")} <> 'active' AND k.state = 'active'
        AND {one.unchanged(words).replace("l.", "c.").replace("t.", "k.")}"""
    return f"""(l.act = '{SET_ASIDE}' AND {active} AND EXISTS (SELECT 1 FROM programs_program p
            WHERE p.id = t.program_id AND p.seats IS NOT NULL AND p.seats_used >= p.seats)
        AND NOT EXISTS (SELECT 1 FROM {LEDGER} c JOIN {one.table} k ON k.id = c.row_id
            WHERE c.combining_id = l.combining_id AND c.table_name = l.table_name AND c.act = '{CHANGED}'
            AND c.row_id = l.counterpart AND {returned}))"""


def judging_copies(words: Dialect, one: Ledgered) -> str:
    """One that is no longer there has gone already."""
    if not one.known_by:
        return ""
    same = f"(t.id IS NULL OR {one.unchanged(words)})"
    return f"""SELECT l.id, CASE WHEN {same} THEN '{BACK}' ELSE '{STAYED}' END,
        CASE WHEN {same} THEN '' ELSE 'changed' END
        FROM {LEDGER} l LEFT JOIN {one.table} t ON {one.same_key(words)}
        WHERE {lines_where(words, one.table, COPIED)}"""


def judging_removals(words: Dialect, one: Ledgered) -> str:
    if one.gone == "false":
        return ""
    return f"""SELECT l.id, CASE WHEN {one.gone} THEN '{LOST}' ELSE '{BACK}' END,
        CASE WHEN {one.gone} THEN 'taken' ELSE '' END
        FROM {LEDGER} l WHERE {lines_where(words, one.table, REMOVED)}"""


def outcomes(ledger: Ledger) -> dict[int, tuple[str, str]]:
    """By line: what undo would make of it today, and why. Nothing is stored."""
    told = rows_of(judgement(dialect()), ledger.params)
    return {line: (undone, why) for line, undone, why in told}


def take_back(ledger: Ledger, acts: Mapping[str, set[str]]) -> None:
    """Every line is judged, and those that go back are read backwards, the last table first."""
    words = dialect()
    run(
        f"UPDATE {LEDGER} AS own SET undone = j.undone, why = j.why FROM ({judgement(words)}) j"
        f" WHERE own.id = j.line AND own.combining_id = {words.combining}",
        ledger.params,
    )
    goes = f"l.undone = '{BACK}'"
    if SET_ASIDE in acts.get("programs_membership", set()):
        run(seats(words, "before", "after", more=goes), ledger.params)
    for one in reversed(ledgered_tables(words)):
        there = acts.get(one.table, set())
        if COPIED in there:
            which = lines_where(words, one.table, COPIED, more=goes)
            run(
                f"DELETE FROM {one.table} WHERE id IN (SELECT t.id FROM {LEDGER} l"
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
                f" FROM {LEDGER} l WHERE {which} ON CONFLICT DO NOTHING",
                ledger.params,
            )
