"""YAML as plain nodes with line numbers.

Built from parser events, so that nothing is ever constructed: a tag cannot make an object and an alias
cannot multiply (both are refused). Scalars stay as written, so that `no` can be Norwegian.
"""

from dataclasses import dataclass, field
from typing import Any

import yaml

from matricula.catalog.courseformat.problems import Page

DEEPEST = 12
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
EMPTY = {"", "~", "null", "Null", "NULL"}


@dataclass(frozen=True, slots=True)
class Scalar:
    text: str
    line: int
    plain: bool
    block: bool

    @property
    def empty(self) -> bool:
        return (self.plain and self.text in EMPTY) or not self.text.strip()


@dataclass(frozen=True, slots=True)
class Listing:
    line: int
    items: "list[Node]" = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Mapping:
    line: int
    entries: "dict[str, tuple[Scalar, Node]]" = field(default_factory=dict)


Node = Scalar | Listing | Mapping


class RefusedYaml(Exception):
    """Well-formed YAML with something courses do not use."""

    def __init__(self, line: int, code: str, message: str) -> None:
        super().__init__(message)
        self.line, self.code, self.message = line, code, message


def read_yaml(text: str, page: Page, *, first_line: int = 1) -> Node | None:
    """The one document in `text`, or None after reporting to `page` why there is none."""
    builder = _Builder(page, first_line - 1)
    try:
        for event in yaml.parse(text, Loader=LOADER):
            builder.take(event)
    except RefusedYaml as refused:
        page.problem(refused.line, refused.code, refused.message)
        return None
    except yaml.YAMLError as error:
        page.problem(_line_of(error) + first_line, "yaml-syntax", _words_of(error))
        return None
    except (ValueError, OverflowError):
        page.problem(first_line, "yaml-syntax", "This YAML holds an escape or a number that does not exist.")
        return None
    return builder.root


def _line_of(error: yaml.YAMLError) -> int:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return mark.line if mark else 0


def _words_of(error: yaml.YAMLError) -> str:
    said = getattr(error, "problem", None) or getattr(error, "reason", None) or "it is not well formed"
    return (
        f"This is not YAML ({said}). Check indentation, colons and quotes; quote texts with a colon in them."
    )


class _Builder:
    """Grows the tree event by event, with its own stack: deep nesting is refused before it hurts."""

    def __init__(self, page: Page, offset: int) -> None:
        self.page = page
        self.offset = offset
        self.root: Node | None = None
        self.documents = 0
        self.stack: list[Listing | Mapping] = []
        self.keys: list[Scalar | None] = []

    def take(self, event: Any) -> None:
        line = event.start_mark.line + 1 + self.offset
        if isinstance(event, yaml.DocumentStartEvent):
            self._start_document(line)
        elif isinstance(event, yaml.AliasEvent):
            raise RefusedYaml(
                line, "yaml-alias", f"Write the value out instead of the alias *{event.anchor}."
            )
        elif isinstance(event, yaml.NodeEvent):
            self._refuse_extras(event, line)
            self._add_node(event, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.stack.pop()
            self.keys.pop()

    def _start_document(self, line: int) -> None:
        self.documents += 1
        if self.documents > 1:
            raise RefusedYaml(line, "yaml-syntax", "Keep one YAML document in the file; remove this ‘---’.")

    def _refuse_extras(self, event: Any, line: int) -> None:
        if event.anchor is not None:
            raise RefusedYaml(line, "yaml-alias", f"Remove the anchor &{event.anchor}; write values out.")
        if event.tag is not None:
            raise RefusedYaml(line, "yaml-tag", f"Remove the tag {event.tag}; write the plain value.")

    def _add_node(self, event: Any, line: int) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._place(Scalar(event.value, line, not event.style, event.style in ("|", ">")), line)
            return
        node: Listing | Mapping = (
            Listing(line) if isinstance(event, yaml.SequenceStartEvent) else Mapping(line)
        )
        self._place(node, line)
        if len(self.stack) >= DEEPEST:
            raise RefusedYaml(line, "too-deep", f"Nest lists and mappings at most {DEEPEST} deep.")
        self.stack.append(node)
        self.keys.append(None)

    def _place(self, node: Node, line: int) -> None:
        if not self.stack:
            self.root = node
            return
        holder = self.stack[-1]
        if isinstance(holder, Listing):
            holder.items.append(node)
        else:
            self._place_in_mapping(holder, node, line)

    def _place_in_mapping(self, holder: Mapping, node: Node, line: int) -> None:
        key = self.keys[-1]
        if key is not None:
            self.keys[-1] = None
            self._set(holder, key, node)
        elif isinstance(node, Scalar):
            self.keys[-1] = node
        else:
            raise RefusedYaml(line, "yaml-syntax", "Use a plain word as a key, not a list or mapping.")

    def _set(self, holder: Mapping, key: Scalar, node: Node) -> None:
        if key.text in holder.entries:
            first = holder.entries[key.text][0].line
            message = f"‘{key.text}’ is already given in line {first}; keep one of the two."
            self.page.problem(key.line, "duplicate-key", message)
        else:
            holder.entries[key.text] = (key, node)
