"""A drawing as it was read."""

from dataclasses import dataclass, field


class PictureRefused(Exception):
    """The file is not shown; `str()` says what is wrong and where."""


@dataclass
class Element:
    name: str
    line: int
    attributes: dict[str, str]
    inside: list["Element | str"] = field(default_factory=list)

    @property
    def children(self) -> list["Element"]:
        return [one for one in self.inside if isinstance(one, Element)]


@dataclass(frozen=True)
class Rule:
    """Of a style sheet: what it is about (`subjects` of its selector), and what it costs to follow."""

    subjects: frozenset[str]
    targets: list[str]
    layers: int
