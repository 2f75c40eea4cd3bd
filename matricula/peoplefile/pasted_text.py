"""Addresses out of pasted text: from a letter's recipients, a list, two columns of a spreadsheet."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from matricula.mail.addresses import AddressRefused, canonical

PIECE = re.compile(r'(?:"[^"]*"|<[^<>]*>|[^,;])+')
"""Up to a comma or semicolon that is in no quotes or angle brackets; a quote that never closes is a letter
like any."""
NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")
WRAPPING = "\"'()[]<>"
LINE_BREAK = re.compile(r"\r\n?|\n")


class Person(NamedTuple):
    name: str
    address: str


class WrongPiece(NamedTuple):
    """Text that is no address, the line it stands on, counted from 1, and what to do about it."""

    line: int
    text: str
    words: str


def read_addresses(text: str) -> tuple[list[Person], list[WrongPiece]]:
    """The people of pasted text, each once, and the pieces that are none.

    Commas, semicolons, lines, tabs and spaces stand between addresses in any mix. A name may stand before its
    address, or after one without brackets; a comma in it needs quotes, or a bracketed address behind.
    """
    good: dict[str, Person] = {}
    wrong: list[WrongPiece] = []
    for number, line in enumerate(LINE_BREAK.split(text), 1):
        for name, address in read_line(line):
            try:
                good.setdefault(canonical(address), Person(name, address))
            except AddressRefused as refused:
                wrong.append(WrongPiece(number, address, refused.messages[0]))
    return list(good.values()), wrong


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
        yield Person(bare_name(found["name"]), bare_address(found["address"]))
        end = found.end()
    yield from read_words(piece[end:].split())


def read_words(words: list[str]) -> Iterator[Person]:
    """Words around one address are its name; among several nobody knows whose name they are."""
    addresses = [word for word in words if "@" in word]
    others = [word for word in words if "@" not in word]
    if len(addresses) == 1:
        yield Person(bare_name(" ".join(others)), bare_address(addresses[0]))
    else:
        yield from (Person("", bare_address(word)) for word in addresses)
        if others:
            yield Person("", " ".join(others))


def named_address(text: str) -> Person:
    """`Ada Lovelace <ada@example.com>` as name and address; anything else as an address."""
    found = NAMED.fullmatch(text) if text.endswith(">") else None
    if found:
        return Person(bare_name(found["name"]), bare_address(found["address"]))
    return Person("", text.removeprefix("mailto:"))


def bare_name(name: str) -> str:
    inner = name.strip()
    if len(inner) > 1 and inner[0] == inner[-1] and inner[0] in "\"'":
        inner = inner[1:-1]
    return inner.replace('\\"', '"').replace("\\\\", "\\").strip()


def bare_address(address: str) -> str:
    return address.strip().strip(WRAPPING).removeprefix("mailto:")
