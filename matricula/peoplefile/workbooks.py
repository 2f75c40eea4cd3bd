"""XLSX as the zip it is: what could fill memory or disk is refused before a part is opened."""

import posixpath
import zipfile
from collections.abc import Iterator
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


def parts_of(place: Path) -> dict[str, zipfile.ZipInfo]:
    """The parts by their names. Raises FileRefused."""
    try:
        entries, size = directory_size(place)
        if entries > MOST_PARTS or size > MIB:
            raise refusal("zip_bomb")
        with zipfile.ZipFile(place) as archive:
            parts = archive.infolist()
    except UNREADABLE as error:
        raise refusal("unreadable") from error
    refuse_bombs(parts)
    return {part.filename: part for part in parts}


def refuse_bombs(parts: list[zipfile.ZipInfo]) -> None:
    if any(part.flag_bits & ENCRYPTED for part in parts):
        raise refusal("encrypted")
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise refusal("zip_bomb")
    if any(part.file_size > max(MIB, HIGHEST_RATIO * part.compress_size) for part in parts):
        raise refusal("zip_bomb")


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
