"""How the bytes of a text file become characters."""

import codecs
import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import chardet

from matricula.peoplefile.columns import meaning_of
from matricula.peoplefile.limits import MIB, refusal

UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
REPLACED = "\N{REPLACEMENT CHARACTER}"


class Encoding(StrEnum):
    """By the names of the WHATWG where it has one."""

    UTF_8 = "utf-8"
    UTF_16_LE = "utf-16-le"
    UTF_16_BE = "utf-16-be"
    WINDOWS_1252 = "windows-1252"
    WINDOWS_1254 = "windows-1254"
    WINDOWS_1250 = "windows-1250"
    WINDOWS_1251 = "windows-1251"
    WINDOWS_1253 = "windows-1253"
    WINDOWS_1255 = "windows-1255"
    WINDOWS_1256 = "windows-1256"
    WINDOWS_1257 = "windows-1257"
    WINDOWS_1258 = "windows-1258"
    SHIFT_JIS = "shift_jis"
    EUC_JP = "euc-jp"
    GB18030 = "gb18030"
    BIG5 = "big5"
    EUC_KR = "euc-kr"
    WINDOWS_874 = "windows-874"
    MAC_ROMAN = "macintosh"
    ISO_8859_2 = "iso-8859-2"
    KOI8_R = "koi8-r"
    IBM850 = "ibm850"
    IBM852 = "ibm852"
    IBM866 = "ibm866"

    @property
    def codec(self) -> str:
        """What Python calls it; of the East Asian ones what Windows makes of them."""
        return CODECS.get(self, self.value)

    def decode_start(self, start: bytes) -> str:
        """The characters of the beginning of a file, which may end within one."""
        decoder = codecs.getincrementaldecoder(self.codec)("replace")
        return decoder.decode(start).removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")


CODECS = {
    Encoding.UTF_8: "utf-8-sig",
    Encoding.SHIFT_JIS: "cp932",
    Encoding.BIG5: "cp950",
    Encoding.EUC_KR: "cp949",
    Encoding.WINDOWS_874: "cp874",
    Encoding.MAC_ROMAN: "mac_roman",
}
EIGHT_BITS = tuple(one for one in Encoding if not one.startswith("utf"))
"""Those that are guessed. Of two that read the same letters, the first is told."""
BY_CODEC = {codecs.lookup(one.codec).name: one for one in EIGHT_BITS}
WIDESPREAD = (Encoding.WINDOWS_1252, Encoding.WINDOWS_1254)
LETTERS = 16 * 1024
"""In bytes, of the cells that show the encoding."""
BETWEEN = re.compile(rb"[,;\t\r\n]+")
"""None of these is the second byte of a letter in any encoding of East Asia."""


class Recognised(NamedTuple):
    encoding: Encoding
    guessed: bool
    """By letters that other encodings would read as other letters."""


def recognise_encoding(place: Path, start: bytes) -> Recognised:
    """By its mark, by where its zero bytes are, or by what decodes. Raises FileRefused."""
    sure = encoding_of_mark(start) or utf_16_without_mark(start)
    return Recognised(sure, False) if sure else eight_bits(place)


def encoding_of_start(start: bytes) -> Encoding:
    """Enough of it to see what kind of file begins so. Raises FileRefused for what is no text."""
    sure = encoding_of_mark(start) or utf_16_without_mark(start)
    if not sure and binary(start):
        raise refusal("is_unknown")
    return sure or Encoding.UTF_8


def encoding_of_mark(start: bytes) -> Encoding | None:
    if start.startswith(UTF_32):
        raise refusal("is_unknown")
    if start.startswith(codecs.BOM_UTF16_LE):
        return Encoding.UTF_16_LE
    if start.startswith(codecs.BOM_UTF16_BE):
        return Encoding.UTF_16_BE
    return Encoding.UTF_8 if start.startswith(codecs.BOM_UTF8) else None


def utf_16_without_mark(start: bytes) -> Encoding | None:
    """Latin letters leave every other byte zero: the second of each pair in LE, the first in BE."""
    pairs = len(start) // 2
    first, second = start[0::2].count(0), start[1::2].count(0)
    if second > pairs * 0.4 and first < pairs * 0.1:
        return Encoding.UTF_16_LE
    if first > pairs * 0.4 and second < pairs * 0.1:
        return Encoding.UTF_16_BE
    return None


def eight_bits(place: Path) -> Recognised:
    """UTF-8 unless more letters of the file are wrong than right as such."""
    right = wrong = 0
    for text in decoded(place, Encoding.UTF_8):
        if not text.isascii():
            lost = text.count(REPLACED)
            wrong += lost
            right += len(text) - len(text.encode("ascii", "ignore")) - lost
    return Recognised(guess(letters_of(place)), True) if wrong > right else Recognised(Encoding.UTF_8, False)


def binary(start: bytes) -> bool:
    """Whether control characters are so many that this is no text."""
    controls = sum(map(start.count, map(bytes, zip(range(32), strict=True))))
    usual = sum(map(start.count, (b"\t", b"\n", b"\r")))
    return controls - usual > len(start) * 0.05 + 10


def decoded(place: Path, encoding: Encoding) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding.codec)("replace")
    with place.open("rb") as stream:
        while block := stream.read(MIB):
            yield decoder.decode(block)


def letters_of(place: Path) -> bytes:
    """The first cells that are not plain ASCII, one a line, from wherever in the file they are."""
    found: list[bytes] = []
    size = 0
    with place.open("rb") as stream:
        while (block := stream.read(MIB)) and size < LETTERS:
            if not block.isascii():
                cells = [cell for cell in BETWEEN.split(block) if not cell.isascii()]
                found += cells
                size += sum(map(len, cells))
    return b"\n".join(found)[:LETTERS]


def guess(letters: bytes) -> Encoding:
    """The likeliest, by what languages look like in it and by whether what it reads could be names."""
    rated = {one: confidence * likelihood(one, letters) for one, confidence in detected(letters).items()}
    best = max(rated.values(), default=0)
    likeliest = [one for one in EIGHT_BITS if best and rated.get(one) == best]
    if likeliest == list(WIDESPREAD):
        return first_that_differs(letters)
    return likeliest[0] if likeliest else Encoding.WINDOWS_1252


def detected(letters: bytes) -> dict[Encoding, float]:
    names = [one.codec.replace("_", "-") for one in EIGHT_BITS]
    found = chardet.detect_all(letters, ignore_threshold=True, include_encodings=names)
    result: dict[Encoding, float] = {}
    for one in found:
        encoding = encoding_named(one["encoding"] or "")
        if encoding:
            result[encoding] = max(result.get(encoding, 0), one["confidence"])
    return result


def encoding_named(name: str) -> Encoding | None:
    """Under whatever name it goes: `cp1251` is windows-1251."""
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        return None
    unicode = {"utf-8": Encoding.UTF_8, "utf-8-sig": Encoding.UTF_8, "utf-16": Encoding.UTF_16_LE}
    marked = {one.value: one for one in (Encoding.UTF_16_LE, Encoding.UTF_16_BE)}
    aliases = {"big5": Encoding.BIG5, "euc_kr": Encoding.EUC_KR, "shift_jis": Encoding.SHIFT_JIS}
    return BY_CODEC.get(codec) or (unicode | marked | aliases).get(codec)


def likelihood(encoding: Encoding, letters: bytes) -> float:
    text = letters.decode(encoding.codec, "replace")
    words = [word for word in text.split() if not word.isascii()]
    share = sum(map(could_be_a_name, words)) / max(len(words), 1)
    headings = any(meaning_of(cell.strip(' "')).rank for cell in text.split("\n")[:30])
    usual = 1.6 if encoding in WIDESPREAD else 1
    return (0.2 + 0.8 * share) * (4 if headings else 1) * usual


def could_be_a_name(word: str) -> bool:
    """Of letters of one script, without a capital in its midst: not `MŸller`, not `Zoы`."""
    letters = [letter for letter in word if letter.isalpha()]
    others = [letter for letter in word if not (letter.isalnum() or letter.isascii() or is_mark(letter))]
    if not letters or any(letter not in "’‘“”–—·«»´" for letter in others):
        return False
    humped = any(a.islower() and b.isupper() and not (a + b).isascii() for a, b in pairwise(letters[1:]))
    return not humped and len({script_of(letter) for letter in letters}) == 1


def is_mark(letter: str) -> bool:
    return unicodedata.category(letter).startswith("M")


def script_of(letter: str) -> str:
    script = re.split("[ -]", unicodedata.name(letter, "UNKNOWN"))[0]
    return "CJK" if script in ("HIRAGANA", "KATAKANA") else script


def first_that_differs(letters: bytes) -> Encoding:
    """Western and Turkish differ in six letters; the Turkish ones are in names far more often than þ, ý."""
    western, turkish = (letters.decode(one.codec, "replace") for one in WIDESPREAD)
    return Encoding.WINDOWS_1252 if western == turkish else Encoding.WINDOWS_1254
