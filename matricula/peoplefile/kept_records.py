"""The copy of a file that is kept when it has columns of secrets: its cells without them.

One line of JSON for each record, the first for how the file is read. The upload itself goes.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from matricula.files.atomic_writes import write_atomically
from matricula.peoplefile.arrangement import SLIPPED, looks_generated, looks_like_address
from matricula.peoplefile.columns import Role
from matricula.peoplefile.encodings import Encoding
from matricula.peoplefile.layout import Layout
from matricula.peoplefile.limits import Record

SUFFIX = ".records"
HIDDEN = "***"
"""In the place of a secret; a column of nothing else is known as one by it."""
UNCHANGEABLE = {Encoding.UTF_16_LE, Encoding.UTF_16_BE}
"""Their bytes say for sure what they are."""


def is_kept_copy(place: Path) -> bool:
    return place.suffix == SUFFIX


def copy_of(upload: Path) -> Path:
    return upload.with_name(upload.name + SUFFIX)


def keep_without_secrets(upload: Path, layout: Layout, records: Iterator[Record]) -> Path:
    """Write the copy and let the upload go; where the copy is. From then on what is between its cells cannot
    be read otherwise, but its letters can."""
    place = copy_of(upload)
    kept = replace(layout, columns=(), fixed=True).kept()
    with write_atomically(place) as copy:
        copy.write(json_line(kept))
        filled = 0
        for record in records:
            above = filled < layout.begin
            filled += record.is_filled()
            copy.write(json_line(record if above else without_secrets(record, layout)))
    upload.unlink(missing_ok=True)
    return place


def json_line(value: Any) -> bytes:
    return json.dumps(value).encode() + b"\n"


def without_secrets(record: Record, layout: Layout) -> Record:
    """In a line that is out of shape nobody knows where a secret slipped to: addresses alone stay."""
    cells, secrets = record.cells, set(layout.where(Role.SECRET))
    if record.fault or is_out_of_shape(cells, layout, secrets):
        cells = [cell if looks_like_address(cell) else instead(cell, SLIPPED) for cell in cells]
    return record._replace(
        cells=[instead(cell, HIDDEN) if at in secrets else cell for at, cell in enumerate(cells)]
    )


def instead(cell: str, sign: str) -> str:
    return sign if cell.strip() else ""


def is_out_of_shape(cells: list[str], layout: Layout, secrets: set[int]) -> bool:
    """Whether cells stand beyond the columns, or a secret may stand where an address should."""
    width, columns = len(layout.columns), layout.possible or (layout.address,)
    if any(cell.strip() for cell in cells[width:]):
        return True
    if any(0 <= at < len(cells) and looks_like_address(cells[at]) for at in columns):
        return False
    others = (cell for at, cell in enumerate(cells) if at not in secrets)
    return (bool(layout.delimiter) and len(cells) != width) or any(map(looks_generated, others))


def kept_layout(place: Path) -> Layout:
    with place.open(encoding="ascii") as stream:
        return Layout.of(json.loads(stream.readline()))


def read_kept(place: Path, layout: Layout) -> Iterator[Record]:
    """With the letters that `layout.encoding` makes of the bytes of the upload."""
    was = kept_layout(place).encoding
    with place.open(encoding="ascii") as stream:
        stream.readline()
        for line in stream:
            number, cells, fault = json.loads(line)
            yield Record(number, [recoded(cell, was, layout.encoding) for cell in cells], fault)


def recoded(cell: str, was: str, now: str) -> str:
    if cell.isascii() or not was or was in UNCHANGEABLE:
        return cell
    bytes_of_it = cell.encode(codec_of(was), "surrogateescape")
    return bytes_of_it.decode(codec_of(now), "replace")


def codec_of(encoding: str) -> str:
    return Encoding(encoding).codec.removesuffix("-sig")


def errors_of(encoding: str) -> str:
    """How letters that are none are read so that their bytes can be written again."""
    return "replace" if encoding in UNCHANGEABLE else "surrogateescape"
