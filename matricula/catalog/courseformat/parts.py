"""A course as read: frozen, typed, and without a trace of where it will be stored."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class File:
    """A file beside the lessons. `size` is in bytes, `digest` the hexadecimal SHA-256 of its content.

    `open` reaches into the source: copy the file before the source is deleted.
    """

    path: str
    size: int
    digest: str
    content_type: str
    open: Callable[[], BinaryIO] = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Caption:
    """WebVTT captions in one language (BCP 47)."""

    language: str
    label: str
    file: File


@dataclass(frozen=True, slots=True)
class Option:
    text: str
    right: bool
    feedback: str


@dataclass(frozen=True, slots=True)
class Question:
    """`options` belong to choice and choices, `accepted` to text, `answer` and `tolerance` to number.

    It has no key of its own: it is known by what it says (`wording.py`).
    """

    kind: str
    prompt: str
    explanation: str
    options: tuple[Option, ...] = ()
    accepted: tuple[str, ...] = ()
    answer: str = ""
    tolerance: str = "0"


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson; `key` stays the same from import to import. `body` is Markdown, of a video its transcript.

    `files` are those that the body names, by the words that name them.
    """

    key: str
    kind: str
    title: str
    minutes: int
    required: bool
    body: str
    files: dict[str, File]
    links: dict[str, str]
    questions: tuple[Question, ...] = ()
    videos: tuple[File, ...] = ()
    poster: File | None = None
    captions: tuple[Caption, ...] = ()
    download: File | None = None


@dataclass(frozen=True, slots=True)
class Module:
    title: str
    lessons: tuple[Lesson, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """`description` is Markdown without files, `language` a BCP 47 tag, `pass_mark` a percentage."""

    slug: str
    title: str
    summary: str
    description: str
    topic: str
    level: str
    language: str
    pass_mark: int
    modules: tuple[Module, ...]
    files: tuple[File, ...]

    @property
    def minutes(self) -> int:
        return sum(lesson.minutes for module in self.modules for lesson in module.lessons)
