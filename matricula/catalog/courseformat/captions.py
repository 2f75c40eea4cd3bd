"""WebVTT as far as a player depends on it (W3C WebVTT, section 4)."""

import re

from matricula.catalog.courseformat.problems import Page

STAMP = r"(?:([0-9]{2,}):)?([0-5][0-9]):([0-5][0-9])\.([0-9]{3})"
TIMING = re.compile(rf"{STAMP}[ \t]+-->[ \t]+{STAMP}(?:[ \t]+\S+:\S+)*[ \t]*")
EXAMPLE = "00:00:01.000 --> 00:00:04.500"


def check_captions(text: str, page: Page) -> None:
    """Reports every line of a WebVTT file that a player would stumble over."""
    lines = text.split("\n")
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        page.problem(1, "bad-captions", "Begin the captions with a line ‘WEBVTT’ and an empty line.")
        return
    cues, last_start = 0, 0
    for number, line in enumerate(lines, start=1):
        if "-->" not in line:
            continue
        cues += 1
        last_start = _check_timing(line, number, last_start, page)
        if not lines[number : number + 1] or not lines[number].strip():
            page.problem(
                number, "bad-captions", "Write the words of this caption in the line below its times."
            )
    if not cues:
        page.problem(1, "bad-captions", f"Add captions, each with a line of times such as ‘{EXAMPLE}’.")


def _check_timing(line: str, number: int, last_start: int, page: Page) -> int:
    match = TIMING.fullmatch(line)
    if match is None:
        page.problem(number, "bad-captions", f"Write the times like this: {EXAMPLE}")
        return last_start
    start, end = _milliseconds(match.groups()[:4]), _milliseconds(match.groups()[4:])
    if end <= start:
        page.problem(number, "bad-captions", "Let this caption end after it starts.")
    if start < last_start:
        page.problem(
            number, "bad-captions", "Put captions in order: this one starts before the one above it."
        )
    return max(start, last_start)


def _milliseconds(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, milliseconds = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds
