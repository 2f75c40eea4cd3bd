"""What people write into names and greetings becomes no link in a letter."""

import re

import pytest

from matricula.mail.composition import plain_lines, plain_words


@pytest.mark.parametrize(
    "written",
    [
        "Ada https://evil.example/x",
        "9http://2130706433/login",
        "_https://evil/login",
        "Ähttp://2130706433/",
        "http\u200b://evil.example",
        "evil.example",
        "www.evil.example/login",
        "mailto:mallory@evil.example",
        "xmailto:mallory@evil",
        "mallory@evil.example",
        "JaVaScRiPt:/x",
        "htthttp://x/tp://2130706433/",
    ],
)
def test_invitation_spam_no_word_of_other_people_becomes_a_link(written):
    for said in (plain_words(written), plain_lines(f"Hello\n{written}")):
        assert not re.search(r"[a-z]:/|mailto:|\w\.\w", said, re.IGNORECASE)


def test_names_stay_as_they_are():
    assert plain_words("Dr. Ada O'Neil-Okafor, 4/5: R&D") == "Dr. Ada O'Neil-Okafor, 4/5: R&D"
