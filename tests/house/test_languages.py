"""No page says a word in English to somebody who reads another language."""

import re
from html.parser import HTMLParser

import pytest

from matricula.accounts.models import Account
from tests.house.test_reading import ADDRESSES, BROWSER, lived_in, people, with_values  # noqa: F401
from tests.pseudo import fall_silent, speak_pseudo

pytestmark = pytest.mark.django_db
ENGLISH = re.compile(
    r"\b(the|and|your|you|is|are|not|for|with|this|that|no|yes|by|from|of|to|it|was|were|be|can|will|all|name"
    r"|day|days|search|save|add|remove|change|see|open|next|back|more|new|none|nobody|nothing|e-mail)\b",
    re.IGNORECASE,
)
READ_ALOUD = {"title", "aria-label", "aria-description", "placeholder", "alt"}
NOT_OURS = {"script", "style", "code", "pre", "kbd", "samp", "textarea", "template"}
VOID = {"br", "img", "input", "link", "meta", "hr", "source", "track", "wbr", "col"}


NAMES = re.compile(r"All of it|Read this|Safe every day|name: Payroll|\S+@\S+")
"""What is called so in the house that is walked."""


class Words(HTMLParser):
    """What a page says in its own language: not what is marked as another one's, or is a name or code."""

    def __init__(self):
        super().__init__()
        self.said, self.within = [], []

    def handle_starttag(self, tag, attrs):
        own = dict(attrs)
        foreign = tag != "html" and own.get("lang", "de") != "de"
        kept = tag in NOT_OURS or foreign or own.get("translate") == "no" or tag == "bdi"
        if not kept and not any(one for _, one in self.within):
            names = READ_ALOUD | ({"value"} if tag == "input" and own.get("type") == "submit" else set())
            self.said += [(tag, own[name]) for name in names if own.get(name)]
        if tag not in VOID:
            self.within.append((tag, kept))

    def handle_endtag(self, tag):
        while self.within and self.within.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if data.strip() and not any(kept for _, kept in self.within):
            self.said.append((self.within[-1][0] if self.within else "", " ".join(data.split())))


def english_in(page):
    words = Words()
    words.feed(page)
    return {text for _, text in words.said if ENGLISH.search(NAMES.sub("", text))}


@pytest.fixture
def nobodys_language(settings, tmp_path):
    speak_pseudo(settings, tmp_path)
    yield
    fall_silent()


def test_no_page_says_a_word_in_english_to_who_reads_another_language(lived_in, nobodys_language):  # noqa: F811
    Account.objects.update(language="de")
    found = {}
    for one in ADDRESSES:
        if one.path.startswith(("api/", "_", "metrics", "healthz", "readyz")):
            continue
        path = with_values(one, lived_in)
        for who, (browser, sent) in people(lived_in, one).items():
            browser.cookies["language"] = "de"
            answer = browser.get(path, **sent)
            if answer.get("Content-Type", "").startswith("text/html"):
                for text in english_in(answer.content.decode()):
                    found.setdefault(text, (one.name, who))
    if found:
        pytest.fail("\n".join(f"{name}, {who}: {text}" for text, (name, who) in sorted(found.items())))


def test_a_word_of_english_is_found():
    page = '<html lang="de"><p lang="en">the course</p><code>the</code><p title="the title">Der <b>of</b></p>'
    assert english_in(page) == {"the title", "of"}
