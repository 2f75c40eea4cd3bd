"""Addresses out of pasted text: from a letter's recipients, a list, two columns of a spreadsheet."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from django.core.exceptions import ValidationError

from matricula.mail.addresses import canonical
from matricula.mail.names_and_addresses import clean_address, clean_name, read_address, read_name
from matricula.peoplefile.columns import Role, meaning_of

PIECE = re.compile(r'(?:"[^"]*"|“[^“”]*”|\([^()]*\)|<[^<>]*>|[^,;，；、])+')
"""Up to a comma or semicolon, a wide one too, that is in no quotes or brackets; a quote that never closes is
a letter like any."""
NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")
LINE_BREAK = re.compile(r"\r\n?|\n")
BULLET = re.compile(r"\s*(?:[•◦▪‣∙·●○*–—-]|\d{1,4}[.)]|\[[ xX]?\])\s+")
TWICE = re.compile(r"<mailto:[^<>]*>", re.IGNORECASE)
"""What Outlook puts after an address when a letter is copied: `ada@x.example<mailto:ada@x.example>`."""
LONGEST_ADDRESS = 254
LONGEST_HEADING = 200


class Person(NamedTuple):
    name: str
    address: str


class WrongPiece(NamedTuple):
    """Text that is no address, the line it stands on, counted from 1, and what to do about it.

    `name` is what stood beside it.
    """

    line: int
    text: str
    words: str
    name: str = ""

    @property
    def whole(self) -> str:
        """As it can be pasted again."""
        return f"{self.name} <{self.text}>" if self.name else self.text


def read_addresses(text: str) -> tuple[list[Person], list[WrongPiece]]:
    """The people of pasted text, each once, and the pieces that are none.

    Commas, semicolons, lines, tabs and spaces stand between addresses in any mix. A name may stand before its
    address, or after one without brackets; a comma in it needs quotes, or a bracketed address behind.
    """
    good: dict[str, Person] = {}
    wrong: list[WrongPiece] = []
    for number, line in folded_lines(TWICE.sub(without_repetition, text)):
        if not good and is_heading(line):
            continue
        for name, address in read_line(BULLET.sub("", line, count=1) if BULLET.match(line) else line):
            try:
                person = Person(read_name(name), read_address(address))
            except ValidationError as refused:
                wrong.append(WrongPiece(number, address, refused.messages[0], name))
            else:
                good.setdefault(canonical(person.address), person)
    return list(good.values()), wrong


def without_repetition(found: re.Match[str]) -> str:
    before = found.string[max(0, found.start() - LONGEST_ADDRESS) : found.start()]
    last = before.rsplit(maxsplit=1)[-1] if before and not before[-1].isspace() else ""
    return "" if "@" in last else found[0]


def folded_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers. A name whose address stands in brackets on the next line is one with it."""
    begin, held = 0, ""
    for number, line in enumerate(LINE_BREAK.split(text), 1):
        if line.lstrip().startswith("<") and "@" in line and ends_in_a_name(held):
            held = f"{held} {line.lstrip()}"
        else:
            yield begin, held
            begin, held = number, line
    yield begin, held


def ends_in_a_name(line: str) -> bool:
    tail = re.split("[,;]", line)[-1]
    return bool(tail.strip()) and "@" not in tail


def is_heading(line: str) -> bool:
    """`Name<tab>E-Mail`, above two columns of a spreadsheet."""
    if "@" in line or len(line) > LONGEST_HEADING:
        return False
    meanings = [meaning_of(cell.strip()) for cell in re.split("[\t;,|]", line) if cell.strip()]
    return any(one.role is Role.EMAIL for one in meanings) and all(
        one.rank or one.another for one in meanings
    )


def read_line(line: str) -> Iterator[Person]:
    pieces = [(found[0], line[found.end() : found.end() + 1]) for found in PIECE.finditer(line)]
    surname = ""
    for piece, separator in pieces:
        if surname and "<" not in piece:
            yield Person("", surname)
            surname = ""
        if separator == "," and is_surname(piece):
            surname = piece.strip()
        else:
            yield from read_piece(f"{surname},{piece}" if surname else piece)
            surname = ""
    if surname:
        yield Person("", surname)


def is_surname(piece: str) -> bool:
    """Whether a bracketed address after the comma makes this the beginning of a name: `Keller, Bo <…>`."""
    return bool(piece.strip()) and all(letter.isalpha() or letter in " '.-’" for letter in piece.strip())


def read_piece(piece: str) -> Iterator[Person]:
    end = 0
    while found := NAMED.match(piece, end):
        yield Person(bare_name(found["name"]), clean_address(found["address"]))
        end = found.end()
    yield from read_words(piece[end:].split())


def read_words(words: list[str]) -> Iterator[Person]:
    """Words around one address are its name; among several nobody knows whose name they are. A dash or a
    slash between them is no word."""
    addresses = [word for word in words if "@" in word or "＠" in word]
    others = [word for word in words if word not in addresses and any(map(str.isalnum, word))]
    if len(addresses) == 1:
        yield Person(bare_name(" ".join(others)), clean_address(addresses[0]))
    else:
        yield from (Person("", clean_address(word)) for word in addresses)
        if others:
            yield Person("", " ".join(others))


def named_address(text: str) -> Person:
    """`Ada Lovelace <ada@example.com>` as name and address; anything else as an address."""
    found = NAMED.fullmatch(text) if text.endswith(">") else None
    if found:
        return Person(bare_name(found["name"]), clean_address(found["address"]))
    return Person("", clean_address(text))


def bare_name(name: str) -> str:
    inner = clean_name(name)
    if inner.startswith("(") and inner.endswith(")"):
        inner = clean_name(inner[1:-1])
    return inner.replace('\\"', '"').replace("\\\\", "\\").strip()
