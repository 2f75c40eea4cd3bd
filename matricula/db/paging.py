"""Pages of a long list by keyset, the newest first: found by an id, never by counting past others."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from django.db.models import Model, Q, QuerySet
from django.db.models.expressions import Combinable
from django.http import QueryDict

M = TypeVar("M", bound=Model)
PAGE_SIZE = 50


@dataclass(frozen=True)
class Order:
    """Of a list: by `key`, an expression that an index begins with after what the list is filtered by, and
    among equal ones by id; or by id alone.
    """

    key: Combinable | None = None
    descending: bool = True

    def turned(self) -> "Order":
        return Order(self.key, not self.descending)

    def apply(self, rows: "QuerySet[M]") -> "QuerySet[M]":
        sign = "-" if self.descending else ""
        if self.key is None:
            return rows.order_by(f"{sign}pk")
        keyed = rows.annotate(sorted_by=self.key).order_by(f"{sign}sorted_by", f"{sign}pk")
        return cast("QuerySet[M]", keyed)

    def beyond(self, rows: "QuerySet[M]", pk: int) -> "QuerySet[M]":
        """Those that come after the row with this id: from the start, where there is no such row any more."""
        side = "lt" if self.descending else "gt"
        if self.key is None:
            return rows.filter(**{f"pk__{side}": pk})
        there = rows.model._default_manager.filter(pk=pk).annotate(sorted_by=self.key)
        found = there.values_list("sorted_by", flat=True).first()
        if found is None:
            return rows
        # The first condition is what the index is entered with; OR alone would have it read from its start.
        keyed = rows.annotate(sorted_by=self.key).filter(**{f"sorted_by__{side}e": found})
        following = keyed.filter(Q(**{f"sorted_by__{side}": found}) | Q(**{f"pk__{side}": pk}))
        return cast("QuerySet[M]", following)


NEWEST, OLDEST = Order(), Order(descending=False)


@dataclass(frozen=True)
class Total:
    """How many there are; `at_least` so many where nobody counts on."""

    n: int
    at_least: bool = False


COUNTED = 1_000
"""Further than this nothing is counted to show a page."""


def count_some(rows: "QuerySet[M]", most: int = COUNTED) -> Total:
    """How many `rows` are, up to `most`."""
    n = len(rows.order_by().values_list("pk", flat=True)[: most + 1])
    return Total(min(n, most), n > most)


@dataclass(frozen=True)
class KeysetPage(Generic[M]):
    """One page of rows, and the queries that lead to the pages beside it ("" at an end).

    `partial`: more fit than could be looked at.
    """

    rows: list[M]
    newer: str
    older: str
    partial: bool = False


def keyset_page(
    rows: "QuerySet[M]",
    asked: Mapping[str, str],
    size: int = PAGE_SIZE,
    take: "Callable[[QuerySet[M], int], list[int]] | None" = None,
    shown: "QuerySet[M] | None" = None,
    order: Order = NEWEST,
) -> "KeysetPage[M]":
    """`asked` may hold `before` or `after`, an id; whatever else it holds is kept in the links.

    Ids are found first: for them an index has all that is asked, whether the rows lie together or far apart.
    `take` gives the first few ids of rows that are in order; `db/search.py` has one that looks for words.
    `shown`: what the rows of the page are read from, with all that is to be seen of them and their `pk`.
    `before` leads on in `order`, `after` leads back.
    """
    take = take or first
    before, after = parse_id(asked.get("before")), parse_id(asked.get("after"))
    if after is not None:
        back = order.turned()
        ids = take(back.apply(back.beyond(rows, after)), size + 1)
        more, ids = len(ids) > size, ids[:size][::-1]
        has_newer, has_older = more, True
    else:
        wanted = rows if before is None else order.beyond(rows, before)
        ids = take(order.apply(wanted), size + 1)
        has_newer, has_older = before is not None, len(ids) > size
        ids = ids[:size]
    newer = query(asked, "after", ids[0]) if ids and has_newer else ""
    older = query(asked, "before", ids[-1]) if ids and has_older else ""
    return KeysetPage(in_order(rows if shown is None else shown, ids), newer, older)


def first(rows: "QuerySet[M]", n: int) -> list[int]:
    return list(rows.values_list("pk", flat=True)[:n])


def in_order(rows: "QuerySet[M]", ids: list[int]) -> list[M]:
    """Those of `rows` with these ids, in the order of the ids."""
    found = {one.pk: one for one in rows.filter(pk__any_of=ids)}
    return [found[pk] for pk in ids if pk in found]


def parse_id(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def query(asked: Mapping[str, Any], name: str, pk: int) -> str:
    kept = QueryDict(mutable=True)
    kept.update({key: asked[key] for key in asked if key not in ("before", "after") and asked[key]})
    kept[name] = str(pk)
    return "?" + kept.urlencode()
