"""Drawing an SVG as points, in the sandbox: of an uploaded drawing nothing is kept but how it looks.

Typst opens no address, and no file but below the folder it is given, which is empty. What a browser would run
is nothing to it.
"""

import json
import tempfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import typst
from PIL import Image

MEASURING = b"""#let drawing = json(bytes(sys.inputs.drawing))
#context [#metadata(measure(image(bytes(drawing.svg), format: "svg", width: 1000pt)).height / 1pt) <height>]
"""
DRAWING = b"""#set page(width: auto, height: auto, margin: 0pt, fill: none)
#let drawing = json(bytes(sys.inputs.drawing))
#image(bytes(drawing.svg), format: "svg", width: drawing.width * 1pt, height: drawing.height * 1pt)
"""


class NotDrawn(Exception):
    """The drawing is broken, empty, or asks for what lies outside of it."""


class Drawing:
    """An SVG. Raises NotDrawn."""

    def __init__(self, svg: str) -> None:
        self.svg = svg
        height = float(self.asked(typst.query, MEASURING, selector="<height>", field="value", one=True))
        self.ratio = 1000 / height if height > 0 else 0.0

    def drawn(self, width: int, height: int) -> Image.Image:
        """As so many points, on no ground."""
        png = self.asked(typst.compile, DRAWING, width=width, height=height, format="png", ppi=72)
        with Image.open(BytesIO(png), formats=["PNG"]) as picture:
            return picture.convert("RGBA").resize((width, height), Image.Resampling.LANCZOS)

    def asked(
        self, what: Callable[..., Any], template: bytes, *, width: int = 0, height: int = 0, **how: Any
    ) -> Any:
        values = json.dumps({"svg": self.svg, "width": width, "height": height})
        with tempfile.TemporaryDirectory() as nothing:
            try:
                return what(template, root=nothing, sys_inputs={"drawing": values}, **how)
            except Exception as fault:  # whatever a broken file makes of the drawer
                raise NotDrawn(str(fault)) from fault
