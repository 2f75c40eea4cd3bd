"""Uploaded pictures: known by their content, drawn anew within limits, and small."""

import json
import logging
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import typst
from django.utils.translation import gettext_lazy
from PIL import Image, ImageOps
from pydantic import Base64Bytes

from matricula.files.sandbox import GIB, Limits, NotFinished, run_sandboxed

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


LARGEST = 2 * 1024 * 1024
"""Bytes of a file."""
MOST_PIXELS = 16_000_000
LONGEST_SIDE = 1600
"""Pixels that are kept of a picture."""
FLATTEST, TALLEST = 12.0, 1 / 3
"""Width through height."""
RASTER = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG", b"RIFF": "WEBP"}
MARK = b"\xef\xbb\xbf"
PALE, MOSTLY = 200, 0.6
"""A grey level of 255, and the share of a picture's visible points that are lighter."""
PAPER, NIGHT = "#ffffff", "#211d1a"
WITHIN = Limits(seconds=10, memory=2 * GIB, patience=60)
"""Typst reserves address space that it never touches."""
WORDS = {
    "large": gettext_lazy("The file is larger than 2 MB."),
    "unknown": gettext_lazy("This is no SVG, PNG, JPEG or WebP picture."),
    "shape": gettext_lazy("The picture is too narrow or too wide: at most 12 times as wide as high."),
    "pixels": gettext_lazy("The picture has more than 16 million pixels."),
    "broken": gettext_lazy("The picture is broken and cannot be read."),
    "empty": gettext_lazy("There is nothing to see in this picture."),
    "encoding": gettext_lazy("The file is not written in UTF-8."),
    "not_drawn": gettext_lazy(
        "The drawing cannot be drawn: it is broken, or names pictures outside of it. "
        "Save it as plain SVG with everything embedded, or as PNG."
    ),
    "heavy": gettext_lazy(
        "The picture takes too much time or memory to draw. Make it simpler, or save it as PNG."
    ),
}
logger = logging.getLogger(__name__)


class PictureRefused(Exception):
    """The file is not shown; `str()` says why. `code` is one of WORDS, or empty for other reasons."""

    def __init__(self, code: str = "", words: str = "") -> None:
        super().__init__(words or str(WORDS[code]))
        self.code = code


@dataclass(frozen=True)
class Frame:
    """The size of a picture without transparency: at most so many points, and the edge of dark ground."""

    width: int
    height: int
    edge: int


@dataclass(frozen=True)
class Picture:
    """All that is kept of an upload. `content` and `framed` are PNG, the latter without transparency."""

    content: Base64Bytes
    framed: Base64Bytes
    ratio: float
    is_pale: bool


def look_at(content: bytes) -> None:
    """What can be told at once, without unpacking anything. Raises PictureRefused."""
    if len(content) > LARGEST:
        raise PictureRefused("large")
    if not recognise_picture(content):
        raise PictureRefused("unknown")


def recognise_picture(content: bytes) -> str:
    """By how it begins; nothing for what is no picture."""
    kind = next((name for start, name in RASTER.items() if content.startswith(start)), "")
    return kind or ("SVG" if content.removeprefix(MARK).lstrip().startswith(b"<") else "")


def read_picture(content: bytes, frame: Frame) -> Picture:
    """Takes a second of the processor, or ten. Raises PictureRefused, ReaderKilled."""
    look_at(content)
    try:
        found = run_sandboxed(draw, content, frame, within=WITHIN)
    except NotFinished as fault:
        logger.warning("A picture could not be drawn: %s", fault)
        raise PictureRefused("heavy") from fault
    if isinstance(found, str):
        raise PictureRefused(found if found in WORDS else "broken")
    return found


def draw(content: Base64Bytes, frame: Frame) -> Picture | str:
    """In the sandbox: the picture, or the code of what is wrong with it."""
    try:
        points = (
            read_svg(content)
            if recognise_picture(content) == "SVG"
            else read_raster(content, recognise_picture(content))
        )
    except PointsRefused as refusal:
        return str(refusal)
    if not points.getchannel("A").getbbox():
        return "empty"
    ratio = points.width / points.height
    wide = min(frame.width, frame.height * ratio)
    small = points.resize((max(1, round(wide)), max(1, round(wide / ratio))), Image.Resampling.LANCZOS)
    return Picture(as_png(points), on_ground(small, frame.edge), ratio, is_pale(small))


class PointsRefused(Exception):
    """One of WORDS; the sandbox knows no languages."""


def read_svg(content: bytes) -> Image.Image:
    """As large as it is kept. Raises PointsRefused."""
    try:
        drawing = Drawing(content.removeprefix(MARK).lstrip().decode())
        check_shape(drawing.ratio)
        wide, high = min(1.0, drawing.ratio), min(1.0, 1 / drawing.ratio)
        return drawing.drawn(round(LONGEST_SIDE * wide), round(LONGEST_SIDE * high))
    except UnicodeDecodeError as fault:
        raise PointsRefused("encoding") from fault
    except NotDrawn as fault:
        raise PointsRefused("not_drawn") from fault


def read_raster(content: bytes, kind: str) -> Image.Image:
    """The size is read before the points are: nothing is unpacked that would be too large."""
    try:
        with Image.open(BytesIO(content), formats=[kind]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Image.DecompressionBombError
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except Image.DecompressionBombError as bomb:
        raise PointsRefused("pixels") from bomb
    except MemoryError:
        raise
    except Exception as fault:  # whatever a broken file makes of a decoder
        raise PointsRefused("broken") from fault
    check_shape(upright.width / upright.height)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return upright


def check_shape(ratio: float) -> None:
    if not TALLEST <= ratio <= FLATTEST:
        raise PointsRefused("shape")


def as_png(image: Image.Image) -> bytes:
    """Points and nothing else: no place, no camera, no comment."""
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    written = BytesIO()
    bare.save(written, "PNG", optimize=True)
    return written.getvalue()


def is_pale(image: Image.Image) -> bool:
    """Made for dark ground: what is not transparent is mostly light."""
    visible = image.getchannel("A").point(lambda level: 255 * (level > 127))
    levels = image.convert("L").histogram(visible)
    clear = image.width * image.height - sum(levels)
    return clear > 0 and sum(levels[PALE:]) > MOSTLY * sum(levels)


def on_ground(image: Image.Image, padding: int) -> bytes:
    """A PNG without transparency, for readers whose ground nobody knows: dark ground for a pale picture."""
    pale = is_pale(image)
    edge = padding if pale else 0
    ground = Image.new("RGB", (image.width + 2 * edge, image.height + 2 * edge), NIGHT if pale else PAPER)
    ground.paste(image, (edge, edge), image)
    return as_png(ground)
