"""CSV in bounded memory: a broken quote or a giant cell costs its line, not the ones after it."""

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TextIO

from matricula.peoplefile.arrangement import arrange_columns, looks_like_address
from matricula.peoplefile.encodings import Encoding
from matricula.peoplefile.layout import Layout, Quoting, Records
from matricula.peoplefile.limits import HEAD, LONGEST_RECORD, MOST_READ_AGAIN, Record, refusal

DELIMITERS = ",;\t|"
NAMED = re.compile(r"\ufeff?sep=(.)\n", re.IGNORECASE)
"""Excel's own first line, which names the delimiter."""
SAMPLE = 64 * 1024
MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


class RecordTooLong(Exception):
    """More than LONGEST_RECORD characters, or one line of that length."""


def read_delimited(place: Path, layout: Layout, errors: str = "replace") -> Iterator[Record]:
    """The records of a CSV file; lines are counted as an editor counts them. Raises FileRefused."""
    codec = Encoding(layout.encoding).codec
    with place.open(encoding=codec, errors=errors) as stream:
        lines = Lines(stream)
        if NAMED.match(sample_of(place, codec)):
            next(lines.each())
        found = records(lines, Format(layout.delimiter, layout.quoting))
        yield from map(partial(unwrapped, layout.delimiter), found) if layout.wrapped else found


def sample_of(place: Path, codec: str) -> str:
    with place.open(encoding=codec, errors="replace") as stream:
        return stream.read(SAMPLE)


def unwrapped(delimiter: str, record: Record) -> Record:
    return record._replace(cells=split_again(record.cells, delimiter))


def split_again(cells: list[str], delimiter: str) -> list[str]:
    """The cells of a line that is quoted as a whole."""
    try:
        return next(Format(delimiter).cells(cells[:1]), cells)
    except csv.Error:
        return cells


class Format(NamedTuple):
    """What csv.reader is told."""

    delimiter: str
    quoting: Quoting = Quoting.USUAL

    def cells(self, lines: Iterable[str], *, strict: bool = False) -> Iterator[list[str]]:
        return csv.reader(
            lines, delimiter=self.delimiter, strict=strict, skipinitialspace=True, **self.quoting.options
        )


def records(lines: "Lines", form: Format) -> Iterator[Record]:
    reader = form.cells(lines.each(), strict=True)
    while True:
        begin = lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, RecordTooLong) as error:
            yield one_line(lines, form, begin, error)
            reader = form.cells(lines.each(), strict=True)
        else:
            yield Record(begin, cells)


def one_line(lines: "Lines", form: Format, begin: int, error: Exception) -> Record:
    """The line a record began on, read for itself; the lines after it are read again."""
    first = lines.give_back_all_but_first()
    if len(first) >= LONGEST_RECORD:
        lines.skip_rest(first)
        return Record(begin, [], "cell_too_long")
    further = iter([first, ""])
    try:
        cells = next(form.cells(further))
    except csv.Error:
        return Record(begin, [], "cell_too_long")
    closed = next(further, None) is not None
    return Record(begin, cells, "" if closed else "broken_quotes")


class Lines:
    """Physical lines, of which those of the record in hand are kept to go back to."""

    def __init__(self, stream: TextIO) -> None:
        self.source = iter(partial(stream.readline, LONGEST_RECORD), "")
        self.again: deque[str] = deque()
        self.taken: list[str] = []
        self.size = 0
        self.number = 0
        self.allowance = MOST_READ_AGAIN

    def begin(self) -> int:
        """Lets the last record go; the line on which the next one begins."""
        self.taken.clear()
        self.size = 0
        return self.number + 1

    def each(self) -> Iterator[str]:
        taken = self.taken
        while True:
            line = self.again.popleft() if self.again else next(self.source, "")
            if not line:
                return
            if self.number == 0:
                line = line.removeprefix(MARK)
            taken.append(line)
            self.number += 1
            self.size += len(line)
            if self.size >= LONGEST_RECORD:
                raise RecordTooLong
            yield line

    def give_back_all_but_first(self) -> str:
        """Raises FileRefused when this has happened too often to go on."""
        first, *rest = self.taken
        self.allowance -= sum(map(len, rest))
        if self.allowance < 0:
            raise refusal("broken_quotes", self.number - len(rest))
        self.again.extendleft(reversed(rest))
        self.number -= len(rest)
        return first

    def skip_rest(self, line: str) -> None:
        """To the end of a line that was cut."""
        while line and not line.endswith("\n"):
            line = self.again.popleft() if self.again else next(self.source, "")


def recognise_delimiter(sample: str, among: str = DELIMITERS) -> tuple[str, bool]:
    """By Excel's `sep=` line, or the one that shows the most headers and addresses in their column.

    The second says whether every line is quoted as a whole.
    """
    named = NAMED.match(sample)
    if named and among == DELIMITERS:
        among = named[1]
    lines = sample.removeprefix(MARK).splitlines(keepends=True)[1 if named else 0 :]
    if len(sample) >= SAMPLE and len(lines) > 1:
        lines.pop()
    quoting = recognise_quoting(sample)
    heads = {delimiter: sampled(lines, Format(delimiter, quoting)) for delimiter in among}
    shapes = [(delimiter, False) for delimiter in among]
    if all(len(record) == 1 for head in heads.values() for record in head):
        shapes += [(delimiter, True) for delimiter in among]
    return max(shapes, key=lambda shape: fitness(heads[shape[0]], *shape))


def fitness(head: Records, delimiter: str, wrapped: bool) -> tuple[int, int, int]:
    if wrapped:
        head = [split_again(list(record), delimiter) for record in head]
    layout = arrange_columns(head)
    if layout is None:
        return 0, 0, 0
    people = head[layout.begin :]
    where = set(layout.possible or [layout.address])
    addresses = sum(
        any(at in where and looks_like_address(cell) for at, cell in enumerate(row)) for row in people
    )
    return layout.known, addresses, len(layout.columns)


BACKSLASHED = re.compile(r'\\"(?=[^,;\t|\r\n])')
DOUBLED = re.compile(r'(?<=[^,;\t|\r\n])""(?=[^,;\t|\r\n])')
IN_APOSTROPHES = re.compile(r"\s*'.*'\s*")


def recognise_quoting(sample: str) -> Quoting:
    """`"Ann \\"Annie\\" Lee"` and `'Lee, Ann','ann@x.example'` are not as the standard has it (RFC 4180)."""
    if BACKSLASHED.search(sample) and not DOUBLED.search(sample):
        return Quoting.BACKSLASH
    lines = [line for line in sample.splitlines()[:HEAD] if line.strip()]
    if '"' not in sample and lines and all(map(IN_APOSTROPHES.fullmatch, lines)):
        return Quoting.APOSTROPHE
    return Quoting.USUAL


def sampled(lines: list[str], form: Format) -> Records:
    try:
        found = form.cells(lines)
        return list(islice((record for record in found if any(map(str.strip, record))), HEAD))
    except csv.Error:
        return []
