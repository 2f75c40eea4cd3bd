"""XLSX as the zip it is: what could fill memory or disk is refused before a part is opened."""

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

from matricula.files.zip_directory import directory_size
from matricula.peoplefile.limits import (
    HIGHEST_RATIO,
    MIB,
    MOST_PARTS,
    MOST_UNPACKED,
    UNREADABLE,
    Record,
    refusal,
)
from matricula.peoplefile.worksheets import SharedStrings, Sheet, Styles
from matricula.peoplefile.xml_stream import Attributes, Elements, local

ENCRYPTED = 0x1
ROOT, WORKBOOK = "_rels/.rels", "xl/workbook.xml"
SHEET = re.compile(r"(?:.*/)?worksheets/[^/]*\.xml")
MOST_SHEETS = 10
"""That are looked at to find the one with the people."""


def parts_of(place: Path) -> dict[str, zipfile.ZipInfo]:
    """The parts by their names as OPC compares them (ECMA-376-2, 6.2.2.3). Raises FileRefused."""
    try:
        entries, size = directory_size(place)
        if entries > MOST_PARTS or size > MIB:
            raise refusal("zip_bomb")
        with zipfile.ZipFile(place) as archive:
            parts = archive.infolist()
    except UNREADABLE as error:
        raise refusal("unreadable") from error
    refuse_bombs(parts)
    return {part_name(part.filename): part for part in parts}


def part_name(written: str) -> str:
    """Case says nothing, and some programs write backslashes."""
    return posixpath.normpath(written.replace("\\", "/").casefold()).lstrip("/")


def is_workbook(parts: dict[str, zipfile.ZipInfo]) -> bool:
    """Where the main part is, its relations say; a package with sheets in it has one."""
    return any(name == WORKBOOK or SHEET.fullmatch(name) for name in parts)


def refuse_bombs(parts: list[zipfile.ZipInfo]) -> None:
    if any(part.flag_bits & ENCRYPTED for part in parts):
        raise refusal("encrypted")
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise refusal("zip_bomb")
    if any(part.file_size > max(MIB, HIGHEST_RATIO * part.compress_size) for part in parts):
        raise refusal("zip_bomb")


def read_spreadsheet(place: Path, sheet: int = 0) -> Iterator[Record]:
    """The rows of one of the sheets that are not hidden. Raises FileRefused."""
    with Workbook(place) as book:
        yield from book.rows(book.part_of_sheet(sheet), book.strings())


def read_heads(place: Path, most: int) -> Iterator[tuple[str, list[Record]]]:
    """The name and the first rows of each sheet that is not hidden. Raises FileRefused."""
    with Workbook(place) as book:
        strings = book.strings()
        book.part_of_sheet(0)
        for name, part in book.sheets[:MOST_SHEETS]:
            yield name, list(islice(filter(Record.is_filled, book.rows(part, strings)), most))


class Workbook:
    """The archive, and which part of it is what."""

    def __init__(self, place: Path) -> None:
        self.parts = parts_of(place)
        self.archive = zipfile.ZipFile(place)
        self.related: dict[str, tuple[str, str]] = {}
        self.folder = ""
        self.sheets: list[tuple[str, str]] = []
        self.from_1904 = False

    def __enter__(self) -> "Workbook":
        main = self.main_part()
        self.related = {}
        self.folder, name = posixpath.split(main)
        self.read(posixpath.join(self.folder, "_rels", f"{name}.rels"), self.relate)
        self.read(main, self.take)
        return self

    def main_part(self) -> str:
        """As the relations of the package name it (ECMA-376-1, 11.3)."""
        if ROOT in self.parts:
            self.read(ROOT, self.relate)
        return self.part_of_kind("officeDocument") or WORKBOOK

    def read(self, name: str, take: Callable[[str, Attributes], None]) -> None:
        with self.open(name) as part:
            Elements(take).read(part)

    def rows(self, part: str, strings: SharedStrings) -> Iterator[Record]:
        try:
            sheet = Sheet(strings, self.styles(), self.from_1904)
            with self.open(part) as stream:
                for _ in sheet.blocks(stream):
                    yield from sheet.records
                    sheet.records.clear()
        except UNREADABLE as error:
            raise refusal("unreadable") from error

    def __exit__(self, *_: object) -> None:
        self.archive.close()

    def open(self, name: str) -> BinaryIO:
        if name not in self.parts:
            raise refusal("unreadable")
        return cast(BinaryIO, self.archive.open(self.parts[name]))

    def relate(self, name: str, attributes: Attributes) -> None:
        if name == "Relationship":
            target = attributes.get("Target", "").replace("\\", "/")
            part = part_name(posixpath.join("/", self.folder, target))
            self.related[attributes.get("Id", "")] = (posixpath.basename(attributes.get("Type", "")), part)

    def take(self, name: str, attributes: Attributes) -> None:
        if name == "workbookPr":
            self.from_1904 = attributes.get("date1904") in ("1", "true")
        elif name == "sheet" and attributes.get("state", "visible") == "visible":
            key = next((value for key, value in attributes.items() if local(key) == "id"), "")
            kind, part = self.related.get(key, ("", ""))
            if kind == "worksheet":
                self.sheets.append((attributes.get("name", ""), part))

    def part_of_sheet(self, number: int) -> str:
        if not 0 <= number < len(self.sheets):
            raise refusal("no_sheet")
        return self.sheets[number][1]

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
