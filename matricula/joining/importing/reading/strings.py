"""The texts that cells share (ECMA-376, 18.4.9)."""

import mmap
import re
import tempfile
from array import array
from typing import BinaryIO

from matricula.joining.importing.reading.limits import MOST_SHARED_STRINGS
from matricula.joining.importing.reading.markup import Attributes, Markup
from matricula.joining.importing.reading.wording import refusal

ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class SharedStrings:
    """`strings[number]`. Kept in a nameless file, so that millions of them are no load on the memory."""

    def __init__(self, part: BinaryIO | None = None) -> None:
        self.ends = array("I", [0])
        self.texts: mmap.mmap | bytes = b""
        if part:
            self.keep(part)

    def __getitem__(self, number: int) -> str:
        return self.texts[self.ends[number] : self.ends[number + 1]].decode()

    def keep(self, part: BinaryIO) -> None:
        items = Items()
        with tempfile.TemporaryFile() as file:
            for _ in items.blocks(part):
                self.add(items.texts)
                file.write(b"".join(items.texts))
                items.texts.clear()
            file.flush()
            if self.ends[-1]:
                self.texts = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def add(self, texts: list[bytes]) -> None:
        end = self.ends[-1]
        for text in texts:
            end += len(text)
            self.ends.append(end)
        if len(self.ends) > MOST_SHARED_STRINGS:
            raise refusal("zip_bomb")


class Items(Markup):
    """Each `si` becomes one of `texts`, without the phonetic guides (`rPh`) in it."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[bytes] = []
        self.guided = False

    def named(self) -> None:
        self.item, self.text, self.guide = (self.prefix + name for name in ("si", "t", "rPh"))

    def start(self, name: str, attributes: Attributes) -> None:
        if name == self.text:
            self.collecting = not self.guided
        elif name == self.guide:
            self.guided = True
        self.strange(name, attributes)

    def end(self, name: str) -> None:
        self.depth -= 1
        self.collecting = False
        if name == self.item:
            self.texts.append(unescaped(self.collected()).encode(errors="replace"))
        elif name == self.guide:
            self.guided = False


def unescaped(text: str) -> str:
    """With `_x0041_` as the character it stands for (ECMA-376, 22.9.2.19)."""
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
