"""Whatever colour an organization chooses, people can read it."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matricula import web
from matricula.web.colour import (
    DARK_SURFACES,
    LIGHT_SURFACES,
    READABLE,
    brand_stylesheet,
    contrast,
    from_oklch,
    legibility,
    palette,
    to_oklch,
)

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_contrast_is_the_one_of_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@given(colours, st.sampled_from([LIGHT_SURFACES, DARK_SURFACES]))
def test_every_brand_colour_can_be_read(colour, surfaces):
    made = palette(colour, surfaces)
    assert contrast(made.on_brand, made.brand) >= READABLE
    assert contrast(made.on_brand, made.brand_hover) >= READABLE
    assert min(contrast(made.brand_strong, surface) for surface in surfaces) >= READABLE
    assert contrast(made.on_brand_soft, made.brand_soft) >= READABLE


@given(colours, st.sampled_from([LIGHT_SURFACES, DARK_SURFACES]))
def test_what_the_branding_page_tells_of_a_colour_is_never_less_than_can_be_read(colour, surfaces):
    told = legibility(colour, surfaces)
    assert min(told.button, told.text, told.tint) >= READABLE
    assert told.text_was_moved is (told.text_colour != colour)


def test_the_colours_of_a_site_without_an_organization_are_those_of_its_stylesheet():
    tokens = (Path(web.__file__).parent / "static/web/css/tokens.css").read_text()
    rules = re.findall(r"(--[a-z-]*brand[a-z-]*): light-dark\((#\w+), (#\w+)\)", tokens)
    assert "".join(f"{name}:light-dark({light},{dark});" for name, light, dark in rules) in brand_stylesheet(
        "#12544e"
    )


@given(colours)
def test_a_colour_survives_the_way_through_oklch(colour):
    there_and_back = from_oklch(to_oklch(colour))
    for at in (1, 3, 5):
        assert abs(int(colour[at : at + 2], 16) - int(there_and_back[at : at + 2], 16)) <= 1


def test_a_colour_that_is_fine_stays_as_it_is():
    assert palette("#0b6e4f", LIGHT_SURFACES).brand == "#0b6e4f"


@given(colours)
def test_the_stylesheet_holds_nothing_but_six_colours(colour):
    sheet = brand_stylesheet(colour)
    assert sheet.count("light-dark(") == 6
    assert set(sheet) <= set(":root{}-;,()#\nabcdefghijklmnopqrstuvwxyz0123456789_")
