"""Searching inside a course: in titles and in what the lessons say."""

import re
import unicodedata
from dataclasses import dataclass
from html import unescape

from matricula.catalog.models import Course, Lesson
from matricula.learning.outline import place_in_course

AROUND = 70
"""Characters shown before and after what was found."""
MOST_WORDS = 10
NAMED = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&nbsp;", "\xa0"), ("&amp;", "&"))
"""What cleaned HTML writes letters as; the last one last. Others (`OTHER_NAMED`) take ten times as long."""
OTHER_NAMED = re.compile(r"&(?!(?:lt|gt|quot|nbsp|amp);)")
TAG = re.compile(r"""<(?:[^<>"']|"[^"]*"|'[^']*')*+>""")


@dataclass(frozen=True)
class Found:
    """A lesson, and the place in its text where the first word stands; empty where only its title has it."""

    lesson: Lesson
    before: str = ""
    match: str = ""
    after: str = ""


def search_course(course: Course, asked: str) -> list[Found]:
    """Lessons that have all the words, in the order of the course; nothing for no words."""
    words = [fold_letters(word) for word in asked.split()[:MOST_WORDS]]
    if not words:
        return []
    rows = course.lessons.filter(withdrawn_at__isnull=True).select_related("module").defer("content")
    found = (look_in(lesson, words) for lesson in sorted(rows, key=place_in_course))
    return [one for one in found if one]


def look_in(lesson: Lesson, words: list[str]) -> Found | None:
    text = readable_text(lesson.body_html)
    told, title = text.casefold(), fold_letters(lesson.title)
    if not all(word in told or word in title for word in words):
        return None
    place, word = min(((told.find(word), word) for word in words if word in told), default=(-1, ""))
    if place < 0:
        return Found(lesson)
    begin, end = place, place + len(word)
    if len(told) != len(text):  # a letter that folds to several moves those behind it
        places = [at for at, letter in enumerate(text) for _folded in letter.casefold()]
        begin, end = places[begin], places[end - 1] + 1
    before, after = text[max(0, begin - AROUND) : begin], text[end : end + AROUND]
    return Found(
        lesson,
        "…" * (begin > AROUND) + before,
        text[begin:end],
        after + "…" * (len(text) > end + AROUND),
    )


def readable_text(html: str) -> str:
    """In one pass, for a lesson may be long: a course's HTML is cleaned when it is taken in, so that each `<`
    begins a tag that ends."""
    text = TAG.sub("", html)
    if OTHER_NAMED.search(text):
        text = unescape(text)
    else:
        for name, letter in NAMED:
            text = text.replace(name, letter)
    return unicodedata.normalize("NFC", " ".join(text.split()))


def fold_letters(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()
