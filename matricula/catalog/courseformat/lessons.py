"""One lesson's file: its keys between two lines `---`, then Markdown."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import yaml
from markdown_it.token import Token

from matricula.catalog.courseformat.fields import (
    LONGEST_SLUG,
    SLUG,
    Fields,
    decode_text,
    line_of,
    read_mapping,
)
from matricula.catalog.courseformat.files import CAPTIONS, DOWNLOADS, IMAGES, VIDEOS, Shelf, ending
from matricula.catalog.courseformat.markdown import (
    CALLOUTS,
    OUTSIDE,
    SCHEME,
    may_be_parsed,
    parse_markdown,
    references,
    render_tokens,
)
from matricula.catalog.courseformat.parts import Caption, File, FileLog, Lesson, file_address
from matricula.catalog.courseformat.questions import read_questions
from matricula.catalog.courseformat.sources import resolve

KINDS = ("reading", "video", "quiz", "file")
TELLING = {"questions": "quiz", "video": "video", "file": "file"}
FENCE = "---"
HTML = re.compile(r"</?[a-zA-Z][a-zA-Z0-9-]*(?:\s[^<>]*)?/?>|<!--")
"""A tag or a comment that an author meant as HTML; `a < b` and `<https://…>` are none."""
CALLOUT = re.compile(r":::+\s*([A-Za-z-]*)")


def read_lesson(path: str, shelf: Shelf, base: str) -> Lesson | None:
    """The lesson in the file `path`, or None after a problem so deep that there is none.

    What its text names will be found below `base`.
    """
    log = FileLog(shelf.source.log, path)
    data = shelf.source.prose(path)
    text = None if data is None else decode_text(data, log)
    divided = None if text is None else divide(text, log)
    node = None if divided is None else read_mapping(divided[0], log)
    if divided is None or node is None:
        return None
    return LessonReader(path, shelf, log, base, body=divided[1], body_line=divided[2]).read(node)


def divide(text: str, log: FileLog) -> tuple[str, str, int] | None:
    """Front matter on the lines it has in the file, body, and the body's first line."""
    lines = text.split("\n")
    ends = [number for number, line in enumerate(lines) if line.rstrip() == FENCE]
    if len(ends) < 2 or ends[0] != 0:
        log.add(1, "Begin the lesson with a line `---`, its keys (title, kind, minutes) and another `---`.")
        return None
    return "\n" + "\n".join(lines[1 : ends[1]]), "\n".join(lines[ends[1] + 1 :]).strip("\n"), ends[1] + 2


@dataclass
class LessonReader:
    """Reads one lesson and what it names."""

    path: str
    shelf: Shelf
    log: FileLog
    base: str
    body: str
    body_line: int

    def read(self, node: yaml.MappingNode) -> Lesson:
        kind = self.kind(node)
        fields = Fields(node, self.log, kind)
        return Lesson(
            key=self.key(),
            kind=kind,
            title=fields.text("title", longest=200, required=True),
            minutes=fields.whole("minutes", 1, 999, 5),
            required=fields.yes("required", usual=True),
            html=self.html(),
            **self.content(kind, fields),
        )

    def kind(self, node: yaml.MappingNode) -> str:
        keys = {str(key.value): value for key, value in node.value}
        said = keys.get("kind")
        likely = next((kind for key, kind in TELLING.items() if key in keys), "reading")
        if said is None or str(said.value) in KINDS:
            return str(said.value) if said else likely
        self.log.add(line_of(said), f"`kind` of a lesson is one of {', '.join(KINDS)}.")
        return likely

    def key(self) -> str:
        stem = PurePosixPath(self.path).stem
        if not SLUG.fullmatch(stem) or len(stem) > LONGEST_SLUG:
            self.log.add(1, "Name the file with a–z, digits and single hyphens: it is the lesson's address.")
        return stem

    def content(self, kind: str, fields: Fields) -> dict[str, Any]:
        if kind == "quiz":
            return {"questions": read_questions(fields)}
        if kind == "file":
            return {"download": self.download(fields)}
        if kind == "video":
            return self.video(fields)
        if not self.body.strip():
            self.log.add(self.body_line, "Write the reading's text below the second `---`.")
        return {}

    def download(self, fields: Fields) -> File | None:
        named = fields.text("file", required=True)
        return self.file(named, DOWNLOADS, fields.lines.get("file", 1)) if named else None

    def video(self, fields: Fields) -> dict[str, Any]:
        named = fields.texts("video", "Name the file under `video`, such as `video: lesson.webm`.")
        videos = [self.file(text, VIDEOS, line) for text, line in named]
        poster = fields.text("poster")
        captions = [self.caption(node, fields) for node in fields.mappings("captions", "")]
        if not captions and not self.body.strip():
            message = "Add `captions`, or a transcript below the second `---`: not everybody can hear it."
            fields.problem("video", message)
        return {
            "videos": tuple(file for file in videos if file),
            "poster": self.file(poster, IMAGES, fields.lines["poster"]) if poster else None,
            "captions": tuple(caption for caption in captions if caption),
        }

    def caption(self, node: yaml.MappingNode, video: Fields) -> Caption | None:
        fields = Fields(node, self.log, "caption")
        named = fields.text("file", required=True)
        file = self.file(named, CAPTIONS, fields.lines["file"]) if named else None
        language = fields.language("language")
        return Caption(language, fields.text("label", longest=80) or language, file) if file else None

    def file(self, reference: str, endings: tuple[str, ...], line: int) -> File | None:
        return self.shelf.named(reference, self.path, endings, self.log, line)

    def html(self) -> str:
        """Empty after a problem so deep that the text is not parsed."""
        if not may_be_parsed(self.body, self.body_line, self.log):
            return ""
        tokens = parse_markdown(self.body)
        return render_tokens(tokens, self.proofread(tokens).get)

    def proofread(self, tokens: list[Token]) -> dict[str, str]:
        """The addresses of the files and lessons that the body names, by the words that name them."""
        found: dict[str, str] = {}
        for token, line in references(tokens, self.body_line):
            if token.type == "image":
                src = str(token.attrs.get("src", ""))
                found |= self.served(src, self.image(src, token.content, line))
            elif token.type == "link_open":
                href = str(token.attrs.get("href", ""))
                if ending(href.partition("#")[0]) == ".md" and not SCHEME.match(href):
                    found[href] = f"{self.base}lessons/{self.lesson_link(href, line)}/"
                elif not OUTSIDE.match(href):
                    found |= self.served(href, self.file(href, DOWNLOADS, line))
            elif token.type == "text":
                self.check_words(token.content, line)
        return found

    def served(self, reference: str, file: File | None) -> dict[str, str]:
        return {reference: file_address(self.base, file)} if file else {}

    def image(self, src: str, alt: str, line: int) -> File | None:
        if not alt.strip():
            self.log.add(line, "Say between the square brackets what this image shows.")
        if SCHEME.match(src):
            self.log.add(line, "Put this image into the course's folder; none is loaded from elsewhere.")
            return None
        return self.file(src, IMAGES, line)

    def lesson_link(self, href: str, line: int) -> str:
        path = resolve(self.path, href)
        if path not in self.shelf.source.sizes:
            self.log.add(line, f"There is no lesson `{href[:80]}`. Link to a lesson's file.")
        return PurePosixPath(path or "").stem

    def check_words(self, words: str, line: int) -> None:
        found = HTML.search(words)
        if found:
            self.log.add(
                line, f"Write Markdown instead of `{found[0][:40]}`: HTML is not taken. Show it in backticks."
            )
        block = CALLOUT.match(words)
        if block and block[1] not in (*CALLOUTS, ""):
            self.log.add(line, f"There is no block `{block[1]}`. Possible are {', '.join(CALLOUTS)}.")
