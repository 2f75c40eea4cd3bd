"""The course format: a folder with `course.yaml` and Markdown lessons; see `docs/course-format.md`."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nh3
import yaml
from markdown_it import MarkdownIt

from matricula.catalog.errors import CourseProblems, Problem

COURSE_KEYS = {
    "title",
    "slug",
    "summary",
    "description",
    "topic",
    "level",
    "language",
    "pass_mark",
    "modules",
}
MODULE_KEYS = {"title", "lessons"}
LESSON_KEYS = {"title", "kind", "minutes", "required", "questions"}
QUESTION_KEYS = {"kind", "prompt", "options", "explanation"}
OPTION_KEYS = {"text", "right", "feedback"}
LARGEST_FILE = 1_000_000
TAGS = {"p", "h2", "h3", "h4", "ul", "ol", "li", "em", "strong", "a", "code", "pre", "blockquote", "hr", "br",
        "table", "thead", "tbody", "tr", "th", "td"}  # fmt: skip
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True)
class ReadLesson:
    key: str
    title: str
    kind: str
    minutes: int
    required: bool
    body_html: str
    content: dict[str, Any]


@dataclass(frozen=True)
class ReadModule:
    title: str
    lessons: list[ReadLesson]


@dataclass(frozen=True)
class ReadCourse:
    values: dict[str, Any]
    modules: list[ReadModule]

    @property
    def minutes(self) -> int:
        return sum(lesson.minutes for module in self.modules for lesson in module.lessons)


def render_markdown(text: str) -> str:
    """Safe HTML: only the listed tags, no scripts, no styles, no pictures from elsewhere."""
    return nh3.clean(
        _markdown.render(text), tags=TAGS, attributes={"a": {"href"}}, link_rel="noopener noreferrer"
    )


def read_course(folder: Path) -> ReadCourse:
    """The course in `folder`. Raises CourseProblems with every problem, its file and its line."""
    reader = Reader(folder)
    course = reader.course()
    if reader.problems:
        raise CourseProblems(reader.problems)
    return course


@dataclass
class Reader:
    """Reads one folder and collects what is wrong with it."""

    folder: Path
    problems: list[Problem] = field(default_factory=list)

    def course(self) -> ReadCourse:
        values, lines = self.mapping("course.yaml", self.text("course.yaml"), COURSE_KEYS)
        for key in ("title", "slug", "summary", "topic", "modules"):
            if not values.get(key):
                self.problem("course.yaml", 1, f"Add `{key}`; every course needs it.")
        modules = values.pop("modules", None)
        if not isinstance(modules, list):
            self.problem("course.yaml", lines.get("modules", 1), "`modules` is a list of titles and lessons.")
            modules = []
        values["description_html"] = render_markdown(str(values.pop("description", "")))
        return ReadCourse(values, [self.module(one, lines.get("modules", 1)) for one in modules])

    def module(self, data: Any, line: int) -> ReadModule:
        if not isinstance(data, dict) or set(data) - MODULE_KEYS or not isinstance(data.get("lessons"), list):
            self.problem("course.yaml", line, "A module has a `title` and a list of `lessons`, nothing else.")
            return ReadModule("", [])
        return ReadModule(str(data.get("title", "")), [self.lesson(str(name)) for name in data["lessons"]])

    def lesson(self, name: str) -> ReadLesson:
        head, _, body = self.text(name).removeprefix("---\n").partition("\n---\n")
        values, lines = self.mapping(name, head, LESSON_KEYS, first=2)
        kind = values.get("kind", "reading")
        if kind not in ("reading", "quiz"):
            self.problem(name, lines.get("kind", 1), "`kind` is reading or quiz.")
        if not values.get("title"):
            self.problem(name, 1, "Add `title`; every lesson needs it.")
        minutes = values.get("minutes", 5)
        if not isinstance(minutes, int) or not 0 < minutes < 1000:
            self.problem(name, lines.get("minutes", 1), "`minutes` is a whole number from 1 to 999.")
            minutes = 5
        content = self.quiz(name, values, lines) if kind == "quiz" else {}
        required = bool(values.get("required", True))
        title = str(values.get("title", ""))
        return ReadLesson(
            Path(name).stem, title, str(kind), minutes, required, render_markdown(body), content
        )

    def quiz(self, name: str, values: dict[str, Any], lines: dict[str, int]) -> dict[str, Any]:
        line, questions = lines.get("questions", 1), values.get("questions")
        if not isinstance(questions, list) or not questions:
            self.problem(name, line, "A quiz has a list of `questions`.")
            return {"questions": []}
        return {"questions": [self.question(name, line, n, one) for n, one in enumerate(questions, 1)]}

    def question(self, name: str, line: int, number: int, data: Any) -> dict[str, Any]:
        if (
            not isinstance(data, dict)
            or set(data) - QUESTION_KEYS
            or not isinstance(data.get("options"), list)
        ):
            self.problem(
                name, line, f"Question {number} has kind, prompt, options and explanation, nothing else."
            )
            return {"key": f"q{number}", "options": []}
        options = [one for one in data["options"] if isinstance(one, dict) and not set(one) - OPTION_KEYS]
        if len(options) != len(data["options"]):
            self.problem(
                name, line, f"An option of question {number} has text, right and feedback, nothing else."
            )
        right = sum(bool(option.get("right")) for option in options)
        if right < 1 or (data.get("kind", "choice") == "choice" and right > 1):
            self.problem(
                name, line, f"Question {number}: mark one option as `right: true` (more with `choices`)."
            )
        return {"kind": "choice", **data, "options": options, "key": f"q{number}"}

    def text(self, name: str) -> str:
        path = self.folder / name
        if not path.resolve().is_relative_to(self.folder.resolve()) or not path.is_file():
            self.problem(name, 1, "This file is not in the course folder. Add it or correct its name.")
            return ""
        if path.stat().st_size > LARGEST_FILE:
            self.problem(name, 1, "This file is larger than 1 MB. Make it smaller.")
            return ""
        try:
            return path.read_text(encoding="utf-8").replace("\r\n", "\n")
        except UnicodeDecodeError:
            self.problem(name, 1, "This file is not UTF-8. Save it as UTF-8.")
            return ""

    def mapping(
        self, name: str, text: str, known: set[str], first: int = 1
    ) -> tuple[dict[str, Any], dict[str, int]]:
        """The values of a YAML mapping and the line of each key."""
        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader) if "&" not in text else None
            values = yaml.safe_load(text) if isinstance(node, yaml.MappingNode) else None
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            mark = getattr(error, "problem_mark", None)
            self.problem(name, first + (mark.line if mark else 0), "This is not valid YAML.")
            return {}, {}
        if not isinstance(values, dict) or not isinstance(node, yaml.MappingNode):
            self.problem(name, first, "Write `key: value` lines here, without anchors.")
            return {}, {}
        lines = {str(key.value): first + key.start_mark.line for key, _ in node.value}
        for key in set(map(str, values)) - known:
            self.problem(
                name, lines.get(key, first), f"`{key}` is not a key of this file. Known: {sorted(known)}."
            )
        return values, lines

    def problem(self, file: str, line: int, message: str) -> None:
        self.problems.append(Problem(file, line, message))
