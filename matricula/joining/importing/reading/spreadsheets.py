"""XLSX."""

from collections.abc import Iterator
from pathlib import Path

from matricula.joining.importing.reading.records import Record
from matricula.joining.importing.reading.wording import refusal


def read_spreadsheet(place: Path) -> Iterator[Record]:
    raise refusal("unreadable")
    yield
