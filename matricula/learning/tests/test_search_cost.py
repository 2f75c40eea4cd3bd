"""Searching a course whose lessons are as long as they may be, and hold what is written longest."""

from html import unescape
from time import process_time
from types import SimpleNamespace

import pytest
from django.utils.html import strip_tags

from matricula.catalog.courseformat.markdown import render_markdown
from matricula.learning.searching import look_in, readable_text

LESSONS, SECONDS = 21, 2.5
"""As many as a course's four megabytes hold; a generous bound, for it took eight."""


@pytest.mark.parametrize("letters", ["<" * 190_000, "< & " * 47_000, "é <" * 60_000])
def test_a_course_full_of_letters_that_html_names_is_searched_in_little_time(letters):
    lesson = SimpleNamespace(title="L", body_html=render_markdown(f"```\n{letters}\n```\n"))
    begun = process_time()
    for _lesson in range(LESSONS):
        assert look_in(lesson, [letters[0]])
    assert process_time() - begun < SECONDS


@pytest.mark.parametrize(
    "source",
    [
        "# A *b* [l](http://a.example/?q='>) `a < b > c`\n\n> q\n\n| a | b |\n|---|---|\n| 1 | 2 |",
        '&amp;lt; &lt; &eacute; &nbsp; <!-- c --> <b>x</b> ![p](a.png "t>x\'")',
    ],
)
def test_the_words_are_those_that_are_read(source):
    html = render_markdown(source)
    assert readable_text(html) == " ".join(unescape(strip_tags(html)).split())


def test_letters_that_html_names_otherwise_are_read_too():
    assert readable_text("<p>caf&eacute; &#39;a&#39; &amp;lt;</p>") == "café 'a' &lt;"
