"""The one reader of an address and of a name, as people type, paste, import and send them.

Every door calls it: spaces, invisible characters and quotation marks around them go, and what cannot be kept
is refused with its reason, before a database refuses it without one.
"""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from matricula.mail.addresses import canonical

LONGEST_NAME = 200
PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._+-]*[A-Za-z0-9])?@[A-Za-z0-9.-]*[A-Za-z0-9]")
"""Nearly all addresses, which need no cleaning."""
FULL_WIDTH = {0xFF01 + at: 0x21 + at for at in range(0x5E)} | {0x3002: ".", 0xFF61: "."}
"""As keyboards in East Asia write `ada@x.example`: `ａｄａ＠ｘ。ｅｘａｍｐｌｅ`."""
AROUND = "\"'`´“”„‟«»‹›‘’‚‛()[]<> \t\r\n\v\f\xa0\u3000"
AFTER = AROUND + ".,;:!?…"
MAILTO = re.compile(r"mailto:([^?]*)(?:\?.*)?", re.IGNORECASE | re.DOTALL)
SPACES = re.compile(r"\s+")
QUOTED = {'"': '"', "'": "'", "“": "”", "„": "“", "”": "”", "«": "»", "»": "«", "‘": "’", "‚": "‘", "’": "’"}
JOINERS = "\u200c\u200d"
"""Characters without a shape that names in Persian or Hindi need between letters (Unicode 15, 23.2)."""
STRAY_JOINER = re.compile(rf"(?<![^\x00-\x7f])[{JOINERS}]+|[{JOINERS}]+(?![^\x00-\x7f])")


class NameRefused(ValidationError):
    """The text cannot be kept as a name; the message says what to do."""


def read_address(text: str) -> str:
    """The address in `text`, as letters are sent to it. Raises AddressRefused."""
    address = clean_address(text)
    canonical(address)
    return address


def clean_address(text: str) -> str:
    """Without what stands around it by accident: spaces, quotation marks, brackets, `mailto:`, a period."""
    if PLAIN_ADDRESS.fullmatch(text):
        return text
    seen = "".join(letter for letter in text.translate(FULL_WIDTH) if not is_invisible(letter))
    bare = unicodedata.normalize("NFC", seen).lstrip(AROUND).rstrip(AFTER)
    link = MAILTO.fullmatch(bare)
    return link[1].lstrip(AROUND).rstrip(AFTER) if link else bare


def is_invisible(letter: str) -> bool:
    """Characters that only steer how others are shown, such as a zero-width space or a byte order mark."""
    return unicodedata.category(letter) == "Cf"


def read_name(text: str) -> str:
    """The name in `text`, empty where there is none. Raises NameRefused."""
    name = clean_name(text)
    if len(name) > LONGEST_NAME:
        raise NameRefused(NAME_TOO_LONG, code="name_too_long")
    return name


NAME_TOO_LONG = format_lazy(_("A name has at most {most} characters. Shorten it."), most=LONGEST_NAME)


def composed(text: str) -> str:
    """A letter and its accent as one character, as macOS does not write them. Ideographs stay as they are: of
    some, NFC makes others, and people are particular about their name's."""
    return unicodedata.normalize("NFC", text) if any(map(unicodedata.combining, text)) else text


def clean_name(text: str) -> str:
    """On one line, without invisible characters and without quotation marks around the whole."""
    if not (text.isprintable() and (text.isascii() or unicodedata.is_normalized("NFC", text))):
        spaced = SPACES.sub(" ", composed(text))
        kept = "".join(letter for letter in spaced if letter.isprintable() or letter in JOINERS)
        text = STRAY_JOINER.sub("", kept)
    name = " ".join(text.split())
    return without_quotes(name) if name[:1] in QUOTED else name


def without_quotes(name: str) -> str:
    """Of which none stands within."""
    closing, inner = QUOTED[name[0]], name[1:-1]
    around = len(name) > 1 and name[-1] == closing and not {name[0], closing} & set(inner)
    return inner.strip() if around else name
