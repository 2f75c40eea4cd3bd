"""Finding words in a list of a million, the newest first, in bounded time.

Rows that are searched have a text `search`: lower-cased words, each after a blank. A word of three letters
and more is found anywhere, a shorter one where a word begins. On PostgreSQL the newest rows of the list are
walked first: frequent words are found there. Only then the trigram index is asked, which knows rare words at
once and never gives more than CANDIDATES. SQLite reads the list.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from django.db import DatabaseError, connection, transaction
from django.db.backends.signals import connection_created
from django.db.models import Model, Q, QuerySet
from django.dispatch import receiver

from matricula.web.keyset import Stretch, stretch

M = TypeVar("M", bound=Model)
SHORTEST_ANYWHERE = 3
WALKED = 3_000
CANDIDATES = 1_000
EXTENSIONS = ("pg_trgm", "btree_gin")
INDEX = "CREATE INDEX IF NOT EXISTS {table}_words ON {table} USING gin (organization_id, search gin_trgm_ops)"
WALK = """WITH walked (id, search) AS MATERIALIZED ({rows})
SELECT (SELECT count(*) FROM walked), ARRAY(SELECT id FROM walked WHERE {fits} LIMIT {n})"""
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
    rows: "QuerySet[M]", asked: Mapping[str, str], text: str, lines: "QuerySet[Any]"
) -> "Stretch[M]":
    """A page of `rows` that have all the words of `text`.

    `lines`: rows of an indexed table with the same ids and words, narrowed to the organization.
    """
    words = words_of(text)
    if not words or connection.vendor != "postgresql":
        return stretch(rows.filter(spelled(words)), asked)
    search = Search(words, lines)
    page = stretch(rows, asked, take=search.take)
    return replace(page, partial=search.partial)


class Search:
    """Words to be found on PostgreSQL. Afterwards `partial` tells whether more fit than were looked at."""

    def __init__(self, words: list[str], lines: "QuerySet[Any]") -> None:
        self.words, self.lines, self.partial = words, lines, False

    def take(self, rows: "QuerySet[M]", n: int) -> list[M]:
        """The first `n` of `rows`, which are in order of their ids."""
        walked, hits = self.walk(rows, n)
        if walked == WALKED and len(hits) < n:
            looked = rows.filter(pk__in=self.look()).values_list("pk", flat=True)[:n]
            hits = sorted({*hits, *looked}, reverse=rows.query.order_by == ("-pk",))[:n]
        found = rows.in_bulk(hits)
        return [found[pk] for pk in hits if pk in found]

    def walk(self, rows: "QuerySet[M]", n: int) -> tuple[int, list[int]]:
        """How many rows were read, WALKED at most, and the first `n` ids that fit."""
        sql, params = rows.values_list("pk", "search")[:WALKED].query.sql_with_params()
        fits = " AND ".join(["search LIKE %s"] * len(self.words))
        with connection.cursor() as cursor:
            cursor.execute(WALK.format(rows=sql, fits=fits, n=n), [*params, *map(pattern, self.words)])
            walked, hits = cursor.fetchone()
        return walked, hits

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
