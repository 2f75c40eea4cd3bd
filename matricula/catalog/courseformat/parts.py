"""The parts of a course, as read: frozen, typed, and without a trace of where they will be stored."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import BinaryIO, Literal

Level = Literal["beginner", "intermediate", "advanced"]
LessonKind = Literal["reading", "video", "quiz"]
QuestionKind = Literal["choice", "choices", "text", "number"]


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A file beside the lessons. `path` is relative to the course's (or Specialization's) folder.

    `sha256` is hexadecimal; `size` is in bytes. `open` and `read` reach into the source, which must
    still be there: store media before deleting an uploaded zip.
    """

    path: str
    size: int
    sha256: str
    content_type: str
    opener: Callable[[], BinaryIO] = field(repr=False, compare=False)

    def open(self) -> BinaryIO:
        return self.opener()

    def read(self) -> bytes:
        with self.opener() as stream:
            return stream.read()


@dataclass(frozen=True, slots=True)
class Reading:
    """`body` is Markdown; pass it to `render_markdown`."""

    body: str


@dataclass(frozen=True, slots=True)
class Caption:
    """WebVTT captions; `language` is a BCP 47 tag, `label` what the player's menu shows."""

    language: str
    label: str
    file: MediaFile


@dataclass(frozen=True, slots=True)
class Video:
    """`sources` in order of preference; `transcript` is Markdown and may be empty if there are captions."""

    sources: tuple[MediaFile, ...]
    poster: MediaFile | None
    captions: tuple[Caption, ...]
    transcript: str


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose. `text` and `feedback` are Markdown; `key` is a letter, by position."""

    key: str
    text: str
    right: bool
    feedback: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a quiz. `prompt` and `explanation` are Markdown.

    `options` belong to the kinds choice and choices, `accepted` to text (compare with
    `normal_answer`), `answer` and `tolerance` to number (read with `read_number`).
    """

    key: str
    kind: QuestionKind
    prompt: str
    explanation: str
    options: tuple[Option, ...] = ()
    accepted: tuple[str, ...] = ()
    answer: Decimal | None = None
    tolerance: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Quiz:
    """`pass_mark` is the percentage of questions to answer right; `introduction` is Markdown."""

    pass_mark: int
    questions: tuple[Question, ...]
    introduction: str


Content = Reading | Video | Quiz


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson. `key` stays the same from import to import; `path` is its file in the course's folder.

    `media` are all the files its text and its content name.
    """

    key: str
    path: str
    kind: LessonKind
    title: str
    minutes: int
    required: bool
    content: Content
    media: tuple[MediaFile, ...]


@dataclass(frozen=True, slots=True)
class Module:
    title: str
    summary: str
    lessons: tuple[Lesson, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """A course as read from one folder or zip. `description` is Markdown, `language` a BCP 47 tag."""

    slug: str
    title: str
    summary: str
    description: str
    topic: str
    level: Level
    language: str
    cover: MediaFile | None
    authors: tuple[str, ...]
    license: str
    pass_mark: int
    modules: tuple[Module, ...]
    media: tuple[MediaFile, ...]

    @property
    def lessons(self) -> tuple[Lesson, ...]:
        return tuple(lesson for module in self.modules for lesson in module.lessons)

    @property
    def minutes(self) -> int:
        """The course's duration: the sum of its lessons' minutes."""
        return sum(lesson.minutes for lesson in self.lessons)


@dataclass(frozen=True, slots=True)
class Specialization:
    """An ordered series of courses, by slug. `description` is Markdown."""

    slug: str
    title: str
    summary: str
    description: str
    cover: MediaFile | None
    courses: tuple[str, ...]
    media: tuple[MediaFile, ...]


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything one source holds, in the order of the folder names."""

    courses: tuple[Course, ...]
    specializations: tuple[Specialization, ...]
