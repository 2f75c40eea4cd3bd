"""YAML with the line of everything, and the keys each place knows.

Nothing is ever constructed from the YAML: nodes are read as they stand, so that a tag cannot make an object,
and `no` can be Norwegian.
"""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

import yaml

from matricula.catalog.courseformat.parts import FileLog

LESSON = ("title", "kind", "minutes", "required")
QUESTION = ("kind", "prompt", "explanation")
KEYS: dict[str, tuple[str, ...]] = {
    "course": (
        "title",
        "slug",
        "summary",
        "description",
        "topic",
        "level",
        "language",
        "pass_mark",
        "modules",
    ),
    "module": ("title", "lessons"),
    "reading": LESSON,
    "video": (*LESSON, "video", "poster", "captions"),
    "caption": ("language", "label", "file"),
    "quiz": (*LESSON, "questions"),
    "file": (*LESSON, "file"),
    "choice": (*QUESTION, "options"),
    "choices": (*QUESTION, "options"),
    "option": ("text", "right", "feedback"),
    "text": (*QUESTION, "accepted"),
    "number": (*QUESTION, "answer", "tolerance"),
}
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?")
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
"""What no text of a course holds: controls but tab, line feed and NEL, lone surrogates, marks of byte
order."""
LONGEST_SLUG = 80
LONGEST_YAML = 200_000
"""In characters; a second of the processor, or two."""
DEEPEST = 12
NULL = "tag:yaml.org,2002:null"


class RefusedYaml(yaml.YAMLError):
    def __init__(self, mark: Any, problem: str) -> None:
        self.problem_mark, self.problem = mark, problem


class Loader(yaml.SafeLoader):
    """Refuses what multiplies (aliases) and what exhausts the stack (depth)."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent):
            raise RefusedYaml(event.start_mark, "write the value out instead of an alias")
        if self.depth >= DEEPEST:
            raise RefusedYaml(event.start_mark, f"nest at most {DEEPEST} deep")
        self.depth += 1
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node


def decode_text(data: bytes, log: FileLog) -> str | None:
    """The text with plain line ends, or None after a problem."""
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        log.add(data.count(b"\n", 0, error.start) + 1, "Save this file as UTF-8.")
        return None
    found = CONTROL.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        log.add(line, "Remove the invisible control character in this line.")
        return None
    return text


def read_mapping(text: str, log: FileLog) -> yaml.MappingNode | None:
    """The mapping that `text` is, or None after a problem."""
    if len(text) > LONGEST_YAML:
        log.add(1, f"Keep the keys of this file under {LONGEST_YAML // 1000} thousand characters.")
        return None
    try:
        node = yaml.compose(text, Loader=Loader)
    except yaml.YAMLError as error:
        mark, said = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        words = f"This is not YAML ({said}). Check indentation, colons and quotes."
        log.add(mark.line + 1 if mark else 1, words)
        return None
    except (ValueError, OverflowError):
        log.add(1, "This is not YAML: it holds an escape that does not exist.")
        return None
    if isinstance(node, yaml.MappingNode):
        return node
    log.add(line_of(node) if node else 1, "Write `key: value` lines here, beginning with `title: …`.")
    return None


def line_of(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def closest_key(word: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(word, known, n=1)
    return f"Did you mean `{near[0]}`?" if near else f"Possible are {', '.join(known)}."


def read_number(text: str) -> Decimal | None:
    """A typed number, with a decimal point or a decimal comma; None if it is none."""
    plain = text.strip().replace("\N{MINUS SIGN}", "-").replace(" ", "")
    plain = plain.replace(",", ".") if plain.count(",") == 1 and "." not in plain else plain
    try:
        number = Decimal(plain) if len(plain) <= 40 and "_" not in plain else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() and abs(number.adjusted()) < 30 else None


class Fields:
    """The keys of one mapping. What is wrong goes to the log; what comes back is always usable."""

    def __init__(self, node: yaml.MappingNode, log: FileLog, place: str) -> None:
        self.log, self.line, self.place = log, line_of(node), place
        self.values: dict[str, yaml.Node] = {}
        self.lines: dict[str, int] = {}
        for key, value in node.value:
            self.take(str(key.value) if isinstance(key, yaml.ScalarNode) else "?", line_of(key), value)

    def take(self, key: str, line: int, value: yaml.Node) -> None:
        if key not in KEYS[self.place]:
            self.log.add(
                line, f"`{key[:60]}` is no key of a {self.place}. {closest_key(key, KEYS[self.place])}"
            )
        elif key in self.lines:
            self.log.add(line, f"`{key}` stands in line {self.lines[key]} already. Keep one of the two.")
        elif not (isinstance(value, yaml.ScalarNode) and (value.tag == NULL or not value.value.strip())):
            self.values[key] = value
        self.lines.setdefault(key, line)

    def problem(self, key: str, message: str) -> None:
        self.log.add(self.lines.get(key, self.line), message)

    def text(self, key: str, *, longest: int = 20_000, required: bool = False) -> str:
        node = self.values.get(key)
        if node is None:
            if required:
                self.problem(key, f"Add `{key}`; every {self.place} needs it.")
            return ""
        return self.text_of(node, key, longest)

    def text_of(self, node: yaml.Node, key: str, longest: int) -> str:
        if not isinstance(node, yaml.ScalarNode):
            self.log.add(line_of(node), f"`{key}` is a text, not a list or a mapping.")
            return ""
        value = str(node.value).strip()
        if len(value) > longest:
            self.log.add(line_of(node), f"Shorten `{key}` to {longest} characters; it has {len(value)}.")
        if CONTROL.search(value):
            self.log.add(line_of(node), f"Remove the invisible control character in `{key}`.")
            return ""
        return value

    def slug(self, key: str) -> str:
        value = self.text(key, required=True)
        if value and (not SLUG.fullmatch(value) or len(value) > LONGEST_SLUG):
            self.problem(
                key, f"`{key}` is made of a–z, digits and single hyphens, at most {LONGEST_SLUG} of them."
            )
        return value

    def one_of(self, key: str, words: tuple[str, ...], usual: str = "") -> str:
        value = self.text(key)
        if value and value not in words:
            self.problem(key, f"`{value[:60]}` is no {key}. {closest_key(value, words)}")
        return value if value in words else usual or words[0]

    def language(self, key: str) -> str:
        value = self.text(key) or "en"
        if not LANGUAGE.fullmatch(value) or len(value) > 10:
            self.problem(key, "Write the language as a tag such as en, de, pt-BR or zh-Hans.")
            return "en"
        return value

    def whole(self, key: str, low: int, high: int, usual: int) -> int:
        value = self.text(key)
        if not value:
            return usual
        if not re.fullmatch(r"[0-9]{1,6}", value) or not low <= int(value) <= high:
            self.problem(key, f"`{key}` is a whole number from {low} to {high}.")
            return usual
        return int(value)

    def yes(self, key: str, *, usual: bool) -> bool:
        node = self.values.get(key)
        if node is None:
            return usual
        value = str(node.value).lower() if isinstance(node, yaml.ScalarNode) else ""
        if value not in ("true", "false"):
            self.problem(key, f"`{key}` is true or false.")
        return value == "true"

    def number(self, key: str, *, required: bool = False) -> str:
        value = self.text(key, required=required)
        if value and read_number(value) is None:
            self.problem(key, f"`{key}` is a number, such as 12 or 0.5.")
        return str(read_number(value)) if value and read_number(value) is not None else "0"

    def items(self, key: str, hint: str) -> list[yaml.Node]:
        """The items of a list; none, after a problem with `hint`, if it is missing or empty."""
        node = self.values.get(key)
        if isinstance(node, yaml.SequenceNode) and node.value:
            return list(node.value)
        if hint or node is not None:
            self.problem(key, hint or f"`{key}` is a list: one line for each, beginning with `- `.")
        return []

    def texts(self, key: str, hint: str) -> Iterator[tuple[str, int]]:
        """The texts of a list with their lines; one text may stand alone."""
        node = self.values.get(key)
        for item in [node] if isinstance(node, yaml.ScalarNode) else self.items(key, hint):
            value = self.text_of(item, key, 300)
            if value:
                yield value, line_of(item)

    def mappings(self, key: str, hint: str) -> Iterator[yaml.MappingNode]:
        for item in self.items(key, hint):
            if isinstance(item, yaml.MappingNode):
                yield item
            else:
                self.log.add(line_of(item), f"Write each of `{key}` as keys and values.")
