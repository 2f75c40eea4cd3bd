"""One line of a file as what it says about one person."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Self

from matricula.files.tables import unescape_formula
from matricula.mail.addresses import AddressRefused, canonical
from matricula.mail.names_and_addresses import JOINERS, LONGEST_NAME, clean_address, clean_name
from matricula.peoplefile.arrangement import looks_generated, looks_like_address
from matricula.peoplefile.columns import Role
from matricula.peoplefile.encodings import REPLACED
from matricula.peoplefile.layout import NAMES, Layout, note_headings, unnamed
from matricula.peoplefile.limits import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, Record, refusal
from matricula.peoplefile.pasted_text import named_address
from matricula.peoplefile.records import look, read_records

SPACES = re.compile(r"\s+")
NOTHING = re.compile(
    r"#(?:N/?A|N/?D|NV|[¡\w/]+[!?])|nan|NaN|NAN|null|NULL|None|NONE|N/A|n/a|undefined|[(<\[]null[)>\]]|\\N|TRUE|FALSE|-+|–|—"
)
"""What programs write where there is nothing. `Nan` and `Null` are names of people."""
BEGINS_NOTHING = frozenset("#nNu(<[\\TF-–—")
EAST_ASIAN = "\u3040"
UNSPOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]+")
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


def read_rows(place: Path, start_line: int = 1, layout: Layout | None = None) -> Iterator[Row]:
    """Every line of the file that is not blank, from `start_line` on, in bounded memory.

    To go on where a job was stopped, pass the line after the last one kept, and the same layout: what lies
    before is split into cells again, but not looked at. Raises FileRefused, also half-way: then keep nothing
    of the file.
    """
    layout = layout or look(place)
    columns = Columns.of(layout)
    records = filter(Record.is_filled, read_records(place, layout))
    number = 0
    for number, record in enumerate(islice(records, layout.begin, None), 1):
        if number > MOST_ROWS:
            raise refusal("too_many_rows", record.line)
        if record.line >= start_line:
            yield read_row(record, columns)
    if not number:
        raise refusal("empty")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where in a record to look; -1 is nowhere. `notes` keep their headings."""

    address: int
    full: int
    first: int
    last: int
    groups: tuple[int, ...]
    courses: tuple[int, ...]
    notes: dict[int, str]
    width: int
    secrets: bool
    """What is out of place in a line might be a password."""
    delimited: bool
    """In a text, a cell that is missing moves those after it."""

    @classmethod
    def of(cls, layout: Layout) -> Self:
        full, first, last = (next(iter(layout.where(role)), -1) for role in NAMES)
        groups, courses = layout.where(Role.GROUPS), layout.where(Role.COURSES)
        notes, width = note_headings(layout), len(layout.columns)
        secrets = bool(layout.where(Role.SECRET))
        delimited = bool(layout.delimiter)
        return cls(layout.address, full, first, last, groups, courses, notes, width, secrets, delimited)


def read_row(record: Record, columns: Columns) -> Row:
    line, cells, fault = record
    joined = "".join(cells)
    if "'" in joined:
        cells = [unescape_formula(cell) for cell in cells]
    if not fault:
        fault = fault_of(cells, joined)
    if fault or not joined.isprintable():
        fault = fault or address_fault(cells, columns.address)
        cells = [storable(cell) for cell in cells[:MOST_COLUMNS]]
    return person_in(Record(line, cells, record.fault), columns, fault)


def fault_of(cells: list[str], joined: str) -> str:
    """What is wrong with a line whoever it is about."""
    if len(cells) > MOST_COLUMNS:
        return "too_many_columns"
    if len(joined) > LONGEST_CELL and max(map(len, cells)) > LONGEST_CELL:
        return "cell_too_long"
    return "broken_characters" if REPLACED in joined else ""


def person_in(record: Record, columns: Columns, fault: str) -> Row:
    line, cells, _ = record
    further = cells[columns.width :]
    slipped = bool(record.fault) or (columns.delimited and len(cells) != columns.width)
    # An empty cell stands last, for columns that are nowhere: -1.
    cells = [cell.strip() for cell in cells[: columns.width]]
    cells += [""] * (columns.width + 1 - len(cells))
    written = cells[columns.address]
    beside, address = named_address(written)
    name, spelled = clean_name(name_of(cells, columns) or beside), ""
    if not fault:
        fault, spelled = check_row(address, name)
    if fault == "no_address" and written:
        fault = "bad_address"
    if fault:
        address = written
    if columns.secrets and (any(further) or (fault and (slipped or looks_generated(written)))):
        return Row(line, address if "@" in address else "", "", (), (), {}, fault, spelled)
    return Row(
        line,
        address,
        name,
        split_several(cells, columns.groups),
        split_several(cells, columns.courses),
        note_of(cells, columns, further),
        fault,
        spelled,
    )


def name_of(cells: list[str], columns: Columns) -> str:
    """As the column of whole names has it, or put together; error cells and the like are nobody's name."""
    full = with_name(cells[columns.full])
    if full and "," not in full:
        return full
    first, last = with_name(cells[columns.first]), with_name(cells[columns.last])
    return full if full and not (first and last) else joined_name(first, last)


def joined_name(first: str, last: str) -> str:
    """Chinese, Japanese and Korean names begin with the family's, and need no space."""
    if not (first and last):
        return first or last
    if first[0] >= EAST_ASIAN and UNSPOKEN.fullmatch(first + last):
        return last + first
    return f"{first} {last}"


def with_name(cell: str) -> str:
    if not cell or is_nothing(cell) or ("@" in cell and looks_like_address(cell)):
        return ""
    return cell


def is_nothing(cell: str) -> bool:
    return cell[0] in BEGINS_NOTHING and bool(NOTHING.fullmatch(cell))


def split_several(cells: list[str], where: tuple[int, ...]) -> tuple[str, ...]:
    if not where:
        return ()
    if len(where) == 1:
        return parts_of_cell(cells[where[0]])
    return tuple(dict.fromkeys(part for at in where for part in parts_of_cell(cells[at])))


@lru_cache(maxsize=1024)
def parts_of_cell(cell: str) -> tuple[str, ...]:
    if not cell or is_nothing(cell):
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


def check_row(address: str, name: str) -> tuple[str, str]:
    """The fault of an address or name, or the address's canonical form."""
    if not address:
        return "no_address", ""
    try:
        spelled = canonical(address)
    except AddressRefused as error:
        if address.count("@") > 1:
            return "several_addresses", ""
        return FAULT_OF.get(error.code or "", "bad_address"), ""
    return ("name_too_long", "") if len(name) > LONGEST_NAME else ("", spelled)


def address_fault(cells: list[str], where: int) -> str:
    return "" if where >= len(cells) or clean_address(cells[where]).isprintable() else "control_characters"


def storable(cell: str) -> str:
    """Without control characters and lone surrogates, on one line, and not longer than LONGEST_CELL."""
    spaced = SPACES.sub(" ", cell[:LONGEST_CELL])
    return "".join(letter for letter in spaced if letter.isprintable() or letter in JOINERS)
