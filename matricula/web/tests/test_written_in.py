"""What is written in a course's language says so, and which way it is read."""

import pytest

from matricula.web.templatetags.web import direction_of, written_in


@pytest.mark.parametrize(
    ("language", "direction"),
    [
        ("ar", "rtl"),
        ("ar-EG", "rtl"),
        ("he", "rtl"),
        ("fa", "rtl"),
        ("ur", "rtl"),
        ("en", "ltr"),
        ("de-AT", "ltr"),
        ("zh-Hant", "ltr"),
        ("az-Arab", "rtl"),
        ("ar-Latn", "ltr"),
        ("uz-Arab-AF", "rtl"),
        ("Arabic", "ltr"),
    ],
)
def test_the_script_decides_which_way(language, direction):
    assert direction_of(language) == direction


def test_it_is_said_beside_the_text_and_escaped():
    assert written_in("ar") == ' lang="ar" dir="rtl"'
    assert written_in("") == ""
    assert '"><script>' not in written_in('"><script>')
