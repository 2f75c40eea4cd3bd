"""Entries of one organization with the same name: a hint that they may be one person, and nothing more.

Only what the organization has itself is looked at: its live entries, and the name it sees. Nothing is said of
personal addresses, and nobody is joined by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.http import QueryDict

from matricula.leaving.models import EntryPair
from matricula.organizations.models import Affiliation, Organization

SHOWN = 5
"""Namesakes of one person on a page."""
PAGE_SIZE = 25


@dataclass(frozen=True)
class Namesake:
    """Another entry with the same name, and what was said of the two."""

    tie: Affiliation
    pair: EntryPair | None

    @property
    def are_two(self) -> bool:
        return bool(self.pair and self.pair.two_people_since)


@dataclass(frozen=True)
class SameName:
    """A name that several entries have, with some of them. `more`: how many others."""

    name: str
    ties: list[Affiliation]
    more: int


def namesakes_of(tie: Affiliation) -> tuple[list[Namesake], bool]:
    """Some, the oldest first, and whether there are more."""
    rows = same_name(tie).select_related("account").order_by("pk")
    found = list(rows[: SHOWN + 1])
    pairs = {pair_key(one.one_id, one.other_id): one for one in pairs_of(tie, found)}
    told = [Namesake(one, pairs.get(pair_key(one.pk, tie.pk))) for one in found[:SHOWN]]
    return told, len(found) > SHOWN


def same_name(tie: Affiliation) -> "QuerySet[Affiliation]":
    rows = Affiliation.objects.live().filter(organization=tie.organization_id, folded_name=tie.folded_name)
    return rows.exclude(pk=tie.pk)


def pair_key(one: int, other: int) -> tuple[int, int]:
    """The older entry first, as the database has it."""
    return min(one, other), max(one, other)


def pairs_of(tie: Affiliation, others: list[Affiliation]) -> "QuerySet[EntryPair]":
    ids = [one.pk for one in others]
    return EntryPair.objects.filter(Q(one=tie, other__in=ids) | Q(other=tie, one__in=ids))


@dataclass(frozen=True)
class PageOfNames:
    rows: list[SameName]
    newer: str
    older: str


def names_twice(organization: Organization, after: str = "") -> PageOfNames:
    """Names that two and more entries have, in their order, but for those of which all are said to be two
    people. One walk along an index, whatever the size of the organization, that ends with the page."""
    names = (
        Affiliation.objects.live()
        .filter(organization=organization, folded_name__gt=after)
        .values("folded_name")
        .annotate(n=Count("pk"))
        .filter(n__gt=1)
        .order_by("folded_name")
    )
    chosen: dict[str, int] = {}
    last, more = after, True
    while more and len(chosen) < PAGE_SIZE:
        found = list(names.filter(folded_name__gt=last)[: PAGE_SIZE + 1])
        more = len(found) > PAGE_SIZE
        told = {one["folded_name"]: one["n"] for one in found[:PAGE_SIZE]}
        undecided = still_open(organization, told)
        for name, n in told.items():
            if len(chosen) == PAGE_SIZE:
                more = True
                break
            last = name
            chosen |= {name: n} if name in undecided else {}
    return PageOfNames(
        entries_named(organization, chosen), "?" if after else "", query_after(last) if more else ""
    )


def query_after(name: str) -> str:
    kept = QueryDict(mutable=True)
    kept["after"] = name
    return "?" + kept.urlencode()


def still_open(organization: Organization, told: Mapping[str, int]) -> set[str]:
    """Those of the names, with the number of their entries, of which not all pairs are decided."""
    live = Q(one__ended_at__isnull=True, other__ended_at__isnull=True)
    same = Q(one__folded_name=F("other__folded_name"), one__folded_name__in=list(told))
    rows = EntryPair.objects.filter(live & same, organization=organization, two_people_since__isnull=False)
    counted = rows.values_list("one__folded_name").annotate(n=Count("pk")).order_by()
    decided = dict(counted)
    return {name for name, n in told.items() if n * (n - 1) // 2 > decided.get(name, 0)}


def entries_named(organization: Organization, chosen: Mapping[str, int]) -> list[SameName]:
    """Some of each name, the oldest first, in one query."""
    nth = Window(RowNumber(), partition_by="folded_name", order_by="pk")
    rows = Affiliation.objects.live().filter(organization=organization, folded_name__in=list(chosen))
    found: dict[str, list[Affiliation]] = {name: [] for name in chosen}
    for one in rows.annotate(nth=nth).filter(nth__lte=SHOWN).select_related("account").order_by("pk"):
        found[one.folded_name].append(one)
    return [
        SameName(ties[0].account.full_name, ties, chosen[name] - len(ties))
        for name, ties in found.items()
        if ties
    ]
