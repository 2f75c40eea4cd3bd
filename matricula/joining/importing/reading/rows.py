"""One line of a file as what it says about one person."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
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

BETWEEN = re.compile(r"[;|]")
NAMED_ADDRESS = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>\s*")
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
    return bool(record.fault) or not (
        not record.cells or "".join(record.cells).isspace() or not any(record.cells)
    )


def columns_of(head: list[Record]) -> Columns:
    if not head:
        raise refusal("empty")
    columns = arrange([record.cells[:MOST_COLUMNS] for record in head])
    if columns is None:
        raise refusal("no_address_column")
    header = head[columns.begin - 1] if columns.begin else head[0]
    if len(header.cells) > MOST_COLUMNS:
        raise refusal("too_many_columns", header.line)
    return columns


def read_row(record: Record, columns: Columns) -> Row:
    line, cells, fault = record
    joined = "".join(cells)
    if not fault:
        if len(cells) > MOST_COLUMNS:
            fault = "too_many_columns"
        elif len(joined) > LONGEST_CELL and max(map(len, cells)) > LONGEST_CELL:
            fault = "cell_too_long"
        elif REPLACED in joined:
            fault = "broken_characters"
    if fault or not joined.isprintable():
        fault = fault or address_fault(at(cells, columns.address))
        cells = [storable(cell) for cell in cells[:MOST_COLUMNS]]
    return person(line, cells, columns, fault)


def person(line: int, cells: list[str], columns: Columns, fault: str) -> Row:
    name, address = named_address(at(cells, columns.address))
    name = " ".join(filter(None, [at(cells, where) for where in columns.names])) or name
    spelled = ""
    if not fault:
        fault, spelled = check(address)
    return Row(
        line,
        address,
        name,
        several(at(cells, columns.groups)),
        several(at(cells, columns.courses)),
        note_of(cells, columns),
        fault,
        spelled,
    )


def at(cells: list[str], where: int) -> str:
    return cells[where].strip() if 0 <= where < len(cells) else ""


def named_address(cell: str) -> tuple[str, str]:
    """`Ada Lovelace <ada@example.com>` as name and address."""
    if cell.endswith(">"):
        parts = NAMED_ADDRESS.fullmatch(cell)
        if parts:
            return parts["name"].strip(" \"'"), parts["address"].strip()
    return "", cell.removeprefix("mailto:")


def several(cell: str) -> tuple[str, ...]:
    if not cell:
        return ()
    return tuple(filter(None, (part.strip() for part in BETWEEN.split(cell))))


def note_of(cells: list[str], columns: Columns) -> dict[str, str]:
    note = {header: text for where, header in columns.notes.items() if (text := at(cells, where))}
    known = 1 + max(columns.address, columns.groups, columns.courses, *columns.names, *columns.notes, -1)
    return note | {unnamed(where): text for where in range(known, len(cells)) if (text := at(cells, where))}


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


def address_fault(cell: str) -> str:
    return "" if cell.isprintable() else "control_characters"


def storable(cell: str) -> str:
    """Without control characters and lone surrogates, on one line, and not longer than LONGEST_CELL."""
    spaced = SPACES.sub(" ", cell[:LONGEST_CELL])
    return "".join(letter for letter in spaced if letter.isprintable() or is_joiner(letter))


def is_joiner(letter: str) -> bool:
    """Format characters that names in Persian or Hindi need (Unicode 15, 23.2)."""
    return letter in "\u200c\u200d"
