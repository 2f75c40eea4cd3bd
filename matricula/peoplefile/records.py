"""The records of a file, whatever it is, and finding out how they are to be read."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

from matricula.peoplefile.arrangement import all_addresses, arrange_columns
from matricula.peoplefile.columns import Role
from matricula.peoplefile.delimited import (
    DELIMITERS,
    read_delimited,
    recognise_delimiter,
    recognise_quoting,
    sample_of,
)
from matricula.peoplefile.encodings import Encoding
from matricula.peoplefile.errors import FileRefused
from matricula.peoplefile.kept_records import is_kept_copy, kept_layout, read_kept
from matricula.peoplefile.kinds import Kind, encoding_of, recognise
from matricula.peoplefile.layout import MISSING, Choices, Column, Layout
from matricula.peoplefile.limits import HEAD, MOST_COLUMNS, Record, refusal
from matricula.peoplefile.workbooks import read_heads, read_spreadsheet


def look(place: Path, choices: Choices | None = None) -> Layout:
    """How to read the file: as somebody chose, and the rest as its first lines show. Raises FileRefused."""
    choices = choices or Choices()
    if is_kept_copy(place):
        return copy_layout(place, choices)
    if recognise(place) is Kind.XLSX:
        return book_layout(place, choices)
    layout = text_layout(place, choices)
    head = list(islice(filter(Record.is_filled, read_records(place, layout)), HEAD))
    if is_across(head):
        layout = replace(layout, across=True)
        head = list(islice(read_across(head[0]), HEAD))
    return laid_out(layout, head, choices)


def copy_layout(place: Path, choices: Choices) -> Layout:
    layout = kept_layout(place)
    if choices.encoding and layout.encoding:
        layout = replace(layout, encoding=Encoding(choices.encoding))
    return laid_out(layout, list(islice(filter(Record.is_filled, read_kept(place, layout)), HEAD)), choices)


def laid_out(layout: Layout, head: list[Record], choices: Choices) -> Layout:
    arranged = arrangement(head, choices)
    found = {"columns", "begin", "undecided", "possible", "known"}
    line = head[arranged.begin - 1].line if arranged.begin else 0
    named = any(column.heading for column in arranged.columns)
    return replace(
        layout, heading_line=line if named else 0, **{name: getattr(arranged, name) for name in found}
    )


def book_layout(place: Path, choices: Choices) -> Layout:
    """Of the sheet that was chosen, or of the first with a column that is called one of addresses, or of the
    first that holds some: a workbook may begin with instructions, or with an empty sheet."""
    heads = list(read_heads(place, HEAD))
    book = Layout((), sheets=tuple(name for name, _ in heads))
    if choices.sheet >= 0:
        sheet = min(choices.sheet, len(heads) - 1)
        return laid_out(replace(book, sheet=sheet), heads[sheet][1], choices)
    found, refused = [], refusal("empty")
    for sheet, (_, head) in enumerate(heads):
        try:
            found.append(laid_out(replace(book, sheet=sheet), head, choices))
        except FileRefused as why:
            refused = why if refused.code == "empty" else refused
    if not found:
        raise refused
    return next(filter(names_addresses, found), found[0])


def names_addresses(layout: Layout) -> bool:
    columns = layout.possible or (layout.address,)
    return any(at >= 0 and layout.columns[at].heading for at in columns)


def text_layout(place: Path, choices: Choices) -> Layout:
    found = encoding_of(place)
    encoding = Encoding(choices.encoding) if choices.encoding else found.encoding
    sample = sample_of(place, encoding.codec)
    delimiter, wrapped = recognise_delimiter(sample, choices.delimiter or DELIMITERS)
    return Layout(
        (),
        encoding=encoding,
        guessed=found.guessed,
        delimiter=delimiter,
        quoting=recognise_quoting(sample),
        wrapped=wrapped,
    )


def is_across(head: list[Record]) -> bool:
    return len(head) == 1 and len(head[0].cells) > 1 and all_addresses(head[0].cells)


def read_across(record: Record) -> Iterator[Record]:
    """The one line of a file that stands for many: its cells are counted as lines."""
    for line, cell in enumerate(record.cells, 1):
        yield Record(line, [cell], record.fault)


def arrangement(head: list[Record], choices: Choices) -> Layout:
    """Raises FileRefused, but not for what somebody chose: that can be chosen again."""
    if not head and choices.sheet < 0:
        raise refusal("empty")
    layout = arrange_columns([record.cells[:MOST_COLUMNS] for record in head], choices.columns)
    if layout is None and choices:
        cells = head[0].cells[:MOST_COLUMNS] if head else []
        return Layout(tuple(Column("", Role.NOTE) for _ in cells), undecided=MISSING)
    if layout is None:
        raise refusal("no_address_column")
    header = head[layout.begin - 1]
    if layout.begin and (header.fault == "too_many_columns" or len(header.cells) > MOST_COLUMNS):
        raise refusal("too_many_columns", header.line)
    return layout


def read_records(place: Path, layout: Layout, errors: str = "replace") -> Iterator[Record]:
    """Without a delimiter it is a workbook. `errors`: what becomes of letters that are none."""
    if is_kept_copy(place):
        return read_kept(place, layout)
    found = (
        read_delimited(place, layout, errors) if layout.delimiter else read_spreadsheet(place, layout.sheet)
    )
    return chain.from_iterable(map(read_across, found)) if layout.across else found
