"""The lines of a plan or of a ledger as a page shows them: some of each section, found by words; or all as a
file."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from matricula.files.tables import table_response
from matricula.leaving.combining.sections import Section, Told
from matricula.web.values import text_in

MOST = 50
"""Of a section on one page. Addresses that may be chosen are always all there: they belong to the form."""
UNFOLDED = 12


@dataclass(frozen=True)
class Listed:
    """A section as it is shown. `told` are those on this page, of `count`; `following` leads to the next."""

    title: str
    note: str
    told: Sequence[Told]
    count: int
    is_open: bool
    number: int
    following: str = ""


def listing_of(request: HttpRequest, sections: Sequence[Section], page: str, **kept: str) -> dict[str, Any]:
    """What the template needs to show and search `sections` on the page at `page`, whose address says what is
    `kept` beside."""
    said = {name: value for name, value in kept.items() if value}
    words = text_in(request.GET, "q", longest=200).strip()
    listed = [
        listed_section(request, one, number, words, page, said) for number, one in enumerate(sections, 1)
    ]
    return {
        "sections": [one for one in listed if one.count],
        "words": words,
        "kept_beside": list(said.items()),
        "page": page,
        "all": f"{page}?{urlencode(said)}" if said else page,
        "file": f"{page}?{urlencode(said | {'as': 'csv'})}",
        "searches": sum(len(one.told) for one in sections) > UNFOLDED,
    }


def listed_section(
    request: HttpRequest, section: Section, number: int, words: str, page: str, said: dict[str, str]
) -> Listed:
    found = [one for one in section.told if says(one, words)]
    place = 0
    if text_in(request.GET, "section") == str(number):
        asked = text_in(request.GET, "from", "0")
        place = int(asked) if asked.isdecimal() and len(asked) < 7 else 0
    chosen = any(one.choice for one in found)
    shown = found if chosen else found[place : place + MOST]
    more = place + MOST < len(found) and not chosen
    asked_for = {"q": words} if words else {}
    following = urlencode({**said, **asked_for, "section": number, "from": place + MOST})
    return Listed(
        title=section.title,
        note=section.note,
        told=shown,
        count=len(found),
        is_open=bool(words) or place > 0 or len(found) <= UNFOLDED,
        number=number,
        following=f"{page}?{following}#section-{number}" if more else "",
    )


def says(told: Told, words: str) -> bool:
    text = f"{told.what} {told.becomes} {told.outcome}".casefold()
    return all(one in text for one in words.casefold().split())


def wants_file(request: HttpRequest) -> bool:
    return text_in(request.GET, "as") == "csv"


def lines_file(sections: Iterable[Section], name: str) -> HttpResponse:
    """All lines, whatever is searched for."""
    return table_response(rows_of(sections), name, "csv")


def rows_of(sections: Iterable[Section]) -> Iterator[list[Any]]:
    yield [_("Section"), _("What"), _("What becomes of it"), _("On undoing")]
    for section in sections:
        for one in section.told:
            yield [section.title, one.what, one.becomes, one.outcome]
