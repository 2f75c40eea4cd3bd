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
