"""What breaks or outlasts the drawer of pictures harms nobody but itself."""

from io import BytesIO
from time import monotonic

import pytest
from PIL import Image

from matricula.web import drawing
from matricula.web.drawing import NotDrawn, draw

START = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10">'


def test_a_drawing_becomes_a_picture_of_the_size_asked_for():
    svg = f'{START}<path fill="#0b6e4f" d="M0 0h40v10H0z"/></svg>'
    with Image.open(BytesIO(draw(svg.encode(), 80, 20))) as picture:
        assert (picture.size, picture.getpixel((40, 10))) == ((80, 20), (11, 110, 79, 255))


@pytest.mark.parametrize(
    "inside",
    [
        '<path stroke="#000" stroke-width="1e30" d="M-1e30 -1e30L1e30 1e30A1e20 1e-20 45 1 1 1e20 0"/>'
        * 1500,
        "<g>",
    ],
)
def test_what_breaks_the_drawer_is_told_as_not_drawn(inside):
    with pytest.raises(NotDrawn):
        draw(f"{START}{inside}</svg>".encode(), 480, 112)


def test_what_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(drawing, "SECONDS", 1)
    began = monotonic()
    with pytest.raises(NotDrawn):
        draw(f'{START}<text font-size="1">{"Words " * 40_000}</text></svg>'.encode(), 480, 112)
    assert monotonic() - began < 5


def test_stored_markup_what_breaks_into_the_drawer_finds_no_secret_of_the_server(monkeypatch, tmp_path):
    """In place of Python, a program that answers with what it was told."""
    spy = tmp_path / "python"
    spy.write_text("#!/bin/sh\nexport -p\n")
    spy.chmod(0o700)
    monkeypatch.setattr(drawing.sys, "executable", str(spy))
    for name in ("SECRET_KEY", "DATABASE_URL", "EMAIL_URL"):
        monkeypatch.setenv(name, "a secret of the server")
    told = draw(b"<svg/>", 1, 1).decode()
    assert "PATH" in told
    assert "secret of the server" not in told
