"""Rows of a long table, drawn once for each shape and then filled, as letters are.

Measured with 50 rows: a page of invitations takes 23 ms of processor time, and 38 with each row drawn by
itself; people 21 and 30. Days by the filter `date` instead of `Calendar` would add 5.5 and 2.2 ms.

A row's `shape` decides what its template draws (a state, whether there is a button); its `values` are words
that differ from row to row. See `{% repeat %}` in `templatetags/web.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from html import escape
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language

MARK = "~~"


@dataclass(frozen=True)
class Row:
    """`shape`: pairs of a name and what it is."""

    shape: tuple[tuple[str, Any], ...]
    values: Mapping[str, str]

    @property
    def placeholders(self) -> dict[str, object]:
        """What the template is drawn with: the shape itself, and a mark for each value."""
        return {**{name: f"{MARK}{name}{MARK}" for name in self.values}, **dict(self.shape)}


def row(shape: Mapping[str, Any], **values: str) -> Row:
    return Row(tuple(shape.items()), values)


def fill(drawn: list[str], values: Mapping[str, str]) -> list[str]:
    """`drawn`: text and names of values, in turn. Values are escaped, unless they are markup themselves."""
    pieces = drawn.copy()
    for place in range(1, len(pieces), 2):
        value = values[pieces[place]]
        pieces[place] = value if isinstance(value, SafeString) else escape(value)
    return pieces


class Calendar:
    """Days and times as the active language writes them, in the active time zone. A list has one for all its
    rows: asking for the language takes longer than writing a day.
    """

    def __init__(self) -> None:
        self.language = get_language()
        self.zone = timezone.get_current_timezone()

    def day(self, moment: date | None) -> str:
        """4 Mar 2026; a dash for none."""
        if moment is None:
            return "–"
        there = moment.astimezone(self.zone).date() if isinstance(moment, datetime) else moment
        return day_in(there, self.language)

    def day_and_time(self, moment: datetime | None) -> str:
        """4 Mar 2026, 09:30 CET."""
        return f"{self.day(moment)}, {self.clock(moment)}" if moment else ""

    def clock(self, moment: datetime | None) -> str:
        """09:30 CET."""
        if moment is None:
            return ""
        there = moment.astimezone(self.zone)
        return f"{there.hour:02}:{there.minute:02} {there.tzname()}"


@lru_cache(maxsize=2048)
def day_in(moment: date, language: str | None) -> str:
    return date_format(moment, "SHORT_DATE_FORMAT")
