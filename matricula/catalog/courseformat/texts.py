"""Text files: UTF-8, line ends, control characters, and a lesson's front matter."""

import re
from dataclasses import dataclass

from matricula.catalog.courseformat.problems import Page

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
FENCE = "---"


def control_character_line(text: str) -> int:
    """The line of the first invisible control character; 0 if there is none."""
    found = CONTROL.search(text)
    return text.count("\n", 0, found.start()) + 1 if found else 0


def decode(data: bytes, page: Page) -> str | None:
    """The text with plain line ends, or None after a problem."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        page.problem(line, "not-utf8", "Save this file as UTF-8; this line holds bytes of another encoding.")
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    line = control_character_line(text)
    if line:
        page.problem(line, "control-character", "Remove the invisible control character in this line.")
        return None
    return text


@dataclass(frozen=True, slots=True)
class Divided:
    """A lesson's file, divided. Lines count from 1."""

    front_matter: str
    front_line: int
    body: str
    body_line: int


def divide(text: str, page: Page) -> Divided | None:
    """Front matter and body, or None after a problem."""
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        message = (
            "Begin the lesson with a line ‘---’, its keys (title, kind, minutes) and another line ‘---’."
        )
        page.problem(1, "no-front-matter", message)
        return None
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == FENCE:
            front, body = lines[1:number], lines[number + 1 :]
            return Divided("\n".join(front), 2, "\n".join(body), number + 2)
    page.problem(1, "no-front-matter", "End the keys at the top of the lesson with another line ‘---’.")
    return None
