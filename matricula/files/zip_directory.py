"""How large the directory of a zip is, so that one that would fill the memory is refused unread."""

import os
import zipfile
from pathlib import Path

END, END_SIZE, LONGEST_COMMENT = b"PK\x05\x06", 22, 65_535
END_64, BEFORE_END = b"PK\x06\x06", 76


def directory_size(file: Path) -> tuple[int, int]:
    """Entries and bytes of a zip's directory, before it is read (APPNOTE.TXT, 4.3.16). Raises BadZipFile."""
    with file.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - BEFORE_END - END_SIZE - LONGEST_COMMENT))
        tail = stream.read()
    at = tail.rfind(END)
    if at < 0 or len(tail) - at < END_SIZE:
        raise zipfile.BadZipFile
    if at >= BEFORE_END and tail.startswith(END_64, at - BEFORE_END):
        return read_number(tail, at - BEFORE_END + 32, 8), read_number(tail, at - BEFORE_END + 40, 8)
    return read_number(tail, at + 10, 2), read_number(tail, at + 12, 4)


def read_number(content: bytes, at: int, width: int) -> int:
    return int.from_bytes(content[at : at + width], "little")
