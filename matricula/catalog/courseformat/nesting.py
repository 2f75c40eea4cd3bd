"""How deep and how long a text may be, looked at before it is parsed.

A Markdown parser goes back and forth over what nests: `![` a quarter of a million times cost it fifteen
seconds. Each rule here looks at a line once. Code between fences is held to the same rules: whoever wanted to
get past them would only have to fence in a way that the parser takes for none.
"""

import re
from collections.abc import Iterator

from matricula.catalog.courseformat.problems import FileLog

LONGEST = 200_000
"""Characters of a text; a book has some 500,000."""
MOST_BRACKETS = 32
"""Left open in a paragraph."""
MOST_QUOTES = MOST_LISTS = MOST_CALLOUTS = 8
MOST_COLUMNS = 40
DEEPEST = MOST_QUOTES + 2 * MOST_LISTS + MOST_CALLOUTS + 4
"""As the parser counts: two for a list and its item."""
QUOTES = re.compile(r"[ \t>]*")
MARKER = re.compile(r"(?:[-+*]|[0-9]{1,9}[.)])(?:[ \t]+|$)")
RULE = re.compile(r"[ \t>]*(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})")
COLUMNS = re.compile(r"[ \t>|:-]+")
CALLOUT = re.compile(r"[ \t>]*:{3,}[ \t]*(\S?)")


def may_be_parsed(text: str, first_line: int, log: FileLog) -> bool:
    """False after a problem: the parser is spared the text."""
    if len(text) > LONGEST:
        log.add(
            first_line,
            f"Keep a text under {LONGEST // 1000} thousand characters: make several lessons of it.",
        )
        return False
    for line, message in too_deep(text):
        log.add(first_line + line, message)
        return False
    return True


def too_deep(text: str) -> Iterator[tuple[int, str]]:
    """Where the text nests too deep, with the line from 0, and what to do."""
    brackets = callouts = 0
    lists: list[int] = []
    for number, line in enumerate(text.split("\n")):
        brackets = max(0, brackets + line.count("[") - line.count("]")) if line.strip() else 0
        callouts = max(0, callouts + step_of_callout(line))
        lists = lists_after(line, lists)
        if brackets > MOST_BRACKETS:
            yield number, f"Close square brackets: over {MOST_BRACKETS} are open in this paragraph."
        if quotes_before(line) > MOST_QUOTES:
            yield number, f"Nest quotes at most {MOST_QUOTES} deep."
        if len(lists) > MOST_LISTS:
            yield number, f"Nest lists at most {MOST_LISTS} deep."
        if callouts > MOST_CALLOUTS:
            yield number, "Close blocks by a line `:::`; too many are open here."
        if line.count("|") > MOST_COLUMNS + 1 and COLUMNS.fullmatch(line):
            yield number, f"Make this table narrower: at most {MOST_COLUMNS} columns."


def step_of_callout(line: str) -> int:
    """1 where one begins, -1 where one ends."""
    found = CALLOUT.match(line)
    return 0 if found is None else 1 if found[1] else -1


def quotes_before(line: str) -> int:
    """Marks at the beginning of the line, also behind those of list items."""
    found = QUOTES.match(line)
    return found[0].count(">") if found else 0


def lists_after(line: str, lists: list[int]) -> list[int]:
    """The columns in which the items that are open after this line begin."""
    if not line.strip():
        return lists
    begins = re.match(r"[ \t>]*", line)
    at = begins.end() if begins else 0
    column = len(line[:at].expandtabs(4))
    kept = [one for one in lists if one < column]
    if RULE.fullmatch(line):
        return kept
    while found := MARKER.match(line, at):
        kept.append(column)
        at, column = found.end(), column + found.end() - found.start()
        if len(kept) > MOST_LISTS:
            break
    return kept
