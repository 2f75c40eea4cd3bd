"""Which SVG images may be shown: drawings only, nothing that runs or calls out."""

import re
from xml.parsers import expat

ELEMENTS = """
    svg g defs symbol use title desc metadata path rect circle ellipse line polyline polygon text tspan
    textPath linearGradient radialGradient stop pattern clipPath mask marker filter style switch view
    feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting
    feDisplacementMap feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feMerge
    feMergeNode feMorphology feOffset feDistantLight fePointLight feSpecularLighting feSpotLight feTile
    feTurbulence image
"""
EMBEDDED = re.compile(r"data:image/(?:png|jpeg|webp);base64,[A-Za-z0-9+/=\s]*")
FOREIGN_CSS = re.compile(
    r"@import|expression\s*\(|javascript:|url\(\s*['\"]?\s*(?!#)[^)\s'\"]|\\|-moz-binding", re.I
)
SVG_NAMESPACE = "http://www.w3.org/2000/svg"


class _Unsafe(Exception):
    pass


class _Inspector:
    """Walks the drawing with expat; stops at the first thing that does not belong."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text
        self.parser.StartDoctypeDeclHandler = self.declaration
        self.parser.EntityDeclHandler = self.declaration
        self.parser.ProcessingInstructionHandler = self.instruction
        self.open: list[str] = []
        self.seen_root = False

    def declaration(self, *_: object) -> None:
        raise _Unsafe("Remove the DOCTYPE declaration from this SVG.")

    def instruction(self, *_: object) -> None:
        raise _Unsafe("Remove the processing instruction from this SVG.")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, element = name.rpartition(" ")
        if not self.seen_root and (namespace, element) != (SVG_NAMESPACE, "svg"):
            raise _Unsafe(f'Begin the image with <svg xmlns="{SVG_NAMESPACE}">.')
        self.seen_root = True
        self.open.append(element)
        # Drawing programs leave their own notes in other namespaces; browsers ignore those.
        if namespace == SVG_NAMESPACE and element not in ELEMENTS.split():
            raise _Unsafe(f"Remove the element <{element}>; images hold drawings only.")
        if namespace.endswith(("/xhtml", "/MathML")):
            raise _Unsafe("Remove the HTML or MathML from this SVG.")
        for attribute, value in attributes.items():
            self.attribute(attribute.rpartition(" ")[2], value)

    def attribute(self, name: str, value: str) -> None:
        if name.lower().startswith("on"):
            raise _Unsafe(f"Remove the attribute ‘{name}’; images do not react.")
        if name.lower() in {"href", "src"} and not value.startswith("#") and not EMBEDDED.fullmatch(value):
            raise _Unsafe("Embed what this SVG refers to; images load nothing from elsewhere.")
        if FOREIGN_CSS.search(value):
            raise _Unsafe(f"Remove the foreign address or script from the attribute ‘{name}’.")

    def end(self, _: str) -> None:
        self.open.pop()

    def text(self, data: str) -> None:
        if self.open and self.open[-1] == "style" and FOREIGN_CSS.search(data):
            raise _Unsafe("Remove the foreign address from this SVG's style.")


def svg_problem(data: bytes) -> tuple[int, str] | None:
    """The line and the words of what makes this SVG unsafe to show; None if it is a plain drawing."""
    inspector = _Inspector()
    # Character data must arrive in one piece, or “@im” and “port” would pass separately.
    inspector.parser.buffer_text = True
    inspector.parser.buffer_size = 1024 * 1024
    try:
        inspector.parser.Parse(data, True)
    except _Unsafe as unsafe:
        return inspector.parser.CurrentLineNumber, str(unsafe)
    except (expat.ExpatError, ValueError, LookupError):
        return max(inspector.parser.CurrentLineNumber, 1), "This is not well-formed SVG; export it again."
    return None
