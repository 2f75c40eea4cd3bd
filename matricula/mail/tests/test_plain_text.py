"""What people write into names and greetings becomes no link in a letter."""

import re
import unicodedata

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
        "evil．example",
        "evil。example/login",
        "www｡evil․example",
        "http：//2130706433/login",
        "http:／／2130706433/login",
        "http:\\\\2130706433",
        "mailto：mallory@evil",
        "evil.\ufe0fexample",
        "evil.\u0301example",
        "www.evil.example/login@home.example",
    ],
)
def test_invitation_spam_no_word_of_other_people_becomes_a_link(written):
    for said in (plain_words(written), plain_lines(f"Hello\n{written}")):
        as_browsers_read_it = unicodedata.normalize("NFKC", said).replace("。", ".").replace("\\", "/")
        for one in (said, re.sub(r"[\ufe00-\ufe0f\u0300-\u036f]", "", as_browsers_read_it)):
            assert not re.search(r"[a-z]:/|mailto:|\w\.\w", one, re.IGNORECASE)


def test_names_stay_as_they_are():
    for name in (
        "Dr. Ada O'Neil-Okafor, 4/5: R&D",
        "Ada (Ph.D.)",
        "Wait…",
        'Ada "Addy." Love',
        "アダ。",
        "A. B.",
    ):
        assert plain_words(name) == name.replace("Ph.D", "Ph. D")
