"""The zip: `data.json` and its schema, the main lists as CSV, certificates as PDF, a README in their words.

It is written as it is read.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.conf import settings
from django.utils import timezone

from matricula.files.atomic_writes import write_atomically
from matricula.files.tables import csv_lines
from matricula.leaving.data.contents import all_sections
from matricula.leaving.data.readme import readme_of
from matricula.leaving.data.schema import FORMAT, data_schema
from matricula.leaving.data.sections import Row, Section, json_value
from matricula.leaving.models import DataExport

WHOLE = "whole.zip"


def write_archive(export: DataExport, parts: Path) -> None:
    """Into the folder of its parts, so that what a killed worker left goes with them."""
    with write_atomically(parts / WHOLE) as file, ZipFile(file, "w", ZIP_DEFLATED) as archive:
        put(archive, "README.txt", [readme_of(export).encode()])
        put(archive, "data.json", json_pieces(export, parts))
        schema = json.dumps(data_schema(), indent=2, ensure_ascii=False)
        put(archive, "data.schema.json", [schema.encode()])
        for section in all_sections():
            if section.is_table:
                put(archive, f"tables/{section.name}.csv", csv_lines(table(section, parts)))
        for page in sorted(parts.glob("*/*.pdf")):
            # It is compressed in itself.
            archive.write(page, f"{page.parent.name}/{page.name}", compress_type=ZIP_STORED)


def put(archive: ZipFile, name: str, pieces: Iterable[bytes]) -> None:
    told = ZipInfo(name, timezone.now().timetuple()[:6])
    told.compress_type, told.external_attr = ZIP_DEFLATED, 0o600 << 16
    with archive.open(told, "w", force_zip64=True) as file:
        for piece in pieces:
            file.write(piece)


def json_pieces(export: DataExport, parts: Path) -> Iterator[bytes]:
    """The document of the schema, a row a line."""
    heading = {
        "format": FORMAT,
        "site": settings.BASE_URL,
        "account": export.account.public_id,
        "asked_at": json_value(export.asked_at),
        "read_at": export.read_at,
    }
    yield json.dumps(heading, ensure_ascii=False).encode()[:-1]
    for section in all_sections():
        yield f',\n"{section.name}": ['.encode()
        before = b"\n"
        for line in told_lines(section, parts):
            yield before + line.rstrip(b"\n")
            before = b",\n"
        yield b"]"
    yield b"}\n"


def table(section: Section, parts: Path) -> Iterator[list[Any]]:
    """What fits into cells."""
    names = [name for name, (_path, kind) in section.columns.items() if fits_into_a_cell(kind)]
    yield names
    for line in told_lines(section, parts):
        yield cells(json.loads(line), names)


def fits_into_a_cell(kind: dict[str, Any]) -> bool:
    return bool(kind.get("items", kind).get("type") != "object")


def cells(row: Row, names: Iterable[str]) -> list[Any]:
    values = [row[name] for name in names]
    return ["; ".join(one) if isinstance(one, list) else "" if one is None else one for one in values]


def told_lines(section: Section, parts: Path) -> Iterator[bytes]:
    for part in sorted(parts.glob(f"{section.name}.*.jsonl")):
        file: IO[bytes]
        with part.open("rb") as file:
            yield from file
