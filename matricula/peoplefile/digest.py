"""A file of people, read whole in a process with limits: how it is laid out, and a line of JSON a person.

What follows reads those lines, and nothing of what an outsider wrote otherwise.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from pydantic import TypeAdapter

from matricula.files.atomic_writes import write_atomically
from matricula.files.sandbox import GIB, Limits, OverLimit, ReaderBroke, run_sandboxed
from matricula.peoplefile.columns import Role
from matricula.peoplefile.errors import FileRefused
from matricula.peoplefile.kept_records import (
    copy_of,
    errors_of,
    is_kept_copy,
    json_line,
    keep_without_secrets,
)
from matricula.peoplefile.layout import Choices, Layout
from matricula.peoplefile.limits import refusal
from matricula.peoplefile.people import Row, read_rows
from matricula.peoplefile.records import look, read_records

WITHIN = Limits(seconds=100, memory=2 * GIB, answer=2 * GIB, patience=105)
"""A million lines of a workbook take a third of it. `answer` bounds the files it writes, too; patience ends
before the lease of the job does."""
FIELDS = ("line", "address", "name", "groups", "courses", "note", "fault", "canonical")
"""Of a Row, in their order."""
ROW = TypeAdapter(tuple[int, str, str, tuple[str, ...], tuple[str, ...], dict[str, str], str, str])


@dataclass(frozen=True)
class Digest:
    """The layout, or why the file is refused."""

    layout: Layout | None
    code: str = ""
    line: int = 0


def digest_apart(upload: Path, choices: Choices, lines: Path) -> Layout:
    """How the file is read; its people are in `lines` unless somebody has to say first which column is what.
    A file with secrets is replaced by a copy without them.

    Raises FileRefused, ReaderKilled.
    """
    non_ascii = settings.NON_ASCII_LOCAL_PARTS
    try:
        found = run_sandboxed(
            digest_file, upload.absolute(), choices, lines.absolute(), non_ascii, within=WITHIN
        )
    except OverLimit as fault:
        raise refusal("takes_too_long") from fault
    except ReaderBroke as fault:
        raise refusal("unreadable") from fault
    if found.layout is None:
        raise refusal(found.code, found.line)
    return found.layout


def digest_file(upload: Path, choices: Choices, lines: Path, non_ascii: bool) -> Digest:
    """In the process itself, which knows no settings but the one that says what an address is."""
    if not settings.configured:
        settings.configure(NON_ASCII_LOCAL_PARTS=non_ascii, USE_I18N=False)
    try:
        return Digest(write_digest(upload, choices, lines))
    except FileRefused as refused:
        return Digest(None, refused.code, refused.line)


def write_digest(upload: Path, choices: Choices, lines: Path) -> Layout:
    place = copy_of(upload) if copy_of(upload).exists() else upload
    layout = look(place, choices)
    if layout.where(Role.SECRET) and not is_kept_copy(place):
        records = read_records(place, layout, errors_of(layout.encoding))
        place = keep_without_secrets(upload, layout, records)
        layout = look(place, choices)
    if not layout.undecided:
        write_lines(lines, read_rows(place, 1, layout))
    return layout


def write_lines(lines: Path, rows: Iterator[Row]) -> None:
    with write_atomically(lines) as digest:
        for row in rows:
            digest.write(json_line(tuple(getattr(row, name) for name in FIELDS)))


def read_digest(lines: Path, start_line: int) -> Iterator[Row]:
    """From `start_line` on, in bounded memory. Raises FileNotFoundError, FileRefused."""
    with lines.open("rb") as stream:
        for line in stream:
            if int(line[1 : line.index(b",")]) >= start_line:
                yield read_line(line)


def read_line(line: bytes) -> Row:
    """Held against its types, for whatever read the file may have been made to lie."""
    try:
        return Row(*ROW.validate_json(line))
    except ValueError as fault:
        raise refusal("unreadable") from fault
