"""Other people's words in our letters: plain, short, and nothing a mail program would make a link of."""

import re

LINK = re.compile(r"[a-z][a-z0-9+.-]*:/\S*|mailto:\S*", re.IGNORECASE)
LONGEST_NAME = 80


def plain(text: str, longest: int = LONGEST_NAME) -> str:
    """One line of `text` without addresses of the web; a dot within a word is followed by a space."""
    bare = re.sub(r"\.(?=\w)", ". ", LINK.sub("", text))
    if not bare.isprintable():
        bare = "".join(c if c.isprintable() else " " for c in bare)
    return " ".join(bare.split())[:longest]


def plain_lines(text: str, longest: int = 2000) -> str:
    """Several such lines."""
    return "\n".join(plain(line, longest) for line in text.splitlines())[:longest].strip()


def one_line(words: str, longest: int = 500) -> str:
    """Another machine's words on one line, without what a database or a page could not keep."""
    return " ".join("".join(c if c.isprintable() else " " for c in words[: 4 * longest]).split())[:longest]
