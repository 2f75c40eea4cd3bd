"""XLSX as a stream of records: one sheet of the workbook, never the whole in memory (ECMA-376, 18.2)."""

import posixpath
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from matricula.joining.importing.reading.archives import UNREADABLE, parts_of
from matricula.joining.importing.reading.markup import Attributes, Elements, local
from matricula.joining.importing.reading.records import Record
from matricula.joining.importing.reading.sheets import Sheet
from matricula.joining.importing.reading.strings import SharedStrings
from matricula.joining.importing.reading.values import Styles
from matricula.joining.importing.reading.wording import refusal


def read_spreadsheet(place: Path) -> Iterator[Record]:
    """The rows of the first sheet that is not hidden. Raises FileRefused."""
    try:
        with Workbook(place) as book:
            sheet = Sheet(book.strings(), book.styles(), book.from_1904)
            with book.open(book.first_sheet()) as part:
                for _ in sheet.blocks(part):
                    yield from sheet.records
                    sheet.records.clear()
    except UNREADABLE as error:
        raise refusal("unreadable") from error


class Workbook:
    """The archive, and which part of it is what."""

    def __init__(self, place: Path) -> None:
        self.parts = parts_of(place)
        self.archive = zipfile.ZipFile(place)
        self.related: dict[str, tuple[str, str]] = {}
        self.sheets: list[str] = []
        self.from_1904 = False

    def __enter__(self) -> "Workbook":
        for name, take in (("xl/_rels/workbook.xml.rels", self.relate), ("xl/workbook.xml", self.take)):
            with self.open(name) as part:
                Elements(take).read(part)
        return self

    def __exit__(self, *_: object) -> None:
        self.archive.close()

    def open(self, name: str) -> BinaryIO:
        if name not in self.parts:
            raise refusal("unreadable")
        return cast(BinaryIO, self.archive.open(self.parts[name]))

    def relate(self, name: str, attributes: Attributes) -> None:
        if name == "Relationship":
            part = posixpath.normpath(posixpath.join("/xl", attributes.get("Target", ""))).lstrip("/")
            self.related[attributes.get("Id", "")] = (posixpath.basename(attributes.get("Type", "")), part)

    def take(self, name: str, attributes: Attributes) -> None:
        if name == "workbookPr":
            self.from_1904 = attributes.get("date1904") in ("1", "true")
        elif name == "sheet" and attributes.get("state", "visible") == "visible":
            key = next((value for key, value in attributes.items() if local(key) == "id"), "")
            kind, part = self.related.get(key, ("", ""))
            if kind == "worksheet":
                self.sheets.append(part)

    def first_sheet(self) -> str:
        if not self.sheets:
            raise refusal("no_sheet")
        return self.sheets[0]

    def strings(self) -> SharedStrings:
        part = self.part_of_kind("sharedStrings")
        if not part:
            return SharedStrings()
        with self.open(part) as stream:
            return SharedStrings(stream)

    def styles(self) -> Styles:
        part = self.part_of_kind("styles")
        if not part:
            return Styles()
        with self.open(part) as stream:
            return Styles(stream)

    def part_of_kind(self, kind: str) -> str:
        parts = (part for found, part in self.related.values() if found == kind and part in self.parts)
        return next(parts, "")
