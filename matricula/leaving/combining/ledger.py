"""The ledger: the lines of a plan stored, carried out, and read backwards; a statement or two a table.

In the order of `ledgered_tables`, each statement legal alone: neither database checks constraints later.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from matricula.leaving.combining.address_lines import ADDRESSES
from matricula.leaving.combining.dialect import Dialect, dialect, rows_of, run
from matricula.leaving.combining.invitation_lines import INVITATIONS, invited_anew
from matricula.leaving.combining.lines import CHANGED, CLOSED, COLUMNS, MOVED, SET_ASIDE, Line
from matricula.leaving.combining.plan import plan_sql
from matricula.leaving.combining.program_lines import HELD, membership_over
from matricula.leaving.combining.tie_lines import TIES, membership_taken, taken, tie_over

UPDATING = (MOVED, SET_ASIDE, CHANGED, CLOSED)


@dataclass(frozen=True)
class Ledgered:
    """A table whose rows the ledger tells of: columns that change, with what PostgreSQL calls their type.

    `owner` is the column that moves. `known_by` finds a row that was copied, whose id nobody knows before.
    `gone` says, in SQL, when a row that was removed cannot come back: `l` is its line. `stays` says when
    one that changed, `t`, cannot be as it was; `taken` when somebody else has what it had; `over` when its
    organization ended it meanwhile. `steps` are conditions of lines: rows of one are updated before those of
    the next, and come back after them.
    """

    table: str
    columns: Mapping[str, str]
    owner: str = "account_id"
    known_by: tuple[str, ...] = ()
    gone: str = "false"
    stays: str = "false"
    taken: str = "false"
    over: str = "false"
    steps: tuple[str, ...] = ("true",)

    def pairs(self, words: Dialect, side: str) -> Iterator[tuple[str, str]]:
        for name, kind in self.columns.items():
            yield name, words.value(f"l.{side}", name, kind)

    def values(self, words: Dialect, side: str) -> str:
        return ", ".join(value for _, value in self.pairs(words, side))

    def settings(self, words: Dialect, side: str) -> str:
        """What UPDATE sets: the columns that the line tells of, and the others as they are."""
        return ", ".join(
            f"{name} = CASE WHEN {words.has(f'l.{side}', name)} THEN {value} ELSE t.{name} END"
            for name, value in self.pairs(words, side)
        )

    def unchanged(self, words: Dialect) -> str:
        """Whether the row is as combining left it. Of one that moved: whether it is still whose it was moved
        to; what it says may have grown since, and goes back with it."""
        owned = self.columns.get(self.owner)
        whose = (
            f"t.{self.owner} {words.same} {words.value('l.after', self.owner, owned)}" if owned else "true"
        )
        told = " AND ".join(
            f"(NOT {words.has('l.after', name)} OR t.{name} {words.same} {value})"
            for name, value in self.pairs(words, "after")
        )
        return f"CASE WHEN l.act = '{MOVED}' THEN {whose} ELSE {told} END"

    def same_key(self, words: Dialect) -> str:
        return " AND ".join(
            f"t.{name} = {words.value('l.after', name, self.columns[name])}" for name in self.known_by
        )


TIME, NUMBER, YES = "timestamptz", "bigint", "boolean"
OWNED = ("organizations_role", "programs_group_managers", "identities_identity", "joining_arrival")


def proven_elsewhere(words: Dialect) -> str:
    """Whether another account proved a mailbox that was proven here, or that a program answered for."""
    confirmed, vouched, mailbox = (
        words.value("l.before", name, kind)
        for name, kind in (("confirmed_at", TIME), ("vouched_at", TIME), ("canonical", "varchar"))
    )
    return f"""(({confirmed} IS NOT NULL OR {vouched} IS NOT NULL)
        AND EXISTS (SELECT 1 FROM accounts_emailaddress p
            WHERE p.canonical = {mailbox} AND p.confirmed_at IS NOT NULL))"""


def ledgered_tables(words: Dialect) -> list[Ledgered]:
    """In the order in which lines are carried out."""
    return [
        Ledgered(
            "learning_enrolment",
            {
                "account_id": NUMBER,
                "membership_id": NUMBER,
                "resumed_in_id": NUMBER,
                "started_at": TIME,
                "completed_at": TIME,
                "last_lesson_id": NUMBER,
            },
        ),
        Ledgered(
            "learning_specializationenrolment",
            {"account_id": NUMBER, "started_at": TIME, "completed_at": TIME},
        ),
        Ledgered(
            "learning_progress",
            {
                "enrolment_id": NUMBER,
                "lesson_id": NUMBER,
                "seconds": "integer",
                "place": "smallint",
                "answers": "jsonb",
                "score": "smallint",
                "done_at": TIME,
                "updated_at": TIME,
            },
            known_by=("enrolment_id", "lesson_id"),
        ),
        Ledgered(
            "learning_lessonnote",
            {"enrolment_id": NUMBER, "lesson_id": NUMBER, "text": "text", "updated_at": TIME},
            known_by=("enrolment_id", "lesson_id"),
        ),
        Ledgered(
            "credentials_certificate",
            {"account_id": NUMBER, "enrolment_id": NUMBER, "specialization_enrolment_id": NUMBER},
        ),
        Ledgered(
            "programs_membership_groups",
            {"membership_id": NUMBER, "group_id": NUMBER},
            known_by=("membership_id", "group_id"),
            gone=f"""NOT EXISTS (SELECT 1 FROM programs_group g
                WHERE g.id = {words.value("l.before", "group_id", NUMBER)})""",
        ),
        Ledgered(
            "programs_membership",
            {
                "account_id": NUMBER,
                "state": "varchar",
                "joined_at": TIME,
                "left_at": TIME,
                "set_aside_at": TIME,
            },
            taken=membership_taken(words),
            over=membership_over(words),
        ),
        Ledgered(HELD, {"membership_id": NUMBER}),
        Ledgered(
            TIES,
            {
                "account_id": NUMBER,
                "organization_id": NUMBER,
                "work_email": "varchar",
                "canonical": "varchar",
                "started_at": TIME,
                "ended_at": TIME,
            },
            known_by=("account_id", "organization_id", "canonical", "ended_at"),
            taken=taken(words),
            over=tie_over(words),
            steps=(f"l.act = '{SET_ASIDE}'", f"l.act <> '{SET_ASIDE}'"),
        ),
        *(Ledgered(table, {"account_id": NUMBER}) for table in OWNED),
        Ledgered(
            "accounts_emailaddress",
            {
                "account_id": NUMBER,
                "address": "varchar",
                "canonical": "varchar",
                "is_primary": YES,
                "signs_in": YES,
                "added_at": TIME,
                "confirmed_at": TIME,
                "vouched_at": TIME,
                "power_ends_at": TIME,
                "power_zone": "varchar",
            },
            gone=proven_elsewhere(words),
        ),
        Ledgered(
            INVITATIONS,
            {"accepted_by_id": NUMBER, "state": "varchar", "answered_at": TIME, "remind_at": TIME},
            owner="accepted_by_id",
            stays=invited_anew(),
        ),
        Ledgered("roles_appointment", {"offered_by_id": NUMBER}, owner="offered_by_id"),
        *_more,
        Ledgered("accounts_account", {"combined_into_id": NUMBER, "is_active": YES}),
    ]


_more: list[Ledgered] = []


def keeps_ledger(one: Ledgered) -> None:
    """Register a table of a higher room, whose SELECT is registered with `plans`."""
    _more.append(one)


@dataclass(frozen=True)
class Book:
    """Ledgers of one kind of deed: the table of their lines and the column that names the deed, the SELECT
    of what would become of every row, and the tables it tells of, in the order of carrying out."""

    lines: str
    key: str
    plan: Callable[[], str]
    tables: Callable[[Dialect], list[Ledgered]]

    @property
    def words(self) -> Dialect:
        return replace(dialect(), lines=self.lines, key=self.key)


COMBININGS = Book("leaving_combiningline", "combining_id", plan_sql, ledgered_tables)


@dataclass
class Ledger:
    """The lines of a `deed`, or of one that is only looked at (0)."""

    kept: int
    given: int
    now: Any
    quiet: list[int] = field(default_factory=list)
    staying: list[int] = field(default_factory=list)
    deed: int = 0
    book: Book = COMBININGS

    @property
    def params(self) -> dict[str, Any]:
        return {
            "kept": self.kept,
            "given": self.given,
            "now": self.now,
            "quiet": json.dumps(self.quiet),
            "staying": json.dumps(self.staying),
            "deed": self.deed,
        }

    def look(self) -> tuple[list[Line], str]:
        """What would become of every row, and the digest of it. Nothing is stored."""
        rows = rows_of(self.book.plan(), self.params)
        lines = [
            Line(table, row, act, as_dict(before), as_dict(after), beside, reason)
            for table, row, act, before, after, beside, reason in rows
        ]
        return lines, plan_digest([one[:5] for one in rows], self.now)

    def store(self) -> dict[str, set[str]]:
        """The lines are written; the acts there are, by table."""
        names = ", ".join(COLUMNS)
        words = self.book.words
        run(
            f"INSERT INTO {words.lines} ({words.key}, {names}, undone, why)"
            f" SELECT {words.deed}, {names}, '', '' FROM ({self.book.plan()}) AS planned",
            self.params,
        )
        return self.acts()

    def acts(self) -> dict[str, set[str]]:
        words, found = self.book.words, dict[str, set[str]]()
        told = f"SELECT DISTINCT table_name, act FROM {words.lines} WHERE {words.key} = {words.deed}"
        for table, act in rows_of(told, self.params):
            found.setdefault(table, set()).add(act)
        return found

    def stored_digest(self) -> str:
        words = self.book.words
        told = f"""SELECT table_name, row_id, act, before, after FROM {words.lines}
            WHERE {words.key} = {words.deed}"""
        return plan_digest(rows_of(told, self.params), self.now)


def as_dict(value: Any) -> dict[str, object]:
    """PostgreSQL hands JSON over as text to a cursor of Django's, as SQLite does."""
    found: dict[str, object] = json.loads(value) if isinstance(value, str | bytes) else value
    return found


def plan_digest(rows: list[tuple[Any, ...]], now: Any) -> str:
    """Of lines, in whatever order they came, without the moment and without what the person chooses.

    Each database writes the same JSON in the same way, whether it was stored or not.
    """
    moment = json.dumps(now if isinstance(now, str) else now.isoformat())
    told = sorted(
        f"{table} {row} {act} {unchosen(before, table)} {unchosen(after, table)}"
        for table, row, act, before, after in rows
    )
    return sha256("\n".join(told).replace(moment, "now").encode()).hexdigest()


def unchosen(side: Any, table: str) -> str:
    if table == ADDRESSES:
        told = as_dict(side)
        return json.dumps({name: told[name] for name in sorted(told) if name != "signs_in"})
    return side if isinstance(side, str) else json.dumps(side, sort_keys=True)


def lines_where(words: Dialect, table: str, *acts: str, more: str = "") -> str:
    """A condition: `l` is a line of this deed, about `table`."""
    listed = ", ".join(f"'{act}'" for act in acts)
    return (
        f"l.{words.key} = {words.deed} AND l.table_name = '{table}' AND l.act IN ({listed})"
        f"{' AND ' + more if more else ''}"
    )


def update_rows(words: Dialect, one: Ledgered, side: str, ledger: Ledger, *, more: str = "") -> None:
    """Rows become what their lines say on `side`."""
    which = lines_where(words, one.table, *UPDATING, more=more)
    run(
        f"UPDATE {one.table} AS t SET {one.settings(words, side)} FROM {words.lines} l"
        f" WHERE {which} AND t.id = l.row_id",
        ledger.params,
    )


def seats(words: Dialect, to: str, since: str, *, more: str = "true") -> str:
    """As many more or fewer as the lines make active."""
    active = "CASE WHEN {} = 'active' THEN 1 ELSE 0 END"
    gained, had = (active.format(words.value(f"l.{side}", "state", "varchar")) for side in (to, since))
    which = lines_where(words, "programs_membership", SET_ASIDE, CHANGED, more=more)
    return f"""UPDATE programs_program AS p SET seats_used = p.seats_used + d.more
        FROM (SELECT m.program_id, sum({gained} - {had}) AS more FROM {words.lines} l
            JOIN programs_membership m ON m.id = l.row_id WHERE {which} GROUP BY m.program_id) d
        WHERE p.id = d.program_id AND d.more <> 0"""
