"""Pictures are known by what they hold, drawn anew, and never larger than they should be."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from matricula.web.pictures import is_pale, on_ground, points_of, read_picture
from matricula.web.svg import PictureRefused

SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10">'
    b'<path fill="#0b6e4f" d="M0 0h40v10H0z"/></svg>'
)


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
    read = read_picture(picture(kind, exif=exif.tobytes()))
    assert (read.kind, read.ratio) == ("png", 3)
    assert b"taken at home" not in read.content
    with Image.open(BytesIO(read.content)) as again:
        assert (again.format, again.size, again.info) == ("PNG", (300, 100), {})


def test_a_large_picture_is_made_smaller():
    with Image.open(BytesIO(read_picture(picture("PNG", (3200, 1600))).content)) as again:
        assert again.size == (1600, 800)


def test_a_picture_lying_on_its_side_is_stood_up():
    exif = Image.Exif()
    exif[0x0112] = 6
    assert read_picture(picture("JPEG", (100, 300), exif=exif.tobytes())).ratio == 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no SVG, PNG, JPEG or WebP"),
        (b"GIF89a" + b"\0" * 99, "no SVG, PNG, JPEG or WebP"),
        (b"\x1f\x8b\x08" + b"\0" * 99, "no SVG, PNG, JPEG or WebP"),
        (b"%PDF-1.7 <svg>", "no SVG, PNG, JPEG or WebP"),
        (b"\x89PNG\r\n\x1a\n<svg onload='alert(1)'/>", "broken"),
        (b"\xff\xd8\xff" + b"\0" * 99, "broken"),
        (b"RIFF\0\0\0\0AVI LIST", "broken"),
        (png_of(100_000, 100_000), "more than 16 million pixels"),
        (png_of(5_000, 5_000), "more than 16 million pixels"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 2_200_000, "larger than 2 MB"),
        (SVG.replace(b"0 0 40 10", b"0 0 40 1"), "too narrow or too wide"),
        (SVG.replace(b"0 0 40 10", b"0 0 10 40"), "too narrow or too wide"),
    ],
)
def test_what_is_no_picture_or_a_bomb_is_refused_in_words(content, words):
    with pytest.raises(PictureRefused, match=words):
        read_picture(content)


@pytest.mark.parametrize("content", [SVG, picture("PNG", (400, 100)), picture("JPEG", (400, 100))])
def test_every_logo_can_be_drawn_as_png_for_letters(content):
    points = points_of(read_picture(content), 480, 112)
    assert points.size == (448, 112)
    assert points.getpixel((200, 50))[:3] == pytest.approx((11, 110, 79), abs=3)
    with Image.open(BytesIO(on_ground(points, 12))) as letter:
        assert (letter.mode, letter.size) == ("RGB", (448, 112))


@pytest.mark.parametrize(("ink", "pale"), [("#ffffff", True), ("#f6e9b2", True), ("#0b6e4f", False)])
def test_a_logo_made_for_dark_ground_gets_dark_ground(ink, pale):
    svg = SVG.replace(b"#0b6e4f", ink.encode()).replace(b"h40v10", b"h7v7")
    points = points_of(read_picture(svg), 90, 90)
    assert is_pale(points) is pale
    with Image.open(BytesIO(on_ground(points, 12))) as letter:
        assert letter.getpixel((letter.width - 1, letter.height - 1)) == (
            (33, 29, 26) if pale else (255, 255, 255)
        )


def test_a_light_picture_without_transparency_stands_on_its_own_ground():
    assert not is_pale(Image.new("RGBA", (9, 9), "#ffffff"))
