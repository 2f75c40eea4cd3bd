"""Numbers of cells as people see them: 123, not 123.0, and dates as ISO 8601 (ECMA-376, 18.17.4)."""

import re
from datetime import datetime, timedelta
from typing import BinaryIO

from matricula.joining.importing.reading.markup import Attributes, Elements

BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]')
LONGEST_FORMAT = 1_000
"""In characters, four times what Excel takes."""
EXACT = 1e15


def number_text(value: str) -> str:
    """`1.5E2` as `150`."""
    if value.isdecimal():
        return value
    try:
        number = float(value)
    except ValueError:
        return value
    if number.is_integer() and abs(number) < EXACT:
        return str(int(number))
    return repr(number)


def date_text(value: str, from_1904: bool) -> str:
    """The date, the time, or both, that a number of days stands for."""
    try:
        days = float(value)
        moment = begin_of_days(days, from_1904) + timedelta(seconds=round(days * 86_400))
    except (ValueError, OverflowError):
        return value
    if days < 1:
        return moment.time().isoformat()
    if days == int(days):
        return moment.date().isoformat()
    return moment.isoformat(" ")


def begin_of_days(days: float, from_1904: bool) -> datetime:
    """Workbooks that count from 1900 believe that year had a 29th of February."""
    if from_1904:
        return datetime(1904, 1, 1)
    return datetime(1899, 12, 31 if days < 60 else 30)


class Styles:
    """`dates`: the styles, as cells name them, that show a number as a date."""

    def __init__(self, part: BinaryIO | None = None) -> None:
        self.dates: set[str] = set()
        self.formats = set(BUILT_IN_DATES)
        self.of_cells = False
        self.count = 0
        if part:
            Elements(self.take).read(part)

    def take(self, name: str, attributes: Attributes) -> None:
        number = whole(attributes.get("numFmtId", ""))
        if name == "numFmt" and shows_date(attributes.get("formatCode", "")):
            self.formats.add(number)
        elif name == "xf" and self.of_cells:
            if number in self.formats:
                self.dates.add(str(self.count))
            self.count += 1
        elif name in ("cellXfs", "cellStyles", "cellStyleXfs"):
            self.of_cells = name == "cellXfs"


def shows_date(code: str) -> bool:
    return len(code) <= LONGEST_FORMAT and bool(re.search("[ymdhs]", LITERALS.sub("", code.lower())))


def whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else -1
