"""Reads the keys of one mapping with their types; what is wrong goes to the page with its line."""

import re
from collections.abc import Iterator
from decimal import Decimal
from difflib import get_close_matches

from matricula.catalog.courseformat.answers import read_number
from matricula.catalog.courseformat.keys import KEYS
from matricula.catalog.courseformat.languages import language_tag
from matricula.catalog.courseformat.problems import Page
from matricula.catalog.courseformat.texts import control_character_line
from matricula.catalog.courseformat.yamltext import Listing, Mapping, Node, Scalar

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
WHOLE = re.compile(r"-?[0-9]{1,9}")
YES, NO = {"true", "True", "TRUE", "yes", "Yes"}, {"false", "False", "FALSE", "no", "No"}
LONGEST_SLUG = 80
LONGEST_TEXT = 20_000


def closest(word: str, known: tuple[str, ...]) -> str:
    """A "did you mean" for a misspelt word, or the words there are."""
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    return f"did you mean ‘{near[0]}’?" if near else f"possible are: {', '.join(known)}."


class Fields:
    """One mapping of the kind `of` (a row of KEYS). Readers always return something usable."""

    def __init__(self, mapping: Mapping, page: Page, of: str, *, named: str = "") -> None:
        self.mapping, self.page, self.of = mapping, page, named or of
        for key, _ in mapping.entries.values():
            if key.text not in KEYS[of]:
                name = f"{of} {named}" if named else of
                hint = closest(key.text, KEYS[of])
                page.problem(key.line, "unknown-key", f"The {name} has no key ‘{key.text[:80]}’: {hint}")

    def line(self, key: str) -> int:
        entry = self.mapping.entries.get(key)
        return entry[0].line if entry else self.mapping.line

    def node(self, key: str) -> Node | None:
        entry = self.mapping.entries.get(key)
        if entry is None or (isinstance(entry[1], Scalar) and entry[1].empty):
            return None
        return entry[1]

    def has(self, key: str) -> bool:
        return self.node(key) is not None

    def problem(self, key: str, code: str, message: str) -> None:
        self.page.problem(self.line(key), code, message)

    def required(self, key: str, example: str) -> None:
        if not self.has(key):
            self.problem(key, "missing-key", f"Give this {self.of} a ‘{key}’, such as {example}.")

    def text(self, key: str, *, example: str = "", longest: int = LONGEST_TEXT) -> str:
        """A text; with `example` it is required."""
        if example:
            self.required(key, f"‘{key}: {example}’")
        return self._text_of(self.node(key), key, longest)

    def _text_of(self, node: Node | None, key: str, longest: int) -> str:
        if node is None:
            return ""
        if not isinstance(node, Scalar):
            self.page.problem(node.line, "wrong-type", f"‘{key}’ must be a text, not a list or mapping.")
            return ""
        if len(node.text) > longest:
            message = f"‘{key}’ is {len(node.text)} characters long; shorten it to {longest}."
            self.page.problem(node.line, "too-long", message)
        if control_character_line(node.text):
            message = f"‘{key}’ holds an invisible control character; remove it."
            self.page.problem(node.line, "control-character", message)
            return ""
        return node.text.strip()

    def text_line(self, key: str) -> int:
        """The line in which the words of a text begin: below the key if it is a block."""
        node = self.node(key)
        if not isinstance(node, Scalar):
            return self.line(key)
        return node.line + 1 if node.block else node.line

    def slug(self, key: str, *, example: str = "") -> str:
        value = self.text(key, example=example)
        if value and (not SLUG.fullmatch(value) or len(value) > LONGEST_SLUG):
            message = f"‘{key}’ may hold small letters a–z, digits and single hyphens, up to {LONGEST_SLUG}."
            self.problem(key, "bad-slug", message)
        return value

    def one_of(self, key: str, words: tuple[str, ...]) -> str:
        """One of `words`; the first if something is wrong."""
        self.required(key, f"‘{key}: {words[0]}’")
        value = self.text(key)
        if value and value not in words:
            self.problem(key, "bad-value", f"‘{value[:80]}’ is not a possible {key}: {closest(value, words)}")
        return value if value in words else words[0]

    def language(self, key: str) -> str:
        value = self.text(key, example="en")
        tag = language_tag(value)
        if value and tag is None:
            message = f"‘{value[:80]}’ is not a language tag; write one such as en, de, pt-BR or zh-Hans."
            self.problem(key, "bad-language", message)
        return tag or "en"

    def whole(self, key: str, *, low: int, high: int, default: int | None = None) -> int:
        """A whole number from `low` to `high`; without `default` it is required."""
        if default is None:
            self.required(key, f"‘{key}: {low}’")
        node = self.node(key)
        if node is None:
            return low if default is None else default
        if not isinstance(node, Scalar) or not WHOLE.fullmatch(node.text):
            self.problem(key, "wrong-type", f"‘{key}’ must be a whole number from {low} to {high}.")
            return low
        if not low <= int(node.text) <= high:
            self.problem(key, "bad-value", f"‘{key}’ must lie between {low} and {high}.")
        return min(max(int(node.text), low), high)

    def yes_or_no(self, key: str, *, default: bool) -> bool:
        node = self.node(key)
        if node is None:
            return default
        if not isinstance(node, Scalar) or not node.plain or node.text not in YES | NO:
            self.problem(key, "wrong-type", f"‘{key}’ must be true or false, without quotes.")
            return default
        return node.text in YES

    def number(self, key: str, *, example: str = "") -> Decimal | None:
        if example:
            self.required(key, f"‘{key}: {example}’")
        node = self.node(key)
        if node is None:
            return None
        number = read_number(node.text) if isinstance(node, Scalar) else None
        if number is None:
            self.problem(key, "wrong-type", f"‘{key}’ must be a number, such as 12 or 0.5.")
        return number

    def items(self, key: str) -> list[Node]:
        """The items of a list; an empty list if the key is missing or something else."""
        node = self.node(key)
        if node is None:
            return []
        if not isinstance(node, Listing):
            self.problem(
                key, "wrong-type", f"‘{key}’ must be a list: one line for each, beginning with ‘- ’."
            )
            return []
        return node.items

    def texts(self, key: str, *, single: bool = False) -> Iterator[tuple[str, int]]:
        """The texts of a list with their lines; with `single`, one text may stand alone."""
        node = self.node(key)
        nodes = [node] if single and isinstance(node, Scalar) else self.items(key)
        for item in nodes:
            if isinstance(item, Scalar) and item.empty:
                self.page.problem(
                    item.line, "missing-key", f"Write a text here or remove the line from ‘{key}’."
                )
            value = self._text_of(item, key, LONGEST_TEXT)
            if value:
                yield value, item.line

    def mappings(self, key: str, of: str) -> Iterator[Mapping]:
        for item in self.items(key):
            if isinstance(item, Mapping):
                yield item
            else:
                message = f"Each {of} under ‘{key}’ must be a mapping of keys to values."
                self.page.problem(item.line, "wrong-type", message)
