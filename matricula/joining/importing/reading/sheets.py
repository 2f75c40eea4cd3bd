"""The cells of a sheet, row by row (ECMA-376, 18.3.1)."""

from matricula.joining.importing.reading.limits import MOST_COLUMNS
from matricula.joining.importing.reading.markup import Attributes, Markup
from matricula.joining.importing.reading.records import Record
from matricula.joining.importing.reading.strings import SharedStrings, unescaped
from matricula.joining.importing.reading.values import Styles, date_text, number_text, whole
from matricula.joining.importing.reading.wording import refusal

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
        self.guided = False

    def named(self) -> None:
        names = ("row", "c", "v", "t", "rPh")
        self.row, self.cell, self.value, self.text, self.guide = (self.prefix + name for name in names)

    def start(self, name: str, attributes: Attributes) -> None:
        if name == self.cell:
            self.depth += 1
            self.start_cell(attributes)
        elif name == self.value or name == self.text:
            self.depth += 1
            self.collecting = not self.guided
            if attributes:
                self.names.update(attributes)
        else:
            self.strange(name, attributes)
            if name == self.row:
                self.line = max(self.line + 1, whole(attributes.get("r", "")))
                self.cells, self.fault, self.column = [], "", -1
            elif name == self.guide:
                self.guided = True

    def start_cell(self, attributes: Attributes) -> None:
        self.kind, self.style = attributes.get("t", ""), attributes.get("s", "")
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
