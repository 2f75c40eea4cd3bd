"""SVG that may be shown: read without entities, held against a list of what is allowed, and written anew.

What is not on the list is refused with its line, never taken out in silence; only what editors keep for
themselves and no browser draws is left behind. The list is SVG 2 (https://www.w3.org/TR/SVG2/eltindex.html)
without anything that runs, moves, fetches, or costs more to draw than to send.
"""

import re
from dataclasses import dataclass
from html import escape
from xml.parsers import expat

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matricula.web.svg.lists import (
    ATTRIBUTES,
    EDITORS,
    ELEMENTS,
    FUNCTIONS,
    IGNORED,
    PROPERTIES,
    SVG,
    XLINK,
    XML,
)
from matricula.web.svg.tree import Element, PictureRefused, Rule
from matricula.web.svg.weighing import DEEPEST, TARGET, layers_in, names_in, subjects, weigh

LONGEST = 256 * 1024
"""Bytes of a file."""
FUNCTION = re.compile(r"(?<![\w-])([\w-]*+) ?\(")
"""In words with single blanks. No expression here may look at a character more than a few times."""
NUMBER = re.compile(r"[0-9]*\.?[0-9]+(?:e[+-]?[0-9]+)?", re.IGNORECASE)
COLOUR = re.compile(r"#[0-9a-f]+", re.IGNORECASE)
LARGEST_NUMBER = 1e7
INNER = re.compile(r"url\(\s*(['\"]?)#[\w.:-]+\1\s*\)", re.IGNORECASE)
COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
SELECTOR = re.compile(r"[\w\s.,#>*-]+")
LONGEST_LENGTH = 60
"""Characters of a width or height."""
LENGTH = re.compile(r"\s*([0-9]*\.?[0-9]+(?:e[+-]?[0-9]+)?)\s*(?:px|pt|mm|cm|in)?\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Drawing:
    """A checked drawing, written anew, and its size in units of its own."""

    text: str
    width: float
    height: float


def read_svg(content: bytes) -> Drawing:
    """Raises PictureRefused."""
    if len(content) > LONGEST:
        raise PictureRefused(_("The drawing is larger than %d kB.") % (LONGEST // 1024))
    reader = Reader()
    root = reader.read(content)
    if root.name != "svg":
        raise PictureRefused(_("The file is XML, but no SVG."))
    weigh(root, reader.rules)
    width, height = size_of(root)
    return Drawing(written(root, ' xmlns="http://www.w3.org/2000/svg"'), width, height)


ELEMENT_WORDS = {
    "script": gettext_lazy("a script (<%s>) is not allowed."),
    "foreignObject": gettext_lazy("foreign content (<%s>) is not allowed."),
    "image": gettext_lazy(
        "a picture within the drawing (<%s>) is not allowed. Upload the picture itself as PNG."
    ),
    "a": gettext_lazy("a link (<%s>) is not allowed."),
    "animate": gettext_lazy("an animation (<%s>) is not allowed."),
    "animateTransform": gettext_lazy("an animation (<%s>) is not allowed."),
    "animateMotion": gettext_lazy("an animation (<%s>) is not allowed."),
    "set": gettext_lazy("an animation (<%s>) is not allowed."),
}


class Reader:
    """The elements of a file, each held against the list as it comes."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate("utf-8", namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.open
        self.parser.EndElementHandler = self.close
        self.parser.CharacterDataHandler = self.write
        self.parser.StartDoctypeDeclHandler = self.refuse_doctype
        self.parser.ProcessingInstructionHandler = self.refuse_instruction
        self.rules: list[Rule] = []
        self.opened: list[Element | None] = []
        self.root: Element | None = None

    def read(self, content: bytes) -> Element:
        try:
            content.decode("utf-8")
            self.parser.Parse(content, True)
        except expat.ExpatError as fault:
            raise PictureRefused(
                _("Line %(line)d: the file is broken: %(why)s.")
                % {"line": fault.lineno, "why": expat.ErrorString(fault.code)}
            ) from fault
        except UnicodeDecodeError as fault:
            raise PictureRefused(_("The file is not written in UTF-8.")) from fault
        if self.root is None:
            raise PictureRefused(_("The file is XML, but no SVG."))
        return self.root

    @property
    def line(self) -> int:
        return self.parser.CurrentLineNumber

    def refuse(self, what: str) -> PictureRefused:
        return PictureRefused(_("Line %(line)d: %(what)s") % {"line": self.line, "what": what})

    def refuse_doctype(self, *_details: object) -> None:
        raise self.refuse(_("a DOCTYPE is not allowed. Save the drawing as plain SVG."))

    def refuse_instruction(self, target: str, _data: str) -> None:
        raise self.refuse(_("the instruction <?%s?> is not allowed.") % target[:40])

    def open(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.opened) >= DEEPEST:
            raise self.refuse(_("elements are nested more than %d deep.") % DEEPEST)
        element = None if self.is_left_out(name) else self.checked(name, attributes)
        if element and self.opened and self.opened[-1]:
            self.opened[-1].inside.append(element)
        elif element:
            self.root = element
        self.opened.append(element)

    def is_left_out(self, name: str) -> bool:
        """What an editor keeps for itself, and everything within it."""
        space, _space, _local = name.rpartition(" ")
        within = bool(self.opened) and self.opened[-1] is None
        return within or (bool(self.opened) and (space in EDITORS or name == f"{SVG} metadata"))

    def checked(self, name: str, attributes: dict[str, str]) -> Element:
        space, _space, local = name.rpartition(" ")
        if space != SVG or local not in ELEMENTS:
            raise self.refuse(ELEMENT_WORDS.get(local, _("the element <%s> is not allowed.")) % local[:40])
        kept = {}
        for key, value in attributes.items():
            plain = self.name_of(key)
            if plain:
                kept[plain] = self.checked_value(plain, value)
        return Element(local, self.line, kept)

    def name_of(self, key: str) -> str:
        """The attribute's name without its namespace; nothing for one that is left out."""
        space, _space, local = key.rpartition(" ")
        if space in EDITORS or local in IGNORED or local.startswith(("data-", "aria-")):
            return ""
        if local.lower().startswith("on") and not space:
            raise self.refuse(_("the event handler “%s” is not allowed.") % local[:40])
        if (space == XLINK and local == "href") or (space == XML and local == "space"):
            return local if space == XLINK else "xml:space"
        if space in (XLINK, XML):
            return ""
        if space or local not in ATTRIBUTES:
            raise self.refuse(_("the attribute “%s” is not allowed.") % local[:40])
        return local

    def checked_value(self, name: str, value: str) -> str:
        if name == "href" and not re.fullmatch(r"#[\w.:-]+", value.strip()):
            raise self.refuse(_("“%s” leads out of the drawing.") % value.strip()[:60])
        if name == "style":
            self.check_declarations(value)
        elif name not in ("id", "class"):
            self.check_words(value)
        return value.strip() if name == "href" else value

    def check_declarations(self, text: str) -> None:
        for declaration in filter(None, (one.strip() for one in COMMENT.sub("", text).split(";"))):
            name, _colon, value = declaration.partition(":")
            if name.strip().lower() not in PROPERTIES:
                raise self.refuse(_("the style “%s” is not allowed.") % name.strip()[:40])
            self.check_words(value)

    def check_words(self, value: str) -> None:
        """No function beyond colours, moves and references into the drawing; no escapes to hide one."""
        if "\\" in value or "@" in value:
            raise self.refuse(_("“%s” is not allowed.") % value.strip()[:60])
        rest = INNER.sub("", value)
        for function in FUNCTION.findall(" ".join(rest.split())):
            if function.lower() not in FUNCTIONS:
                raise self.refuse(_("“%s” is not allowed.") % f"{function}(…)")
        for number in NUMBER.findall(COLOUR.sub("", rest)):
            if float(number) > LARGEST_NUMBER:
                raise self.refuse(_("the number %s is too large to draw.") % number[:20])

    def write(self, text: str) -> None:
        element = self.opened[-1] if self.opened else None
        if element:
            element.inside.append(text)

    def close(self, _name: str) -> None:
        element = self.opened.pop()
        if element and element.name == "style":
            self.check_sheet("".join(one for one in element.inside if isinstance(one, str)))

    def check_sheet(self, sheet: str) -> None:
        *rules, rest = COMMENT.sub("", sheet).split("}")
        for selector, brace, declarations in (rule.partition("{") for rule in rules):
            if not brace or "{" in declarations or not SELECTOR.fullmatch(selector):
                raise self.refuse(_("the style sheet holds more than plain rules."))
            self.check_declarations(declarations)
            layers = layers_in(names_in(declarations))
            self.rules.append(Rule(subjects(selector), TARGET.findall(declarations), layers))
        if rest.strip():
            raise self.refuse(_("the style sheet holds more than plain rules."))


def size_of(root: Element) -> tuple[float, float]:
    """By the view box, else by width and height. Raises PictureRefused."""
    box = re.split(r"[\s,]+", root.attributes.get("viewBox", "").strip())
    lengths = box[2:] if len(box) == 4 else [root.attributes.get(name, "") for name in ("width", "height")]
    found = [LENGTH.fullmatch(length) for length in lengths if len(length) <= LONGEST_LENGTH]
    sizes = [float(one[1]) for one in found if one]
    if len(sizes) != 2 or not all(0 < size < 1_000_000 for size in sizes):
        raise PictureRefused(
            _("Line %d: the drawing does not say how large it is. It needs a viewBox.") % root.line
        )
    return sizes[0], sizes[1]


def written(element: Element, more: str = "") -> str:
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in element.attributes.items())
    inside = "".join(
        written(one) if isinstance(one, Element) else escape(one, quote=False) for one in element.inside
    )
    return f"<{element.name}{more}{attributes}>{inside}</{element.name}>"
