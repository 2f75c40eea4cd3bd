"""Numbers that are kept, not counted: how many are invited, joined, started, completed; by group, by day.

A room says what it counts in a table (`Counter`); triggers then write every change in the transaction that
brought it. On PostgreSQL a change is a row of its own, added up by a job, so that no two joins wait for one
number; SQLite, with one writer at a time, adds at once. A number is the sum of both (decision 13).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db import connection

from matricula.db.triggers import Trigger, register_triggers

FOLDED_AT_ONCE = 50_000
# A number is the sum of its row in programs_count and of what programs_countchange has not handed over yet.
# On PostgreSQL triggers only add changes, so nobody waits for a number's row; FOLD moves them in one
# statement, so a reader sees each change once. SKIP LOCKED: two that fold take other rows. ORDER BY in
# SUMS: rows of counts are locked in one order. SQLite has one writer at a time and adds at once (ADDED).
DAY = {
    "postgresql": r"to_char(\1 AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
    "sqlite": r"substr(\1, 1, 10)",
}
Sides = tuple[tuple[str, int], ...]
EVENTS: dict[str, Sides] = {
    "INSERT": (("new", 1),),
    "DELETE": (("old", -1),),
    "UPDATE": (("old", -1), ("new", 1)),
}
ADDED = """INSERT INTO programs_count (program_id, what, subject, n) {rows}
ON CONFLICT (program_id, what, subject) DO UPDATE SET n = programs_count.n + excluded.n"""
CHANGED = """INSERT INTO programs_countchange (program_id, what, subject, n)
SELECT program_id, what, subject, sum(n) FROM ({rows}) changes
GROUP BY program_id, what, subject HAVING sum(n) <> 0"""
KEPT = """SELECT program_id, what, subject, {sign}n AS n FROM programs_count
UNION ALL SELECT program_id, what, subject, {sign}n AS n FROM programs_countchange"""
TAKEN = f"""DELETE FROM programs_countchange
WHERE id IN (SELECT id FROM programs_countchange ORDER BY id LIMIT {FOLDED_AT_ONCE} FOR UPDATE SKIP LOCKED)
RETURNING program_id, what, subject, n"""
SUMS = """SELECT program_id, what, subject, sum(n) FROM taken
GROUP BY program_id, what, subject HAVING sum(n) <> 0 ORDER BY program_id, what, subject"""
FOLD = f"""WITH taken AS ({TAKEN}), added AS ({ADDED.format(rows=SUMS)} RETURNING id)
SELECT count(*) FROM taken"""
READ = f"""SELECT what, subject, sum(n) FROM ({KEPT.format(sign="")}) kept
WHERE program_id IN ({{programs}}) AND what IN ({{whats}}) AND subject >= %s GROUP BY what, subject"""


@dataclass(frozen=True)
class Counter:
    """What is counted in a table. In SQL, {row} stands for a row of it, day(…) for the day of a time (UTC).

    `subjects`: for each thing counted, what it is counted by, NULL for a row that does not count.
    `beside`: a JOIN. `held`: SQL that locks what `beside` reads, on PostgreSQL.
    `only`: an event; such a one is never recounted, for it tells of changes to what another one counts.
    """

    name: str
    table: str
    subjects: Mapping[str, str]
    program: str = "{row}.program_id"
    beside: str = ""
    held: str = ""
    only: str = ""

    def selects(self, vendor: str, row: str, source: str, sign: int) -> list[str]:
        """For each thing counted a SELECT of program, what, subject and ±1."""
        return [
            counter_sql(
                f"SELECT {self.program} AS program_id, '{what}' AS what, CAST({subject} AS text) AS subject,"
                f" {sign} AS n FROM {source} {self.beside} WHERE {subject} IS NOT NULL",
                vendor,
                row,
            )
            for what, subject in self.subjects.items()
        ]

    def scratch(self, vendor: str, program: int | None = None) -> list[str]:
        """Everything counted anew, of one program or of all."""
        rows = self.selects(vendor, "r", f"{self.table} r", 1)
        only = f" AND {counter_sql(self.program, vendor, 'r')} = {program:d}" if program else ""
        return [f"{one}{only}" for one in rows]

    def triggers(self) -> Iterator[Trigger]:
        for event, sides in EVENTS.items():
            if self.only in ("", event):
                named = {
                    "name": f"{self.name}_{event.lower()}",
                    "table": self.table,
                    "when": f"AFTER {event}",
                }
                yield Trigger("sqlite", body=self.adding(sides), **named)
                yield Trigger("postgresql", body=self.changing(sides), each="STATEMENT", **named)

    def adding(self, sides: Sides) -> str:
        """SQLite: one row, added at once."""
        rows = [one for side, n in sides for one in self.selects("sqlite", side.upper(), "(SELECT 1)", n)]
        return "; ".join(ADDED.format(rows=one) for one in rows)

    def changing(self, sides: Sides) -> str:
        """PostgreSQL: all rows of a statement, told as changes."""
        rows = [one for side, n in sides for one in self.selects("postgresql", "r", f"{side}_rows r", n)]
        held = [self.held.format(rows=f"{side}_rows") for side, _ in sides] if self.held else []
        return "; ".join([*held, CHANGED.format(rows=" UNION ALL ".join(rows))])


_counted: list[Counter] = []


def registered_counters() -> tuple[Counter, ...]:
    """All that is counted from scratch."""
    return tuple(_counted)


def register_counter(one: Counter) -> None:
    """Register what a room counts."""
    if not one.only:
        _counted.append(one)
    register_triggers(one.triggers())


def counter_sql(sql: str, vendor: str, row: str) -> str:
    return re.sub(r"day\(([^)]*)\)", DAY[vendor], sql.replace("{row}", row))


def counted_numbers(programs: Iterable[int], *whats: str, since: str = "") -> dict[str, dict[str, int]]:
    """For each of `whats`, the numbers by subject. `since`: the first subject, such as a day."""
    ids = list(programs)
    found: dict[str, dict[str, int]] = defaultdict(dict)
    if ids:
        marks = {"programs": ", ".join(["%s"] * len(ids)), "whats": ", ".join(["%s"] * len(whats))}
        with connection.cursor() as cursor:
            cursor.execute(READ.format(**marks), [*ids, *whats, since])
            for what, subject, n in cursor.fetchall():
                found[what][subject] = int(n)
    return found


def fold_changes() -> bool:
    """Add up what changed, once each. True when there may be more."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute(FOLD)
        return bool(cursor.fetchone()[0] == FOLDED_AT_ONCE)
