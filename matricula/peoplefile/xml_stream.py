"""The XML in a spreadsheet, as a stream through expat: no document type, no entities, nothing kept whole."""

from collections.abc import Callable, Iterator
from typing import BinaryIO
from xml.parsers import expat

from matricula.peoplefile.limits import (
    LONGEST_CELL,
    LONGEST_TOKEN,
    MOST_NAMES,
    MOST_NESTED,
    UNREADABLE,
    refusal,
)

Attributes = dict[str, str]
BLOCK = 64 * 1024


class Markup:
    """One part of a workbook. Subclasses say what an element means; they find prefixed names by `named`."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = forbid
        self.parser.StartElementHandler = self.root
        self.prefix = ""
        self.depth = 0
        self.names: set[str] = set()
        self.collecting = False
        self.pieces: list[str] = []
        self.length = 0

    def root(self, name: str, attributes: Attributes) -> None:
        """The first element tells the prefix of all others, as in `x:row`."""
        self.prefix = name[: -len(local(name))]
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.add
        self.named()
        self.start(name, attributes)

    def named(self) -> None:
        """Called when `prefix` is known."""

    def start(self, name: str, attributes: Attributes) -> None:
        self.strange(name, attributes)

    def end(self, name: str) -> None:
        self.depth -= 1

    def strange(self, name: str, attributes: Attributes) -> None:
        """An element of no interest."""
        self.depth += 1
        self.names.add(name)
        self.names.update(attributes)

    def add(self, text: str) -> None:
        """Keeps the text up to a little over LONGEST_CELL, while `collecting`."""
        if self.collecting and self.length <= LONGEST_CELL:
            self.pieces.append(text)
            self.length += len(text)

    def collected(self) -> str:
        text = "".join(self.pieces)
        self.pieces.clear()
        self.length = 0
        return text

    def blocks(self, part: BinaryIO) -> Iterator[None]:
        """Parses block by block, so that what was found can be taken away between. Raises FileRefused."""
        fed = 0
        try:
            while block := part.read(BLOCK):
                self.parser.Parse(block)
                fed += len(block)
                self.bound(fed - self.parser.CurrentByteIndex)
                yield
            self.parser.Parse(b"", True)
        except (expat.ExpatError, *UNREADABLE) as error:
            raise refusal("unreadable") from error
        yield

    def bound(self, token: int) -> None:
        """Expat keeps in memory every name, every open element, and a token of which the end has not come."""
        if self.depth > MOST_NESTED or len(self.names) > MOST_NAMES or token > LONGEST_TOKEN:
            forbid()


class Elements(Markup):
    """Hands the local name and the attributes of each element to `take`."""

    def __init__(self, take: Callable[[str, Attributes], None]) -> None:
        super().__init__()
        self.take = take

    def start(self, name: str, attributes: Attributes) -> None:
        self.strange(name, attributes)
        self.take(local(name), attributes)

    def read(self, part: BinaryIO) -> None:
        for _ in self.blocks(part):
            pass


def forbid(*_: object) -> None:
    raise refusal("forbidden_markup")


def local(name: str) -> str:
    return name.rpartition(":")[2]
