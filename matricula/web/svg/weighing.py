"""How much a drawing is to draw, which little to send can hide."""

import re
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
LAYERED = ("opacity", "mask", "clip-path", "mix-blend-mode", "isolation")


def layers_in(names: list[str]) -> int:
    return sum(name.strip().lower() in LAYERED for name in names)


def names_in(declarations: str) -> list[str]:
    return [one.partition(":")[0] for one in declarations.split(";")]


class Scale:
    """How much a drawing is with every reference in it written out."""

    def __init__(self, root: Element, rules: list[Rule]) -> None:
        self.rules = rules
        self.named: dict[str, Element] = {}
        left = [root]
        while left:
            element = left.pop()
            self.named.setdefault(element.attributes.get("id", ""), element)
            left += element.children

    def weigh(self, element: Element, within: tuple[str, ...] = ()) -> int:
        """In characters. Raises PictureRefused when that never ends, or is too much."""
        weight = 20 + sum(len(value) for value in element.attributes.values()) + LAYER * self.layers(element)
        for target in self.targets(element):
            if target in within:
                words = _("Line %(line)d: “#%(id)s” refers to itself.")
                raise PictureRefused(words % {"line": element.line, "id": target[:40]})
            if target in self.named:
                weight += self.weigh(self.named[target], (*within, target))
        for one in element.inside:
            weight += self.weigh(one, within) if isinstance(one, Element) else self.letters(element, one)
        if weight > HEAVIEST or len(within) > DEEPEST:
            raise PictureRefused(
                _("Line %d: the drawing is too much to draw. Use fewer layers, copies and words.")
                % element.line
            )
        return weight

    def targets(self, element: Element) -> list[str]:
        """What it refers to itself, and by the rules of style sheets that may be about it."""
        values = " ".join(value for name, value in element.attributes.items() if name != "href")
        link = element.attributes.get("href", "")
        by_rule = chain(*(rule.targets for rule in self.rules_about(element)))
        return [*TARGET.findall(values), *by_rule, *filter(None, [link[1:]])]

    def letters(self, element: Element, text: str) -> int:
        return len(text.split()) and len(text) * (LETTER if element.name in ("text", "tspan") else 1)

    def layers(self, element: Element) -> int:
        own = [*element.attributes, *names_in(element.attributes.get("style", ""))]
        return layers_in(own) + sum(rule.layers for rule in self.rules_about(element))

    def rules_about(self, element: Element) -> list[Rule]:
        """Those that may be: more rather than fewer."""
        classes = set(element.attributes.get("class", "").split())
        return [rule for rule in self.rules if not rule.classes or rule.classes & classes]
