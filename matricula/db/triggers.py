"""Triggers: what a database does by itself, on SQLite and PostgreSQL, kept beside the code that needs it.

They are put in after every migration and only when they changed, so that no migration can lose one. On SQLite
they are taken out before migrations, which rebuild tables there and stumble over triggers that name them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db import connection

POSTGRESQL = """
CREATE FUNCTION {known}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; RETURN {answer}; END $$;
CREATE TRIGGER {known} {when} ON {table} {tables} FOR EACH {each} EXECUTE FUNCTION {known}()
"""
SQLITE = "CREATE TRIGGER {known} {when} ON {table} FOR EACH ROW BEGIN {body}; END"
INSTALLED = {
    "postgresql": "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'kept\\_%'",
    "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'kept_*'",
}
TABLES = {"INSERT": "new", "UPDATE": "old new", "DELETE": "old"}
"""Which rows of a statement a trigger of PostgreSQL can be shown (transition tables)."""


@dataclass(frozen=True)
class Trigger:
    """`body` is SQL, `when` such as AFTER INSERT; for `each` STATEMENT its rows are new_rows and old_rows."""

    vendor: str
    name: str
    table: str
    when: str
    body: str
    each: str = "ROW"
    answer: str = "NULL"

    @property
    def known(self) -> str:
        """A name that changes with what the trigger does."""
        return f"kept_{self.name}_{sha256(repr(self).encode()).hexdigest()[:8]}"

    @property
    def definition(self) -> str:
        named = [] if self.each == "ROW" else TABLES.get(self.when.split()[-1], "").split()
        tables = "".join(f" {one} TABLE AS {one}_rows" for one in named)
        form = POSTGRESQL if self.vendor == "postgresql" else SQLITE
        values = {"known": self.known, "tables": f"REFERENCING{tables}" if named else ""}
        return form.format(**values, **{name: getattr(self, name) for name in FIELDS})


FIELDS = ("when", "table", "each", "answer", "body")


def append_only(
    table: str, words: str, *, unique: Sequence[str] = ("id",), spared: str = ""
) -> list[Trigger]:
    """The triggers by which `table` takes new rows and nothing else, whoever asks; `words` say so.

    `spared`: SQL that is true of a row (OLD) that may be deleted all the same.

    Before a row is touched, so that the whole statement is undone. TRUNCATE fires no trigger of rows, and
    SQLite's INSERT OR REPLACE takes the row that has the same in a `unique` column away without one.
    """
    refusals = {"sqlite": f"SELECT RAISE(ABORT, '{words}')", "postgresql": f"RAISE EXCEPTION '{words}'"}
    same = " OR ".join(f"{column} = NEW.{column}" for column in unique)
    replacing = f"{refusals['sqlite']} FROM {table} WHERE {same}"
    return [
        *(
            Trigger(vendor, f"append_only_{table}_update", table, "BEFORE UPDATE", body)
            for vendor, body in refusals.items()
        ),
        *refusing_deletion(table, refusals, spared),
        Trigger("sqlite", f"append_only_{table}_replace", table, "BEFORE INSERT", replacing),
        Trigger(
            "postgresql",
            f"append_only_{table}_truncate",
            table,
            "BEFORE TRUNCATE",
            refusals["postgresql"],
            each="STATEMENT",
        ),
    ]


def refusing_deletion(table: str, refusals: dict[str, str], spared: str) -> list[Trigger]:
    """PostgreSQL deletes a row only where its trigger answers with it."""
    bodies, answer = dict(refusals), "NULL"
    if spared:
        bodies["sqlite"] += f" WHERE NOT ({spared})"
        bodies["postgresql"] = f"IF NOT ({spared}) THEN {refusals['postgresql']}; END IF"
        answer = "OLD"
    name = f"append_only_{table}_delete"
    return [
        Trigger(vendor, name, table, "BEFORE DELETE", body, answer=answer) for vendor, body in bodies.items()
    ]


_triggers: list[Trigger] = []
_followers: list[Callable[[], None]] = []


def register_triggers(triggers: Iterable[Trigger]) -> None:
    """Register triggers to be put in after migrations."""
    _triggers.extend(triggers)


def after_installing(follower: Callable[[], None]) -> Callable[[], None]:
    """Register what must be made good for the time a trigger was not there."""
    _followers.append(follower)
    return follower


def install_triggers(**_: Any) -> None:
    """Put in what is missing, take out what nobody wants any more."""
    wanted = {one.known: one for one in _triggers if one.vendor == connection.vendor}
    there = installed_triggers()
    with connection.cursor() as cursor:
        for name in there.keys() - wanted.keys():
            drop_trigger(cursor, name, there[name])
        missing = [wanted[name] for name in wanted if name not in there]
        for one in missing:
            cursor.execute(one.definition)
    for follower in _followers if missing else ():
        follower()


def installed_triggers() -> dict[str, str]:
    """Names of the triggers there are, and their tables."""
    with connection.cursor() as cursor:
        cursor.execute(INSTALLED[connection.vendor])
        return dict(cursor.fetchall())


def drop_trigger(cursor: Any, name: str, table: str) -> None:
    if connection.vendor == "postgresql":
        cursor.execute(f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}()")
    else:
        cursor.execute(f"DROP TRIGGER {name}")


def drop_triggers_of_migrated(plan: Any = (), **_: Any) -> None:
    """Before migrations on SQLite."""
    if connection.vendor == "sqlite" and plan:
        with connection.cursor() as cursor:
            for name, table in installed_triggers().items():
                drop_trigger(cursor, name, table)
