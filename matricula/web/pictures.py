"""Uploaded pictures: known by their content, checked or drawn anew, and small."""

from dataclasses import dataclass
from io import BytesIO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from matricula.web.drawing import NotDrawn, draw
from matricula.web.svg import PictureRefused, read_svg

LARGEST = 2 * 1024 * 1024
"""Bytes of a file."""
MOST_PIXELS = 16_000_000
LONGEST_SIDE = 1600
"""Pixels that are kept of a raster picture."""
FLATTEST, TALLEST = 12.0, 1 / 3
"""Width through height."""
RASTER = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG", b"RIFF": "WEBP"}
PALE, MOSTLY = 200, 0.6
"""A grey level of 255, and the share of a picture's visible points that are lighter."""
PAPER, NIGHT = "#ffffff", "#211d1a"


@dataclass(frozen=True)
class Picture:
    """A picture that may be shown: `kind` is svg or png."""

    content: bytes
    kind: str
    ratio: float


def read_picture(content: bytes) -> Picture:
    """SVG is checked and written anew; PNG, JPEG and WebP become PNG. Raises PictureRefused."""
    if len(content) > LARGEST:
        raise PictureRefused(_("The file is larger than %d MB.") % (LARGEST // 1024 // 1024))
    kind = next((name for start, name in RASTER.items() if content.startswith(start)), "")
    if kind:
        return well_shaped(read_raster(content, kind))
    if not content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        raise PictureRefused(_("This is no SVG, PNG, JPEG or WebP picture."))
    drawing = read_svg(content.removeprefix(b"\xef\xbb\xbf").lstrip())
    return well_shaped(Picture(drawing.text.encode(), "svg", drawing.width / drawing.height))


def well_shaped(picture: Picture) -> Picture:
    if not TALLEST <= picture.ratio <= FLATTEST:
        raise PictureRefused(_("The picture is too narrow or too wide: at most 12 times as wide as high."))
    return picture


def read_raster(content: bytes, kind: str) -> Picture:
    """The size is read before the points are: nothing is unpacked that would be too large."""
    try:
        with Image.open(BytesIO(content), formats=[kind]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Image.DecompressionBombError
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except Image.DecompressionBombError as bomb:
        words = _("The picture has more than %d million pixels.")
        raise PictureRefused(words % (MOST_PIXELS // 1_000_000)) from bomb
    except Exception as fault:  # whatever a broken file makes of a decoder
        raise PictureRefused(_("The picture is broken and cannot be read.")) from fault
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return Picture(as_png(upright), "png", upright.width / upright.height)


def as_png(image: Image.Image) -> bytes:
    """Points and nothing else: no place, no camera, no comment."""
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    written = BytesIO()
    bare.save(written, "PNG", optimize=True)
    return written.getvalue()


def points_of(picture: Picture, width: int, height: int) -> Image.Image:
    """The picture as large as fits into `width` by `height` pixels. Raises PictureRefused."""
    wide = min(width, height * picture.ratio)
    size = max(1, round(wide)), max(1, round(wide / picture.ratio))
    content = drawn(picture.content, *size) if picture.kind == "svg" else picture.content
    with Image.open(BytesIO(content), formats=["PNG"]) as image:
        return image.convert("RGBA").resize(size, Image.Resampling.LANCZOS)


def drawn(svg: bytes, width: int, height: int) -> bytes:
    """An SVG as PNG. Raises PictureRefused."""
    try:
        return draw(svg, width, height)
    except NotDrawn as fault:
        raise PictureRefused(_("The drawing cannot be drawn. Save it as plain SVG, or as PNG.")) from fault


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
