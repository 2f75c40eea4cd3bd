"""CSV in bounded memory: a broken quote or a giant cell costs its line, not the ones after it."""

import csv
import re
from collections import deque
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TextIO

from matricula.joining.importing.reading.encodings import Encoding
from matricula.joining.importing.reading.headers import Records, arrange, looks_like_address
from matricula.joining.importing.reading.limits import HEAD, LONGEST_RECORD, MOST_READ_AGAIN
from matricula.joining.importing.reading.records import Record
from matricula.joining.importing.reading.wording import refusal

DELIMITERS = ",;\t|"
NAMED = re.compile(r"\ufeff?sep=(.)\n", re.IGNORECASE)
SAMPLE = 64 * 1024
MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


class RecordTooLong(Exception):
    """More than LONGEST_RECORD characters, or one line of that length."""


def read_delimited(place: Path, encoding: Encoding) -> Iterator[Record]:
    """The records of a CSV file; lines are counted as an editor counts them. Raises FileRefused."""
    with place.open(encoding=encoding.value, errors="replace") as stream:
        sample = stream.read(SAMPLE)
    delimiter = recognise_delimiter(sample)
    with place.open(encoding=encoding.value, errors="replace") as stream:
        lines = Lines(stream)
        if NAMED.match(sample):
            next(lines.each())
        yield from records(lines, delimiter)


def records(lines: "Lines", delimiter: str) -> Iterator[Record]:
    reader = csv.reader(lines.each(), delimiter=delimiter, strict=True, skipinitialspace=True)
    while True:
        begin = lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, RecordTooLong) as error:
            yield one_line(lines, delimiter, begin, error)
            reader = csv.reader(lines.each(), delimiter=delimiter, strict=True, skipinitialspace=True)
        else:
            yield Record(begin, cells)


def one_line(lines: "Lines", delimiter: str, begin: int, error: Exception) -> Record:
    """The line a record began on, read for itself; the lines after it are read again."""
    first = lines.give_back_all_but_first()
    if len(first) >= LONGEST_RECORD:
        lines.skip_rest(first)
        return Record(begin, [], "cell_too_long")
    further = iter([first, ""])
    try:
        cells = next(csv.reader(further, delimiter=delimiter, skipinitialspace=True))
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


def recognise_delimiter(sample: str) -> str:
    """By Excel's `sep=` line, or the one that shows the most headers and addresses in their column."""
    named = NAMED.match(sample)
    if named:
        return named[1]
    lines = sample.removeprefix(MARK).splitlines(keepends=True)
    if len(sample) >= SAMPLE and len(lines) > 1:
        lines.pop()
    return max(DELIMITERS, key=lambda delimiter: fitness(lines, delimiter))


def fitness(lines: list[str], delimiter: str) -> tuple[int, int, int]:
    head = sampled(lines, delimiter)
    columns = arrange(head)
    if columns is None:
        return 0, 0, 0
    people = head[columns.begin :]
    addresses = sum(looks_like_address(cell) for row in people for cell in row[columns.address :][:1])
    return columns.known, addresses, len(head[0])


def sampled(lines: list[str], delimiter: str) -> Records:
    try:
        return list(islice(filter(None, csv.reader(lines, delimiter=delimiter, skipinitialspace=True)), HEAD))
    except csv.Error:
        return []
