"""One sheet of a workbook: texts that cells share (ECMA-376, 18.4.9), dates and numbers, rows."""

import mmap
import re
import tempfile
from array import array
from datetime import datetime, timedelta
from typing import BinaryIO

from matricula.peoplefile.limits import MOST_COLUMNS, MOST_SHARED_STRINGS, Record, refusal
from matricula.peoplefile.xml_stream import Attributes, Elements, Markup

ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
"""A character XML cannot hold (ECMA-376, 22.9.2.19)."""


class SharedStrings:
    """`strings[number]`. Kept in a nameless file, so that millions of them are no load on the memory."""

    def __init__(self, part: BinaryIO | None = None) -> None:
        self.ends = array("I", [0])
        self.texts: mmap.mmap | bytes = b""
        if part:
            self.keep(part)

    def __getitem__(self, number: int) -> str:
        return self.texts[self.ends[number] : self.ends[number + 1]].decode()

    def keep(self, part: BinaryIO) -> None:
        items = Items()
        with tempfile.TemporaryFile() as file:
            for _ in items.blocks(part):
                self.add(items.texts)
                file.write(b"".join(items.texts))
                items.texts.clear()
            file.flush()
            if self.ends[-1]:
                self.texts = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def add(self, texts: list[bytes]) -> None:
        end = self.ends[-1]
        for text in texts:
            end += len(text)
            self.ends.append(end)
        if len(self.ends) > MOST_SHARED_STRINGS:
            raise refusal("zip_bomb")


class Items(Markup):
    """Each `si` becomes one of `texts`, without the phonetic guides (`rPh`) in it."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[bytes] = []
        self.guided = False

    def named(self) -> None:
        self.item, self.text, self.guide = (self.prefix + name for name in ("si", "t", "rPh"))

    def start(self, name: str, attributes: Attributes) -> None:
        if name == self.text:
            self.collecting = not self.guided
        elif name == self.guide:
            self.guided = True
        self.strange(name, attributes)

    def end(self, name: str) -> None:
        self.depth -= 1
        self.collecting = False
        if name == self.item:
            self.texts.append(unescaped(self.collected()).encode(errors="replace"))
        elif name == self.guide:
            self.guided = False


def unescaped(text: str) -> str:
    """With `_x0041_` as the character it stands for (ECMA-376, 22.9.2.19)."""
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]')
"""What a number format (ECMA-376, 18.8.31) shows as it is: without them an m or d in it tells a date. [h],
[m] and [s] are times."""
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
        number = whole_number(attributes.get("numFmtId", ""))
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


def whole_number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else -1


DIGITS = "0123456789"
BOOLEANS = {"0": "FALSE", "1": "TRUE"}
MOST_LETTERS = 3


class Sheet(Markup):
    """`records` are the rows that ended since it was emptied last. Cells beyond MOST_COLUMNS are not kept."""

    def __init__(self, strings: SharedStrings, styles: Styles, from_1904: bool) -> None:
        super().__init__()
        self.strings, self.dates, self.from_1904 = strings, styles.dates, from_1904
        self.records: list[Record] = []
        self.columns: dict[str, int] = {}
        self.cells: list[str] = []
        self.line = self.column = 0
        self.kind = self.style = self.fault = ""
        self.guided = self.valued = False

    def named(self) -> None:
        names = ("row", "c", "v", "t", "rPh")
        self.row, self.cell, self.value, self.text, self.guide = (self.prefix + name for name in names)

    def start(self, name: str, attributes: Attributes) -> None:
        if name == self.cell:
            self.depth += 1
            self.start_cell(attributes)
        elif name == self.value or name == self.text:
            self.depth += 1
            self.start_text(name == self.value)
            if attributes:
                self.names.update(attributes)
        else:
            self.strange(name, attributes)
            if name == self.row:
                self.line = max(self.line + 1, whole_number(attributes.get("r", "")))
                self.cells, self.fault, self.column = [], "", -1
            elif name == self.guide:
                self.guided = True

    def start_text(self, is_value: bool) -> None:
        """Some programs write a text twice, as `<v>` and as `<is>`: what `<is>` says counts."""
        if is_value:
            self.collecting = self.valued = not self.pieces
            return
        if self.valued:
            self.collected()
            self.valued = False
        self.collecting = not self.guided

    def start_cell(self, attributes: Attributes) -> None:
        self.kind, self.style = attributes.get("t", ""), attributes.get("s", "")
        self.valued = False
        reference = attributes.get("r", "")
        if len(attributes) > bool(reference) + bool(self.kind) + bool(self.style):
            self.names.update(attributes)
        letters = reference.rstrip(DIGITS)
        if letters:
            self.column = self.columns[letters] if letters in self.columns else self.column_of(letters)
        else:
            self.column += 1

    def column_of(self, letters: str) -> int:
        if not letters.isascii() or not letters.isalpha() or len(letters) > MOST_LETTERS:
            raise refusal("unreadable")
        number = 0
        for letter in letters.upper():
            number = number * 26 + ord(letter) - ord("A") + 1
        self.columns[letters] = number - 1
        return number - 1

    def end(self, name: str) -> None:
        self.depth -= 1
        self.collecting = False
        if name == self.cell:
            if self.pieces:
                self.keep(self.shown(self.collected()))
        elif name == self.row:
            self.records.append(Record(self.line, self.cells, self.fault))
        elif name == self.guide:
            self.guided = False

    def shown(self, value: str) -> str:
        """What people see in the cell; of an error nothing."""
        if self.kind == "s":
            return self.shared(value)
        if self.kind in ("", "n"):
            return date_text(value, self.from_1904) if self.style in self.dates else number_text(value)
        if self.kind == "e":
            return ""
        return BOOLEANS.get(value, value) if self.kind == "b" else unescaped(value)

    def shared(self, value: str) -> str:
        try:
            return self.strings[int(value)]
        except (ValueError, IndexError) as error:
            raise refusal("unreadable") from error

    def keep(self, text: str) -> None:
        missing = self.column - len(self.cells)
        if missing == 0:
            self.cells.append(text)
        elif self.column >= MOST_COLUMNS:
            self.fault = "too_many_columns"
        elif missing < 0:
            self.cells[self.column] = text
        else:
            self.cells += [""] * missing + [text]
