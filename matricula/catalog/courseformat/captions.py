"""WebVTT as far as a player depends on it (W3C WebVTT, section 4)."""

import re

from matricula.catalog.courseformat.problems import FileLog

STAMP = r"(?:([0-9]{2,}):)?([0-5][0-9]):([0-5][0-9])\.([0-9]{3})"
TIMING = re.compile(rf"{STAMP}[ \t]+-->[ \t]+{STAMP}(?:[ \t]+[^\s:]+:\S+)*[ \t]*")
EXAMPLE = "00:00:01.000 --> 00:00:04.500"


def check_captions(text: str, log: FileLog) -> None:
    """Every line of a WebVTT file that a player would stumble over."""
    lines = text.split("\n")
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        log.add(1, "Begin the captions with a line `WEBVTT` and an empty line.")
        return
    last = -1
    for number, line in enumerate(lines, start=1):
        if "-->" in line:
            last = check_timing(line, number, max(last, 0), log)
            if not "".join(lines[number : number + 1]).strip():
                log.add(number, "Write the words of this caption in the line below its times.")
    if last < 0:
        log.add(1, f"Add captions, each with a line of times such as `{EXAMPLE}`.")


def check_timing(line: str, number: int, last: int, log: FileLog) -> int:
    """When this caption starts, in milliseconds."""
    match = TIMING.fullmatch(line)
    if match is None:
        log.add(number, f"Write the times like this: {EXAMPLE}")
        return last
    start, end = milliseconds(match.groups()[:4]), milliseconds(match.groups()[4:])
    if end <= start:
        log.add(number, "Let this caption end after it starts.")
    if start < last:
        log.add(number, "Put captions in order: this one starts before the one above it.")
    return max(start, last)


def milliseconds(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, rest = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest
