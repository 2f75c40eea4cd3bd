"""How the bytes of a text file become characters."""

import codecs
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

from matricula.joining.importing.reading.limits import MIB
from matricula.joining.importing.reading.wording import refusal

UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
REPLACED = "\N{REPLACEMENT CHARACTER}"


class Encoding(Enum):
    UTF_8 = "utf-8-sig"
    UTF_16_LE = "utf-16-le"
    UTF_16_BE = "utf-16-be"
    WINDOWS_1252 = "cp1252"

    def decode_start(self, start: bytes) -> str:
        """The characters of the beginning of a file, which may end within one."""
        decoder = codecs.getincrementaldecoder(self.value)("replace")
        return decoder.decode(start).removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")


def recognise_encoding(place: Path, start: bytes) -> Encoding:
    """By its mark, by where its zero bytes are, or by what decodes. Raises FileRefused."""
    guessed = guess_encoding(start)
    return (
        eight_bits(place) if guessed is Encoding.UTF_8 and not start.startswith(codecs.BOM_UTF8) else guessed
    )


def guess_encoding(start: bytes) -> Encoding:
    """UTF-8 where only the whole file could tell. Raises FileRefused."""
    if start.startswith(UTF_32):
        raise refusal("is_unknown")
    if start.startswith(codecs.BOM_UTF16_LE):
        return Encoding.UTF_16_LE
    if start.startswith(codecs.BOM_UTF16_BE):
        return Encoding.UTF_16_BE
    if start.startswith(codecs.BOM_UTF8):
        return Encoding.UTF_8
    guessed = utf_16_without_mark(start)
    if guessed is None and binary(start):
        raise refusal("is_unknown")
    return guessed or Encoding.UTF_8


def utf_16_without_mark(start: bytes) -> Encoding | None:
    """Latin letters leave every other byte zero: the second of each pair in LE, the first in BE."""
    pairs = len(start) // 2
    first, second = start[0::2].count(0), start[1::2].count(0)
    if second > pairs * 0.4 and first < pairs * 0.1:
        return Encoding.UTF_16_LE
    if first > pairs * 0.4 and second < pairs * 0.1:
        return Encoding.UTF_16_BE
    return None


def eight_bits(place: Path) -> Encoding:
    """UTF-8 unless more letters of the file are wrong than right as such."""
    right = wrong = 0
    for text in decoded(place, Encoding.UTF_8):
        if not text.isascii():
            lost = text.count(REPLACED)
            wrong += lost
            right += len(text) - len(text.encode("ascii", "ignore")) - lost
    return Encoding.WINDOWS_1252 if wrong > right else Encoding.UTF_8


def binary(start: bytes) -> bool:
    """Whether control characters are so many that this is no text."""
    controls = sum(map(start.count, map(bytes, zip(range(32), strict=True))))
    usual = sum(map(start.count, (b"\t", b"\n", b"\r")))
    return controls - usual > len(start) * 0.05 + 10


def decoded(place: Path, encoding: Encoding) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding.value)("replace")
    with place.open("rb") as stream:
        while block := stream.read(MIB):
            yield decoder.decode(block)
