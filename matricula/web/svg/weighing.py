"""How much a drawing is to draw, which little to send can hide."""

import re
from collections.abc import Iterator
from itertools import chain

from django.utils.translation import gettext as _

from matricula.web.svg.tree import Element, PictureRefused, Rule

HEAVIEST = 1_000_000
"""Characters of a drawing with every reference in it written out."""
LAYER = 5_000
"""What a layer counts: what is half-transparent, masked, clipped or blended is drawn on its own sheet."""
LETTER = 500
"""What a letter of a text counts: each is shaped and drawn as a path."""
DEEPEST = 60
TARGET = re.compile(r"url\(\s*['\"]?#([\w.:-]+)", re.IGNORECASE)
SIMPLE = re.compile(r"[.#]?[\w-]+")
"""A class, an id or an element in a selector."""
LAYERED = ("opacity", "mask", "clip-path", "mix-blend-mode", "isolation")


def layers_in(names: list[str]) -> int:
    return sum(name.strip().lower() in LAYERED for name in names)


def names_in(declarations: str) -> list[str]:
    return [one.partition(":")[0] for one in declarations.split(";")]


def subjects(selector: str) -> frozenset[str]:
    """A class, an id or an element that each thing a selector means has; "" where it means anything."""
    ends = (re.split(r"[\s>]+", one.strip())[-1] for one in selector.split(","))
    return frozenset((SIMPLE.findall(end) or [""])[-1] for end in ends)


def weigh(root: Element, rules: list[Rule]) -> int:
    """The whole drawing, in characters. Raises PictureRefused when it is too much."""
    try:
        return Scale(root, rules).weigh(root)
    except RecursionError as deep:
        raise too_much(root) from deep


def too_much(element: Element) -> PictureRefused:
    words = _("Line %d: the drawing is too much to draw. Use fewer layers, copies and words.")
    return PictureRefused(words % element.line)


class Scale:
    """How much a drawing is with every reference in it written out."""

    def __init__(self, root: Element, rules: list[Rule]) -> None:
        self.named: dict[str, Element] = {}
        left = [root]
        while left:
            element = left.pop()
            self.named.setdefault(element.attributes.get("id", ""), element)
            left += element.children
        self.ruled: dict[str, list[Rule]] = {}
        for rule in rules:
            known = [one for one in rule.targets if one in self.named]
            for subject in rule.subjects if known or rule.layers else ():
                self.ruled.setdefault(subject, []).append(Rule(rule.subjects, known, rule.layers))

    def weigh(self, element: Element, within: tuple[str, ...] = ()) -> int:
        """In characters. Raises PictureRefused when that never ends, or as soon as it is too much."""
        weight = 20 + sum(len(value) for value in element.attributes.values()) + LAYER * self.layers(element)
        for part in chain([0], self.parts(element, within)):
            weight += part
            if weight > HEAVIEST or len(within) > DEEPEST:
                raise too_much(element)
        return weight

    def parts(self, element: Element, within: tuple[str, ...]) -> Iterator[int]:
        """The weights of what it refers to and of what is in it."""
        for target in self.targets(element):
            if target in within:
                words = _("Line %(line)d: “#%(id)s” refers to itself.")
                raise PictureRefused(words % {"line": element.line, "id": target[:40]})
            if target in self.named:
                yield self.weigh(self.named[target], (*within, target))
        for one in element.inside:
            yield self.weigh(one, within) if isinstance(one, Element) else self.letters(element, one)

    def targets(self, element: Element) -> Iterator[str]:
        """What it refers to itself, and by the rules of style sheets that may be about it."""
        for name, value in element.attributes.items():
            yield from TARGET.findall(value) if name != "href" else filter(None, [value[1:]])
        yield from chain(*(rule.targets for rule in self.rules_about(element)))

    def letters(self, element: Element, text: str) -> int:
        return len(text.split()) and len(text) * (LETTER if element.name in ("text", "tspan") else 1)

    def layers(self, element: Element) -> int:
        own = [*element.attributes, *names_in(element.attributes.get("style", ""))]
        return layers_in(own) + sum(rule.layers for rule in self.rules_about(element))

    def rules_about(self, element: Element) -> Iterator[Rule]:
        """Those that may be: more rather than fewer."""
        classes = {f".{name}" for name in element.attributes.get("class", "").split()}
        for subject in ("", element.name, f"#{element.attributes.get('id', '')}", *classes):
            yield from self.ruled.get(subject, ())
