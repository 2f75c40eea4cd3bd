"""A course as read: frozen, typed, with no trace of where it will be stored; and all that is wrong."""

from dataclasses import dataclass, field
from urllib.parse import quote

from matricula.catalog.errors import Problem


@dataclass(frozen=True, slots=True)
class File:
    """A file beside the lessons. `size` is in bytes, `digest` the hexadecimal SHA-256 of its content."""

    path: str
    size: int
    digest: str
    content_type: str

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


def file_address(base: str, file: File) -> str:
    """Where a file of the course at the address `base` is served."""
    return f"{base}files/{file.digest}/{quote(file.name)}"


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

    It has no key of its own: it is known by what it says (`questions.py`).
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
    """One lesson; `key` stays the same from import to import. `html` is its text or transcript."""

    key: str
    kind: str
    title: str
    minutes: int
    required: bool
    html: str
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
    """`language` is a BCP 47 tag, `pass_mark` a percentage; addresses in texts begin with `base`."""

    slug: str
    title: str
    summary: str
    description_html: str
    topic: str
    level: str
    language: str
    pass_mark: int
    modules: tuple[Module, ...]
    files: tuple[File, ...]
    base: str

    @property
    def minutes(self) -> int:
        return sum(lesson.minutes for module in self.modules for lesson in module.lessons)


MOST = 200
LONGEST_NAME = 200


class ReadingStopped(Exception):
    """Reading on would make no sense; the log says why."""


@dataclass
class Log:
    """The problems of one reading, until there are too many to be of use."""

    problems: list[Problem] = field(default_factory=list)

    def add(self, file: str, line: int, message: str) -> None:
        self.problems.append(Problem(printable(file), max(line, 1), message))
        if len(self.problems) >= MOST:
            raise ReadingStopped

    def stop(self, file: str, message: str) -> ReadingStopped:
        self.add(file, 1, message)
        return ReadingStopped()


@dataclass(frozen=True)
class FileLog:
    """One file's part of the log."""

    log: Log
    file: str

    def add(self, line: int, message: str) -> None:
        self.log.add(self.file, line, message)


def printable(name: str) -> str:
    letters = (letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name)
    return "".join(letters)[:LONGEST_NAME]
