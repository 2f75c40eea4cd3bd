"""Proof-reads Markdown: links, images and HTML, each problem with its line."""

import re
from collections.abc import Iterator

from markdown_it.token import Token

from matricula.catalog.courseformat.markdown import BLOCKS, OUTSIDE, parse
from matricula.catalog.courseformat.media import IMAGES, LINKED, MediaShelf, ending
from matricula.catalog.courseformat.problems import Page
from matricula.catalog.courseformat.references import is_address, resolve_reference

HTML = re.compile(r"</?[a-zA-Z][a-zA-Z0-9-]*(?:\s[^<>]*)?/?>|<!--")
BLOCK = re.compile(r":::+\s*([A-Za-z-]+)")
AUTHORED_SCHEMES = re.compile(r"\[[^\]]*\]\(\s*<?\s*(?:javascript|vbscript|file|data)\s*:", re.I)


class Proofreader:
    """Checks the texts of one file, whose links are relative to `path`; gathers the media they name."""

    def __init__(self, path: str, page: Page, media: MediaShelf) -> None:
        self.path, self.page, self.media = path, page, media
        self.named: set[str] = set()

    def check(self, text: str, first_line: int) -> None:
        """Reports what is wrong in `text`, which begins in line `first_line` of the file."""
        for token, line in _leaves(parse(text), first_line):
            if token.type == "image":
                self._check_image(token, line)
            elif token.type == "link_open":
                self._check_link(str(token.attrs.get("href", "")), line)
            elif token.type == "text":
                self._check_words(token.content, line)

    def file(self, reference: str, line: int, endings: tuple[str, ...], what: str) -> str | None:
        """The path of a file that is named, or None after a problem."""
        path = None if is_address(reference) else resolve_reference(self.path, reference)
        if path is None:
            message = f"‘{reference[:80]}’ must be a relative path inside the course's folder."
            self.page.problem(line, "path-outside", message)
        elif path not in self.media.shelf.files:
            message = (
                f"There is no file ‘{path}’: add it to the course, or correct the name{self._near(path)}."
            )
            self.page.problem(line, "missing-file", message)
        elif ending(path) not in endings:
            message = f"‘{path}’ cannot be {what}; allowed are {', '.join(endings)}."
            self.page.problem(line, "file-type", message)
        else:
            self.named.add(path)
            return path
        return None

    def _near(self, path: str) -> str:
        same = [name for name in self.media.shelf.files if name.casefold() == path.casefold()]
        return f" (it is written ‘{same[0]}’)" if same else ""

    def _check_image(self, token: Token, line: int) -> None:
        src = str(token.attrs.get("src", ""))
        if not token.content.strip():
            self.page.problem(line, "image-alt", "Say between the square brackets what this image shows.")
        if is_address(src):
            message = "Put this image into the course's folder; images are not loaded from other sites."
            self.page.problem(line, "foreign-image", message)
            return
        path = self.file(src, line, IMAGES, "an image")
        if path:
            self.media.take(path)

    def _check_link(self, href: str, line: int) -> None:
        if OUTSIDE.match(href):
            return
        if is_address(href):
            self.page.problem(
                line, "bad-link", "Link with https:, http: or mailto:, or to a file of the course."
            )
        elif not href or href.startswith(("#", "?")):
            self.page.problem(
                line, "broken-link", "Link to a lesson or a file; places inside a page have no address."
            )
        elif ending(href.partition("#")[0]) == ".md":
            self._check_lesson_link(href, line)
        else:
            path = self.file(href, line, LINKED, "linked to")
            if path:
                self.media.take(path)

    def _check_lesson_link(self, href: str, line: int) -> None:
        path = resolve_reference(self.path, href)
        if path is None or path not in self.media.shelf.files:
            message = f"There is no lesson ‘{href[:80]}’; link to a lesson's file by its relative path."
            self.page.problem(line, "broken-link", message)

    def _check_words(self, words: str, line: int) -> None:
        if AUTHORED_SCHEMES.search(words):
            self.page.problem(
                line, "bad-link", "Link with https:, http: or mailto:, or to a file of the course."
            )
        found = HTML.search(words)
        if found:
            message = f"Write Markdown instead of ‘{found[0][:40]}’, or put it between backticks to show it."
            self.page.problem(line, "raw-html", message)
        block = BLOCK.match(words)
        if block and block[1] not in BLOCKS:
            message = f"There is no block ‘{block[1]}’; use one of {', '.join(BLOCKS)}."
            self.page.problem(line, "unknown-block", message)


def _leaves(tokens: list[Token], first_line: int) -> Iterator[tuple[Token, int]]:
    """The inline tokens with their lines, as near as Markdown tells: line ends inside a block are counted."""
    for token in tokens:
        if token.type != "inline":
            continue
        line = first_line + (token.map[0] if token.map else 0)
        for child in token.children or []:
            if child.type in {"softbreak", "hardbreak"}:
                line += 1
            yield child, line
