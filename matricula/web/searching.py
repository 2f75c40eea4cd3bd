"""Finding words in a list of a million, the newest first, in bounded time.

Rows that are searched have a text `search`: lower-cased words, each after a blank. A word of three letters
and more is found anywhere, a shorter one where a word begins. On PostgreSQL the newest rows of the list are
walked first: frequent words are found there. Only then the trigram index is asked, which knows rare words at
once and never gives more than CANDIDATES. SQLite reads the list.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DatabaseError, connection, transaction
from django.db.backends.signals import connection_created
from django.db.models import Model, Q, QuerySet
from django.dispatch import receiver

from matricula.web.keyset import PAGE_SIZE, Stretch, stretch

M = TypeVar("M", bound=Model)
SHORTEST_ANYWHERE = 3
WALKED, FARTHER = 2_000, 20_000
"""Rows, some 0.3 microseconds each."""
CANDIDATES = 1_000
EXTENSIONS = ("pg_trgm", "btree_gin")
INDEX = "CREATE INDEX IF NOT EXISTS {table}_words ON {table} USING gin (organization_id, search gin_trgm_ops)"
WALK = "SELECT id FROM ({rows}) AS walked (id, search) WHERE {fits} LIMIT {n}"
LOOK = "WITH found (id) AS MATERIALIZED ({rows}) SELECT id FROM found LIMIT {n}"
_searched: list[str] = []


def searched(table: str) -> None:
    """Register a table with `organization_id` and `search` for its index."""
    _searched.append(table)


def words_of(text: str) -> list[str]:
    return text.lower().split()


def beginning(word: str) -> str:
    """Short words are looked for where a word begins."""
    return word if len(word) >= SHORTEST_ANYWHERE else f" {word}"


def spelled(words: list[str]) -> Q:
    """Rows with all of `words`."""
    return Q(*(Q(search__contains=beginning(word)) for word in words))


def stretch_of_found(
    rows: "QuerySet[M]",
    asked: Mapping[str, str],
    text: str,
    lines: "QuerySet[Any]",
    shown: "QuerySet[M]",
    size: int = PAGE_SIZE,
) -> "Stretch[M]":
    """A page of `rows` that have all the words of `text`, read from `shown`.

    `lines`: rows of an indexed table with the same ids and words, narrowed to the organization.
    """
    words = words_of(text)
    if not words or connection.vendor != "postgresql":
        return stretch(rows.filter(spelled(words)), asked, size, shown=shown)
    search = Search(words, lines)
    page = stretch(rows, asked, size, take=search.take, shown=shown)
    return replace(page, partial=search.partial)


class Search:
    """Words to be found on PostgreSQL. Afterwards `partial` tells whether more fit than were looked at."""

    def __init__(self, words: list[str], lines: "QuerySet[Any]") -> None:
        self.words, self.lines, self.partial = words, lines, False

    def take(self, rows: "QuerySet[M]", n: int) -> list[int]:
        """The first `n` ids of `rows`, which are in their order, that fit."""
        hits = self.walk(rows, WALKED, n)
        if len(hits) < n and rows.values_list("pk")[WALKED : WALKED + 1]:
            hits = self.go_on(rows, hits, n)
        return hits

    def go_on(self, rows: "QuerySet[M]", hits: list[int], n: int) -> list[int]:
        """Walk farther where that will do, else ask the index."""
        if len(hits) * FARTHER >= n * WALKED:
            hits = self.walk(rows, FARTHER, n)
        if len(hits) == n:
            return hits
        looked = rows.filter(pk__any_of=self.look()).values_list("pk", flat=True)[:n]
        return sorted({*hits, *looked}, reverse=rows.query.order_by == ("-pk",))[:n]

    def walk(self, rows: "QuerySet[M]", far: int, n: int) -> list[int]:
        """The first `n` ids that fit, among the first `far`."""
        try:
            sql, params = rows.values_list("pk", "search")[:far].query.sql_with_params()
        except EmptyResultSet:
            return []
        fits = " AND ".join(["search LIKE %s"] * len(self.words))
        with connection.cursor() as cursor:
            cursor.execute(WALK.format(rows=sql, fits=fits, n=n), [*params, *map(pattern, self.words)])
            return [pk for (pk,) in cursor.fetchall()]

    def look(self) -> list[int]:
        """Ids from the index, CANDIDATES at most."""
        sql, params = self.lines.filter(spelled(self.words)).values_list("pk").query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(LOOK.format(rows=sql, n=CANDIDATES + 1), params)
            found = [pk for (pk,) in cursor.fetchall()]
        self.partial = len(found) > CANDIDATES
        return found


def pattern(word: str) -> str:
    return f"%{connection.ops.prep_for_like_query(beginning(word))}%"


def install_indexes(**_: Any) -> None:
    """After migrations on PostgreSQL, where the extensions are there or may be made."""
    if connection.vendor != "postgresql" or not extended():
        return
    with connection.cursor() as cursor:
        for table in _searched:
            cursor.execute(INDEX.format(table=table))


def extended() -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            for name in EXTENSIONS:
                cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")
    except DatabaseError:
        return False
    return True


def missing_extensions() -> list[str]:
    """Without them a search still finds what it should, in more time."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT extname FROM pg_extension")
        there = {name for (name,) in cursor.fetchall()}
    return [name for name in EXTENSIONS if name not in there]


@receiver(connection_created)
def lower_every_alphabet(sender: object, connection: Any, **_: Any) -> None:
    """SQLite's own `lower` knows A to Z only."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("lower", 1, lowered, deterministic=True)


def lowered(text: Any) -> Any:
    return text.lower() if isinstance(text, str) else text
