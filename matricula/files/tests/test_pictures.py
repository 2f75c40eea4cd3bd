"""Pictures are known by what they hold, drawn anew, and of an uploaded file nothing is kept."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from matricula.files import pictures
from matricula.files.pictures import WORDS, Frame, Picture, PictureRefused, draw, is_pale, read_picture
from matricula.files.sandbox import GIB, Limits

START = (
    b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 40 10">'
)
PATH = b'<path fill="#0b6e4f" d="M0 0h40v10H0z"/></svg>'
SVG = START + PATH
GREEN, IN_LETTERS = (11, 110, 79), Frame(480, 112, 12)


def drawn(content):
    """As the sandbox does it, without one."""
    found = draw(content, IN_LETTERS)
    assert isinstance(found, Picture), found
    return found


def opened(content):
    return Image.open(BytesIO(content), formats=["PNG"])


def picture(kind, size=(300, 100), **options):
    written = BytesIO()
    Image.new("RGB", size, "#0b6e4f").save(written, kind, **options)
    return written.getvalue()


def png_of(width, height):
    """The head of a PNG that claims to be `width` by `height`."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    head = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return head + struct.pack(">I", 9) + b"IDAT"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_raster_picture_becomes_a_png_without_its_notes(kind):
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    read = drawn(picture(kind, exif=exif.tobytes()))
    assert read.ratio == 3
    assert b"taken at home" not in read.content
    with opened(read.content) as again:
        assert (again.format, again.size, again.info) == ("PNG", (300, 100), {})


def test_a_large_picture_is_made_smaller():
    assert opened(drawn(picture("PNG", (3200, 1600))).content).size == (1600, 800)


def test_a_picture_lying_on_its_side_is_stood_up():
    exif = Image.Exif()
    exif[0x0112] = 6
    assert drawn(picture("JPEG", (100, 300), exif=exif.tobytes())).ratio == 3


REFUSED = {
    "nothing": (b"", "unknown"),
    "a GIF": (b"GIF89a" + b"\0" * 99, "unknown"),
    "packed": (b"\x1f\x8b\x08" + b"\0" * 99, "unknown"),
    "a PDF": (b"%PDF-1.7 <svg>", "unknown"),
    "too many bytes": (b"\x89PNG\r\n\x1a\n" + b"\0" * 2_200_000, "large"),
}
BROKEN = {
    "a PNG that is an SVG": (b"\x89PNG\r\n\x1a\n<svg onload='alert(1)'/>", "broken"),
    "half a JPEG": (b"\xff\xd8\xff" + b"\0" * 99, "broken"),
    "a film": (b"RIFF\0\0\0\0AVI LIST", "broken"),
    "billions of points": (png_of(100_000, 100_000), "pixels"),
    "millions of points": (png_of(5_000, 5_000), "pixels"),
    "a flat drawing": (SVG.replace(b"0 0 40 10", b"0 0 40 1"), "shape"),
    "a tall drawing": (SVG.replace(b"0 0 40 10", b"0 0 10 40"), "shape"),
    "a line": (SVG.replace(b"0 0 40 10", b"0 0 40 0.0001"), "shape"),
    "HTML": (b"<!DOCTYPE html><html><body/></html>", "not_drawn"),
    "half a drawing": (START + b"<g>", "not_drawn"),
    "nothing to see": (START + b"<script>alert(1)</script></svg>", "empty"),
    "another encoding": (SVG.replace(b"#0b6e4f", b"\xff"), "encoding"),
    "a picture of this machine": (
        START + b'<image href="/etc/logo.png" width="9" height="9"/></svg>',
        "not_drawn",
    ),
    "a picture beside it": (START + b'<image href="logo.png" width="9" height="9"/></svg>', "not_drawn"),
    "a picture of the web": (
        START + b'<image href="https://evil.example/x.png" width="9" height="9"/></svg>',
        "not_drawn",
    ),
    "a file of this machine": (
        b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + START + b"<text>&x;</text></svg>",
        "not_drawn",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_picture_is_refused_at_once(what, monkeypatch):
    monkeypatch.setattr(pictures, "run_sandboxed", None)
    content, code = REFUSED[what]
    with pytest.raises(PictureRefused) as refusal:
        read_picture(content, IN_LETTERS)
    assert (refusal.value.code, str(refusal.value)) == (code, WORDS[code])


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_broken_or_leads_outside_is_refused(what):
    content, code = BROKEN[what]
    assert draw(content, IN_LETTERS) == code


ACTIVE = {
    "a script": b"<script>alert(1)</script>",
    "an event": b'<g onload="alert(1)"/>',
    "foreign content": b'<foreignObject width="9" height="9"><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>',
    "a style that fetches": b"<style>@import url(https://evil.example/x.css);</style>",
    "a link": b'<a xlink:href="javascript:alert(1)"><path d="M0 0"/></a>',
    "a motion": b'<animate attributeName="href" to="javascript:alert(1)"/>',
    "an instruction": b'<?xml-stylesheet href="https://evil.example/x.css"?>',
}


@pytest.mark.parametrize("what", ACTIVE)
def test_stored_markup_of_a_drawing_nothing_is_kept_but_how_it_looks(what):
    read = drawn(START + ACTIVE[what] + PATH)
    for content in (read.content, read.framed):
        assert not any(word in content for word in (b"alert", b"evil", b"svg", b"tEXt", b"iTXt"))
    assert opened(read.content).getpixel((800, 200))[:3] == GREEN


def test_drawings_of_usual_programs_are_drawn():
    """Illustrator writes a DOCTYPE with entities, Inkscape elements of its own."""
    illustrator = (
        b'<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/svg11.dtd" ['
        b'<!ENTITY ns_svg "http://www.w3.org/2000/svg">]><svg xmlns="&ns_svg;" viewBox="0 0 40 10">' + PATH
    )
    inkscape = START + b'<metadata/><x:view xmlns:x="http://inkscape.example/" zoom="3"/>' + PATH
    for content in (illustrator, inkscape, b"\xef\xbb\xbf\n" + SVG):
        read = drawn(content)
        assert (read.ratio, opened(read.content).size) == (4, (1600, 400))


BOMBS = {
    "entities": b"<!DOCTYPE svg ["
    + b"".join(b'<!ENTITY l%d "%s">' % (n, (b"&l%d;" % (n - 1) if n else b"ha") * 10) for n in range(12))
    + b"]>"
    + START
    + b"<text>&l11;</text></svg>",
    "elements used again": START
    + b"".join(b'<g id="g%d">' % n + b'<use href="#g%d"/>' % (n + 1) * 10 + b"</g>" for n in range(12))
    + b'<path id="g12" d="M0 0h1v1"/></svg>',
    "depth": START + b"<g>" * 200_000,
    "strokes": START
    + b'<path stroke="#000" stroke-width="1e30" d="M-1e30 -1e30L1e30 1e30"/>' * 1500
    + b"</svg>",
    "filters": START
    + b'<filter id="f" x="-999" y="-999" width="9999" height="9999">'
    + b'<feGaussianBlur stdDeviation="500"/>' * 300
    + b'</filter><g filter="url(#f)"><path d="M0 0h40v10"/></g></svg>',
    "words": START + b'<text font-size="1">' + b"Words " * 80_000 + b"</text></svg>",
}


@pytest.mark.parametrize("what", BOMBS)
def test_import_bombs_a_drawing_ends_within_the_limits(what, monkeypatch):
    monkeypatch.setattr(pictures, "WITHIN", Limits(seconds=3, memory=2 * GIB, patience=60))
    assert outcome(BOMBS[what]) in ("drawn", "not_drawn", "heavy")


def outcome(content):
    try:
        read_picture(content, IN_LETTERS)
    except PictureRefused as refusal:
        return refusal.code
    return "drawn"


@pytest.mark.parametrize("content", [SVG, picture("PNG", (400, 100)), picture("JPEG", (400, 100))])
def test_every_logo_can_be_drawn_as_png_for_letters(content):
    letter = opened(read_picture(content, IN_LETTERS).framed)
    assert (letter.mode, letter.size) == ("RGB", (448, 112))
    assert letter.getpixel((200, 50)) == pytest.approx(GREEN, abs=3)


@pytest.mark.parametrize(("ink", "pale"), [("#ffffff", True), ("#f6e9b2", True), ("#0b6e4f", False)])
def test_a_logo_made_for_dark_ground_gets_dark_ground(ink, pale):
    read = drawn(SVG.replace(b"#0b6e4f", ink.encode()).replace(b"h40v10", b"h7v7"))
    assert read.is_pale is pale
    letter = opened(read.framed)
    corner = letter.getpixel((letter.width - 1, letter.height - 1))
    assert corner == ((33, 29, 26) if pale else (255, 255, 255))


def test_a_light_picture_without_transparency_stands_on_its_own_ground():
    assert not is_pale(Image.new("RGBA", (9, 9), "#ffffff"))
