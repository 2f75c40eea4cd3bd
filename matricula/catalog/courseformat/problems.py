"""What is wrong with a course: every problem at once, each with its file, its line and what to do."""

from dataclasses import dataclass

MOST_PROBLEMS = 200

CODES: dict[str, str] = {
    "source-missing": "The folder or zip to read is not there, or is neither a folder nor a zip.",
    "nothing-found": "The source holds no course and no Specialization.",
    "not-one-course": "One course was asked for, and the source holds none or several.",
    "too-many-files": "The source holds more files than a course may.",
    "too-deep": "A folder lies too deep inside others, or YAML is nested too deeply.",
    "too-large": "A file, or all files together, are larger than allowed.",
    "unreadable-file": "A file cannot be read from the disk.",
    "symlink": "A file is a symbolic link.",
    "path-outside": "A path is absolute, leaves the folder by `..`, or holds characters it must not.",
    "duplicate-file": "Two files in a zip have the same name, or names that differ in letter case only.",
    "zip-damaged": "A zip cannot be read.",
    "zip-encrypted": "A zip is protected by a password.",
    "zip-method": "A zip uses a compression other than deflate.",
    "zip-ratio": "A file in a zip unpacks to suspiciously many times its packed size.",
    "file-type": "A file's ending is not one of those allowed.",
    "wrong-content": "A file's content is not what its ending says.",
    "svg-unsafe": "An SVG image holds a script, a handler, a foreign address or a declaration.",
    "not-utf8": "A text file is not UTF-8.",
    "control-character": "A text holds invisible control characters.",
    "yaml-syntax": "YAML that cannot be read.",
    "yaml-alias": "YAML anchors and aliases are not used in courses.",
    "yaml-tag": "YAML tags are not used in courses.",
    "duplicate-key": "A key stands twice in one place.",
    "unknown-key": "A key the format does not know.",
    "missing-key": "A required key is missing or empty.",
    "wrong-type": "A value has the wrong type.",
    "bad-value": "A value is not one of those possible, or is out of range.",
    "too-long": "A text is longer than allowed.",
    "bad-slug": "A slug or key holds more than small letters, digits and hyphens.",
    "bad-language": "A language is not a BCP 47 tag.",
    "no-front-matter": "A lesson does not begin with YAML between two lines of three hyphens.",
    "missing-file": "A file that is named is not there.",
    "unlisted-lesson": "A Markdown file is in no module.",
    "duplicate-lesson": "A lesson is listed twice, or two lessons have the same key.",
    "duplicate-slug": "Two courses, or two Specializations, have the same slug.",
    "unknown-course": "A Specialization names a course that is not in the catalog.",
    "empty-course": "A course has no modules, or a module no lessons.",
    "empty-lesson": "A reading has no text, or a quiz no questions.",
    "no-text-alternative": "A video has neither captions nor a transcript.",
    "bad-captions": "A captions file is not well-formed WebVTT.",
    "no-right-answer": "A question has no option marked right, or no accepted answer.",
    "too-many-right-answers": "A question of kind choice has several options marked right.",
    "too-few-options": "A question to choose from has fewer than two options.",
    "duplicate-option": "A question has the same option, accepted answer or key twice.",
    "broken-link": "A relative link leads to no file of the course, or to a place in a page.",
    "bad-link": "A link's address is of a kind not allowed.",
    "foreign-image": "An image lies on another site.",
    "image-alt": "An image has no description.",
    "raw-html": "HTML stands in Markdown and would be shown as text.",
    "unknown-block": "A `:::` block has an unknown name.",
}


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """One thing to repair. `file` is relative to the source; `line` counts from 1 (0: the whole file)."""

    file: str
    line: int
    message: str
    code: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message} [{self.code}]"


class CourseProblems(Exception):
    """The source cannot be taken as it is. `problems` holds all of them, by file and line."""

    code = "course_problems"

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class StoppedReading(Exception):
    """Reading on would make no sense; the log already says why."""


class ProblemLog:
    """Collects the problems of one reading."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, file: str, line: int, code: str, message: str) -> None:
        if code not in CODES:
            raise LookupError(code)
        self.problems.append(Problem(file, line, message, code))
        if len(self.problems) >= MOST_PROBLEMS:
            raise StoppedReading

    def stop(self, file: str, line: int, code: str, message: str) -> "StoppedReading":
        self.add(file, line, code, message)
        return StoppedReading()

    def on(self, file: str) -> "Page":
        return Page(file, self)


@dataclass(frozen=True, slots=True)
class Page:
    """One file's part of the log."""

    file: str
    log: ProblemLog

    def problem(self, line: int, code: str, message: str) -> None:
        self.log.add(self.file, line, code, message)
