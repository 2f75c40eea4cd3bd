"""What kind of file it is, by what is in it and never by its name."""

import mmap
import re
from enum import Enum
from pathlib import Path

from matricula.peoplefile.encodings import Recognised, encoding_of_start, recognise_encoding
from matricula.peoplefile.limits import MOST_BYTES, refusal
from matricula.peoplefile.workbooks import is_workbook, parts_of

BEGINNINGS = {
    b"%PDF": "is_pdf",
    b"\x89PNG\r\n": "is_image",
    b"\xff\xd8\xff": "is_image",
    b"GIF8": "is_image",
    b"II*\x00": "is_image",
    b"MM\x00*": "is_image",
    b"{\\rtf": "is_document",
    b"\x1f\x8b": "is_archive",
    b"7z\xbc\xaf\x27\x1c": "is_archive",
    b"Rar!\x1a\x07": "is_archive",
    b"BZh": "is_archive",
    b"\xfd7zXZ\x00": "is_archive",
    b"\x28\xb5\x2f\xfd": "is_archive",
}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
WORD_DOCUMENT = "WordDocument".encode("utf-16-le")
MARKUP = re.compile(r"\s*<(?:!doctype\s+html|html|head|body|table|meta|div|script|style)\b", re.IGNORECASE)
"""A page saved as .csv or .xls; a text that begins with `<ada@…>` is none."""
PARTS = {
    "xl/workbook.bin": "is_xlsb",
    "word/document.xml": "is_document",
    "ppt/presentation.xml": "is_document",
    "content.xml": "is_ods",
}
SAMPLE = 64 * 1024


class Kind(Enum):
    CSV = "csv"
    XLSX = "xlsx"


def recognise(place: Path) -> Kind:
    """CSV or XLSX. Raises FileRefused for everything else, in words that say what it is instead."""
    size = place.stat().st_size
    if size > MOST_BYTES:
        raise refusal("too_large")
    with place.open("rb") as stream:
        start = stream.read(SAMPLE)
    if not start.strip():
        raise refusal("empty")
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return workbook(place)
    refuse_other_formats(start, place)
    refuse_markup(encoding_of_start(start).decode_start(start))
    return Kind.CSV


def encoding_of(place: Path) -> Recognised:
    """Of a CSV file."""
    with place.open("rb") as stream:
        return recognise_encoding(place, stream.read(SAMPLE))


def workbook(place: Path) -> Kind:
    parts = parts_of(place)
    if is_workbook(parts):
        return Kind.XLSX
    raise refusal(next((code for part, code in PARTS.items() if part in parts), "is_archive"))


def refuse_other_formats(start: bytes, place: Path) -> None:
    for beginning, code in BEGINNINGS.items():
        if start.startswith(beginning):
            raise refusal(code)
    if start.startswith(b"RIFF") or start[4:8] == b"ftyp":
        raise refusal("is_image")
    if start.startswith(OLE):
        raise refusal(code_of_ole(place))


def code_of_ole(place: Path) -> str:
    """Excel keeps a workbook with a password in the same container as .xls ([MS-OFFCRYPTO] 2.3)."""
    with place.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.find(ENCRYPTED_PACKAGE) >= 0:
            return "encrypted"
        return "is_document" if content.find(WORD_DOCUMENT) >= 0 else "is_xls"


def refuse_markup(start: str) -> None:
    if MARKUP.match(start):
        raise refusal("is_html")
    if start.lstrip().startswith("<?xml"):
        raise refusal("is_html" if "<html" in start.lower() else "is_xml")
    if re.match(r"\s*(?:\{\s*[\"}]|\[\s*[\[{\"\]])", start):
        raise refusal("is_json")
