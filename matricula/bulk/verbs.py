"""What may be done to many rows at once. A room registers its verbs in its `bulk_acts.py`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from matricula.bulk.models import BulkAct
from matricula.db.paging import Total
from matricula.organizations.models import Organization

Asked = Mapping[str, str]
Options = Callable[[Organization, Asked], Iterable[tuple[str, str]]]


@dataclass(frozen=True)
class Verb:
    """One thing done to each of many rows, by the function that does it to one.

    `rows`: those of a list that fit a search; `number`: how many. `perform`: the verb of the single row; it
    raises a Refusal for one that it is not for. `names`: by id, how people know these rows. `label` stands on
    the button; `question` asks it of so many, `consequence` says what comes of it, and `told` what came.
    `belongs_to`: the page of the list. `options`: what is to be chosen besides, under `option_label`.
    """

    kind: str
    rows: Callable[[Organization, Asked], QuerySet[Any]]
    perform: Callable[[Any, BulkAct], None]
    names: Callable[[list[int]], dict[int, str]]
    label: str | Promise
    question: Callable[[int], str]
    consequence: str | Promise
    told: Callable[[int], str]
    belongs_to: str
    number: Callable[[Organization, Asked], int]
    option_label: str | Promise = ""
    options: Options | None = None
    is_grave: bool = False


_verbs: dict[str, Verb] = {}


def register_verb(verb: Verb) -> None:
    """Offer a verb for many rows."""
    _verbs[verb.kind] = verb


def verb_of(kind: str) -> Verb | None:
    return _verbs.get(kind)


def bar_of(asked: Asked, total: Total, *kinds: str) -> dict[str, object]:
    """What the bar above a list shows (`bulk/bar.html`): verbs, the search that is kept, how many."""
    kept = [(key, asked[key]) for key in asked if key not in ("before", "after") and asked[key]]
    narrowed = any(key != "sort" for key, _value in kept)
    return {
        "verbs": [(kind, _verbs[kind].label) for kind in kinds],
        "kept": kept,
        "words": total_in_words(total, narrowed=narrowed),
        "all_words": all_in_words(total, narrowed=narrowed),
        "search": f"?{urlencode(kept)}" if kept else "",
    }


def total_in_words(total: Total, *, narrowed: bool) -> str:
    """12,431 in all; 37 match; more than 1,000 match."""
    n = localized(total.n)
    if total.at_least:
        return _("more than %s match") % n
    return _("%s match") % n if narrowed else _("%s in all") % n


def all_in_words(total: Total, *, narrowed: bool) -> str:
    n = localized(total.n)
    if total.at_least:
        return _("All that match, more than %s") % n
    return _("All %s that match") % n if narrowed else _("All %s") % n


def localized(n: int) -> str:
    return number_format(n, force_grouping=True)
