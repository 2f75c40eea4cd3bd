"""One lesson's file: front matter, body, and what they name."""

from pathlib import PurePosixPath
from typing import cast

from matricula.catalog.courseformat.fields import SLUG, Fields, closest
from matricula.catalog.courseformat.keys import LESSON_KINDS
from matricula.catalog.courseformat.media import CAPTIONS, IMAGES, VIDEOS, MediaShelf
from matricula.catalog.courseformat.parts import (
    Caption,
    Content,
    Lesson,
    LessonKind,
    MediaFile,
    Quiz,
    Reading,
    Video,
)
from matricula.catalog.courseformat.problems import Page
from matricula.catalog.courseformat.proofing import Proofreader
from matricula.catalog.courseformat.questions import read_questions
from matricula.catalog.courseformat.sources import Shelf
from matricula.catalog.courseformat.texts import Divided, decode, divide
from matricula.catalog.courseformat.yamltext import Mapping, Scalar, read_yaml

LONGEST_TITLE = 200
LONGEST_MINUTES = 600


def read_lesson(path: str, shelf: Shelf, media: MediaShelf, *, pass_mark: int) -> Lesson | None:
    """The lesson in the file `path`, or None if nothing could be made of it; `pass_mark` is the course's."""
    page = shelf.log.on(shelf.label(path))
    data = shelf.read(path, shelf.limits.text_file)
    text = None if data is None else decode(data, page)
    divided = None if text is None else divide(text, page)
    if divided is None:
        return None
    front = read_yaml(divided.front_matter, page, first_line=divided.front_line)
    if isinstance(front, Mapping):
        return LessonReader(path, front, divided, page, media, pass_mark).read()
    if front is None and not divided.front_matter.strip():
        page.problem(1, "missing-key", "Give this lesson its keys: title, kind and minutes.")
    elif front is not None:
        page.problem(
            front.line, "wrong-type", "Write keys and values here, such as ‘title: Strong passwords’."
        )
    return None


class LessonReader:
    """Reads one lesson whose front matter is a mapping."""

    def __init__(
        self, path: str, front: Mapping, divided: Divided, page: Page, media: MediaShelf, pass_mark: int
    ) -> None:
        self.path, self.page, self.media, self.pass_mark = path, page, media, pass_mark
        self.body, self.body_line = divided.body, divided.body_line
        self.kind = self._kind(front)
        self.fields = Fields(front, page, self.kind, named="lesson")
        self.proof = Proofreader(path, page, media)

    def _kind(self, front: Mapping) -> LessonKind:
        entry = front.entries.get("kind")
        value = entry[1] if entry else None
        if isinstance(value, Scalar) and value.text in LESSON_KINDS:
            return cast(LessonKind, value.text)
        line = entry[0].line if entry else front.line
        if value is None or (isinstance(value, Scalar) and value.empty):
            message = "Give this lesson a ‘kind’: reading, video or quiz."
            self.page.problem(line, "missing-key", message)
        else:
            said = value.text[:80] if isinstance(value, Scalar) else "this"
            message = f"‘{said}’ is not a kind of lesson: {closest(said, LESSON_KINDS)}"
            self.page.problem(line, "bad-value", message)
        if "questions" in front.entries:
            return "quiz"
        return "video" if "video" in front.entries else "reading"

    def read(self) -> Lesson:
        fields = self.fields
        title = fields.text("title", example="Strong passwords", longest=LONGEST_TITLE)
        minutes = fields.whole("minutes", low=1, high=LONGEST_MINUTES)
        required = fields.yes_or_no("required", default=True)
        content = self._content()
        if self.body.strip():
            self.proof.check(self.body, self.body_line)
        taken = (self.media.take(path) for path in sorted(self.proof.named))
        files = tuple(file for file in taken if file is not None)
        return Lesson(self._key(), self.path, self.kind, title, minutes, required, content, files)

    def _key(self) -> str:
        if self.fields.has("key"):
            return self.fields.slug("key")
        stem = PurePosixPath(self.path).stem
        if not SLUG.fullmatch(stem) or len(stem) > 80:
            message = (
                "Name the file with small letters, digits and hyphens, or give the lesson a ‘key’ of those."
            )
            self.page.problem(1, "bad-slug", message)
        return stem

    def _content(self) -> Content:
        if self.kind == "video":
            return self._video()
        if self.kind == "quiz":
            return self._quiz()
        if not self.body.strip():
            self.page.problem(
                self.body_line, "empty-lesson", "Write the reading's text below the second ‘---’."
            )
        return Reading(self.body.strip("\n"))

    def _quiz(self) -> Quiz:
        mark = self.fields.whole("pass_mark", low=1, high=100, default=self.pass_mark)
        return Quiz(mark, read_questions(self.fields, self.proof), self.body.strip("\n"))

    def _video(self) -> Video:
        self.fields.required("video", "‘video: lesson.webm’")
        named = [
            self._file(text, line, VIDEOS, "a video")
            for text, line in self.fields.texts("video", single=True)
        ]
        poster = self.fields.text("poster")
        image = self._file(poster, self.fields.line("poster"), IMAGES, "a poster") if poster else None
        if not self.fields.has("captions") and not self.body.strip():
            message = (
                "Add ‘captions’, or a transcript below the second ‘---’: not everyone can hear or see it."
            )
            self.fields.problem("video", "no-text-alternative", message)
        sources = tuple(file for file in named if file is not None)
        return Video(sources, image, self._captions(), self.body.strip("\n"))

    def _captions(self) -> tuple[Caption, ...]:
        captions: dict[str, Caption] = {}
        for mapping in self.fields.mappings("captions", "caption"):
            fields = Fields(mapping, self.page, "caption")
            language = fields.language("language")
            label = fields.text("label", example="English", longest=80)
            named = fields.text("file", example="lesson.en.vtt")
            file = self._file(named, fields.line("file"), CAPTIONS, "captions") if named else None
            if language in captions:
                message = f"There are captions in ‘{language}’ already; keep one of the two."
                fields.problem("language", "duplicate-option", message)
            elif file is not None:
                captions[language] = Caption(language, label, file)
        return tuple(captions.values())

    def _file(self, reference: str, line: int, endings: tuple[str, ...], what: str) -> MediaFile | None:
        path = self.proof.file(reference, line, endings, what)
        return self.media.take(path) if path else None
