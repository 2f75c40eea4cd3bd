"""XLSX as the zip it is: what could fill memory or disk is refused before a part is opened."""

import zipfile
import zlib
from pathlib import Path

from matricula.catalog.courseformat.sources import directory_size
from matricula.joining.importing.reading.limits import HIGHEST_RATIO, MIB, MOST_PARTS, MOST_UNPACKED
from matricula.joining.importing.reading.wording import refusal

UNREADABLE = (
    OSError,
    EOFError,
    ValueError,
    RuntimeError,
    NotImplementedError,
    zipfile.BadZipFile,
    zlib.error,
)
ENCRYPTED = 0x1


def parts_of(place: Path) -> dict[str, zipfile.ZipInfo]:
    """The parts by their names. Raises FileRefused."""
    try:
        entries, size = directory_size(place)
        if entries > MOST_PARTS or size > MIB:
            raise refusal("zip_bomb")
        with zipfile.ZipFile(place) as archive:
            parts = archive.infolist()
    except UNREADABLE as error:
        raise refusal("unreadable") from error
    refuse_bombs(parts)
    return {part.filename: part for part in parts}


def refuse_bombs(parts: list[zipfile.ZipInfo]) -> None:
    if any(part.flag_bits & ENCRYPTED for part in parts):
        raise refusal("encrypted")
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise refusal("zip_bomb")
    if any(part.file_size > max(MIB, HIGHEST_RATIO * part.compress_size) for part in parts):
        raise refusal("zip_bomb")
