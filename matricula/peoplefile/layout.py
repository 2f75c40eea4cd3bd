"""How a file is read: which of its columns holds what, found out from its first lines or chosen."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Self

from django.utils.translation import gettext as _

from matricula.peoplefile.columns import Role

Records = Sequence[Sequence[str]]

LONGEST_HEADER = 100
NAMES = (Role.NAME, Role.FIRST, Role.LAST)
TIE, MISSING = "tie", "missing"


class Quoting(StrEnum):
    """How a cell of a text file holds what would end it."""

    USUAL = ""
    """RFC 4180: in quotation marks, of which those within are doubled."""
    BACKSLASH = "backslash"
    """A backslash before each quotation mark within, as databases export."""
    APOSTROPHE = "apostrophe"
    """In apostrophes instead of quotation marks."""

    @property
    def options(self) -> dict[str, Any]:
        """For csv.reader."""
        if self is Quoting.BACKSLASH:
            return {"escapechar": "\\", "doublequote": False}
        return {"quotechar": "'"} if self is Quoting.APOSTROPHE else {}


@dataclass(frozen=True, slots=True)
class Choices:
    """What somebody says about a file instead of leaving it to be found out. Columns count from 0."""

    encoding: str = ""
    delimiter: str = ""
    columns: dict[int, Role] = field(default_factory=dict)
    sheet: int = -1
    """Of a workbook; -1 is the one where the people are found."""

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Self:
        columns = {int(at): Role(role) for at, role in kept.get("columns", {}).items()}
        return cls(kept.get("encoding", ""), kept.get("delimiter", ""), columns, kept.get("sheet", -1))

    def kept(self) -> dict[str, Any]:
        return asdict(self)

    def __bool__(self) -> bool:
        return bool(self.encoding or self.delimiter or self.columns or self.sheet >= 0)


@dataclass(frozen=True, slots=True)
class Column:
    """`samples` are of the first lines; a column of secrets has none."""

    heading: str
    role: Role
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """What is needed to read a file, and what is said of it before it is read."""

    columns: tuple[Column, ...]
    begin: int = 0
    """The first record that is a person; blank ones do not count."""
    heading_line: int = 0
    """Where the headings are; 0 where the file has none."""
    undecided: str = ""
    """Why no column of addresses is chosen: several could be it (TIE), or none (MISSING)."""
    possible: tuple[int, ...] = ()
    """The columns that could be it."""
    known: int = 0
    """How much of the headings was understood, to compare with other delimiters."""
    encoding: str = ""
    guessed: bool = False
    delimiter: str = ""
    quoting: Quoting = Quoting.USUAL
    wrapped: bool = False
    """Every line is one quoted cell that holds the line."""
    across: bool = False
    """The file is one line, and every cell of it is somebody's address."""
    fixed: bool = False
    """Secrets were left out of the copy that is kept, so what is between its cells is what it is."""
    sheet: int = 0
    """Which of `sheets` is read."""
    sheets: tuple[str, ...] = ()
    """The names of those that are not hidden."""

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Self:
        columns = tuple(
            Column(one["heading"], Role(one["role"]), tuple(one["samples"])) for one in kept["columns"]
        )
        lists = {"possible": tuple(kept["possible"]), "sheets": tuple(kept["sheets"])}
        return cls(**(kept | lists | {"columns": columns, "quoting": Quoting(kept["quoting"])}))

    def kept(self) -> dict[str, Any]:
        return asdict(self)

    def where(self, role: Role) -> tuple[int, ...]:
        return tuple(at for at, column in enumerate(self.columns) if column.role is role)

    @property
    def address(self) -> int:
        """-1 while it is undecided."""
        return next(iter(self.where(Role.EMAIL)), -1)


def note_headings(layout: Layout) -> dict[int, str]:
    """The heading of each column that is noted, as typed; the second `Team` becomes `Team 2`."""
    result: dict[int, str] = {}
    seen: Counter[str] = Counter()
    for at in layout.where(Role.NOTE):
        heading = layout.columns[at].heading or unnamed(at)
        seen[heading] += 1
        result[at] = heading if seen[heading] == 1 else f"{heading} {seen[heading]}"
    return result


def unnamed(at: int) -> str:
    return _("Column %d") % (at + 1)
