"""Covers, initials, durations, percentages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matricula.web.covers import cover_art
from matricula.web.templatetags.web import duration, icon, initials, percent


def test_a_cover_is_the_same_for_the_same_seed_and_silent():
    assert cover_art("a course") == cover_art("a course") != cover_art("another")
    assert 'aria-hidden="true"' in cover_art("a course")


def test_icons_are_silent_and_take_the_colour_of_the_text():
    drawn = icon("mail")
    assert 'aria-hidden="true"' in drawn
    assert 'stroke="currentColor"' in drawn


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Ada Okafor", "AO"), ("ada@home.example", "AE"), ("Ada Maria Okafor", "AO"), ("", "?"), ("李", "李")],
)
def test_initials(name, letters):
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "0 min"), (45, "45 min"), (120, "2 h"), (150, "2 h 30 min")]
)
def test_durations(minutes, words):
    assert duration(minutes) == words


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_a_hundred_percent_means_all(done, whole):
    assert 0 <= percent(done, whole) <= 100
    assert (percent(done, whole) == 100) == (whole > 0 and done >= whole)
