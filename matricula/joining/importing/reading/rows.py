"""One line of a file as what it says about one person."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path

from matricula.accounts.addresses import AddressRefused, canonical
from matricula.joining.importing.reading.delimited import read_delimited
from matricula.joining.importing.reading.encodings import REPLACED
from matricula.joining.importing.reading.headers import Columns, arrange, unnamed
from matricula.joining.importing.reading.kinds import Kind, look_into
from matricula.joining.importing.reading.limits import HEAD, LONGEST_CELL, MOST_COLUMNS, MOST_ROWS
from matricula.joining.importing.reading.records import Record
from matricula.joining.importing.reading.spreadsheets import read_spreadsheet
from matricula.joining.importing.reading.wording import refusal
from matricula.joining.pasting import named_address

SPACES = re.compile(r"\s+")
FAULT_OF = {"non-ascii": "non_ascii_address", "domain": "bad_domain"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file; nothing is decided yet about programs or people.

    `line` counts from 1: of a CSV file the line on which the record begins, of a spreadsheet the row of its
    sheet. `fault` is a key of FAULTS, or empty; then `canonical` is set. All texts are fit to be stored: no
    control characters, at most LONGEST_CELL characters.
    """

    line: int
    address: str
    name: str
    groups: tuple[str, ...]
    courses: tuple[str, ...]
    note: dict[str, str]
    fault: str = ""
    canonical: str = ""


def read_rows(place: Path, start_line: int = 1) -> Iterator[Row]:
    """Every line of the file that is not blank, from `start_line` on, in bounded memory.

    To go on where a job was stopped, pass the line after the last one kept: what lies before is split into
    cells again, but not looked at. Raises FileRefused, also half-way: then keep nothing of the file.
    """
    records = filter(filled, read_records(place))
    head = list(islice(records, HEAD))
    columns = columns_of(head)
    number = 0
    for number, record in enumerate(chain(head[columns.begin :], records), 1):
        if number > MOST_ROWS:
            raise refusal("too_many_rows", record.line)
        if record.line >= start_line:
            yield read_row(record, columns)
    if not number:
        raise refusal("empty")


def read_records(place: Path) -> Iterator[Record]:
    kind, encoding = look_into(place)
    return read_spreadsheet(place) if kind is Kind.XLSX else read_delimited(place, encoding)


def filled(record: Record) -> bool:
    """Whether anything is in the record."""
    text = "".join(record.cells)
    return bool(record.fault) or not (not text or text.isspace())


def columns_of(head: list[Record]) -> Columns:
    if not head:
        raise refusal("empty")
    columns = arrange([record.cells[:MOST_COLUMNS] for record in head])
    if columns is None:
        raise refusal("no_address_column")
    header = head[columns.begin - 1]
    if columns.begin and (header.fault == "too_many_columns" or len(header.cells) > MOST_COLUMNS):
        raise refusal("too_many_columns", header.line)
    return columns


def read_row(record: Record, columns: Columns) -> Row:
    line, cells, fault = record
    joined = "".join(cells)
    if not fault:
        fault = fault_of(cells, joined)
    if fault or not joined.isprintable():
        fault = fault or address_fault(cells, columns.address)
        cells = [storable(cell) for cell in cells[:MOST_COLUMNS]]
    return person(line, cells, columns, fault)


def fault_of(cells: list[str], joined: str) -> str:
    """What is wrong with a line whoever it is about."""
    if len(cells) > MOST_COLUMNS:
        return "too_many_columns"
    if len(joined) > LONGEST_CELL and max(map(len, cells)) > LONGEST_CELL:
        return "cell_too_long"
    return "broken_characters" if REPLACED in joined else ""


def person(line: int, cells: list[str], columns: Columns, fault: str) -> Row:
    further = cells[columns.width :]
    # An empty cell stands last, for columns that are nowhere: -1.
    cells = [cell.strip() for cell in cells[: columns.width]]
    cells += [""] * (columns.width + 1 - len(cells))
    name, address = named_address(cells[columns.address])
    spelled = ""
    if not fault:
        fault, spelled = check(address)
    return Row(
        line,
        address,
        " ".join([cells[where] for where in columns.names if cells[where]]) or name,
        several(cells[columns.groups]),
        several(cells[columns.courses]),
        note_of(cells, columns, further),
        fault,
        spelled,
    )


@lru_cache(maxsize=1024)
def several(cell: str) -> tuple[str, ...]:
    if not cell:
        return ()
    if ";" in cell or "|" in cell:
        return tuple(filter(None, map(str.strip, cell.replace("|", ";").split(";"))))
    return (cell,)


def note_of(cells: list[str], columns: Columns, further: list[str]) -> dict[str, str]:
    note = {header: cells[where] for where, header in columns.notes.items() if cells[where]}
    for where, cell in enumerate(further, columns.width):
        if not cell.isspace() and cell:
            note[unnamed(where)] = cell.strip()
    return note


def check(address: str) -> tuple[str, str]:
    """The fault of an address, or its canonical form."""
    if not address:
        return "no_address", ""
    try:
        return "", canonical(address)
    except AddressRefused as error:
        if address.count("@") > 1:
            return "several_addresses", ""
        return FAULT_OF.get(error.code or "", "bad_address"), ""


def address_fault(cells: list[str], where: int) -> str:
    return "" if where >= len(cells) or cells[where].strip().isprintable() else "control_characters"


def storable(cell: str) -> str:
    """Without control characters and lone surrogates, on one line, and not longer than LONGEST_CELL."""
    spaced = SPACES.sub(" ", cell[:LONGEST_CELL])
    return "".join(letter for letter in spaced if letter.isprintable() or is_joiner(letter))


def is_joiner(letter: str) -> bool:
    """Format characters that names in Persian or Hindi need (Unicode 15, 23.2)."""
    return letter in "\u200c\u200d"
