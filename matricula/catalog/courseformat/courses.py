"""A course's folder: course.yaml, its modules, and the lessons they list."""

from contextlib import suppress
from pathlib import Path

import yaml

from matricula.catalog.courseformat.fields import Fields, decode_text, line_of, read_mapping
from matricula.catalog.courseformat.files import Shelf, ending
from matricula.catalog.courseformat.lessons import read_lesson
from matricula.catalog.courseformat.markdown import may_be_parsed, render_markdown
from matricula.catalog.courseformat.parts import Course, FileLog, Lesson, Log, Module, ReadingStopped
from matricula.catalog.courseformat.sources import Limits, Source
from matricula.catalog.errors import CourseProblems, Problem

COURSE_FILE = "course.yaml"
LEVELS = ("beginner", "intermediate", "advanced")
USUAL_LIMITS = Limits()


def look_into(place: Path, base: str) -> Course | list[Problem]:
    """`read_course` as the sandbox does it: what is wrong is an answer, too."""
    try:
        return read_course(place, base)
    except CourseProblems as found:
        return found.problems


def read_course(place: Path, base: str = "", *, limits: Limits = USUAL_LIMITS) -> Course:
    """The course in a folder or zip; what its texts name will be found below the address `base`.

    Raises CourseProblems, and nothing else whatever lies there.
    """
    log = Log()
    course = None
    with suppress(ReadingStopped):
        course = CourseReader(Source(place, limits, log), base).read()
    if log.problems or course is None:
        raise CourseProblems(log.problems)
    return course


class CourseReader:
    """Reads the course of one source."""

    def __init__(self, source: Source, base: str) -> None:
        self.source, self.shelf, self.base = source, Shelf(source), base
        self.log = FileLog(source.log, COURSE_FILE)
        self.listed: dict[str, int] = {}

    def read(self) -> Course | None:
        if COURSE_FILE not in self.source.sizes:
            self.log.add(1, "There is no course.yaml here. Add it, or give the folder in which it lies.")
            return None
        data = self.source.text(COURSE_FILE)
        text = None if data is None else decode_text(data, self.log)
        node = None if text is None else read_mapping(text, self.log)
        if node is None:
            return None
        course = self.course(Fields(node, self.log, "course"))
        self.check_lessons(course)
        return course

    def course(self, fields: Fields) -> Course:
        hint = "Add at least one module, in a list under `modules`."
        modules = tuple(self.module(node) for node in fields.mappings("modules", hint))
        return Course(
            slug=fields.slug("slug"),
            title=fields.text("title", longest=200, required=True),
            summary=fields.text("summary", longest=400, required=True),
            description_html=self.description(fields),
            topic=fields.text("topic", longest=80, required=True),
            level=fields.one_of("level", LEVELS),
            language=fields.language("language"),
            pass_mark=fields.whole("pass_mark", 1, 100, 80),
            modules=modules,
            files=tuple(file for file in self.shelf.taken.values() if file),
            base=self.base,
        )

    def description(self, fields: Fields) -> str:
        text = fields.text("description")
        node = fields.values.get("description")
        good = node is None or may_be_parsed(text, line_of(node), self.log)
        return render_markdown(text) if good else ""

    def module(self, node: yaml.MappingNode) -> Module:
        fields = Fields(node, self.log, "module")
        title = fields.text("title", longest=200, required=True)
        listed = fields.texts("lessons", "List the lessons' files of this module under `lessons`.")
        lessons = (self.lesson(path, line) for path, line in listed)
        return Module(title, tuple(lesson for lesson in lessons if lesson))

    def lesson(self, path: str, line: int) -> Lesson | None:
        if path in self.listed:
            self.log.add(
                line, f"`{path}` is listed in line {self.listed[path]} already. Keep one of the two."
            )
        elif ending(path) != ".md":
            self.log.add(line, f"`{path[:80]}` is no lesson: lessons are Markdown files (.md).")
        elif path not in self.source.sizes:
            self.log.add(line, f"There is no file `{path[:80]}` in the course. Add it or correct the name.")
        else:
            self.listed[path] = line
            return read_lesson(path, self.shelf, self.base)
        return None

    def check_lessons(self, course: Course) -> None:
        for path in self.source.sizes:
            if ending(path) == ".md" and path not in self.listed and path.lower() != "readme.md":
                self.source.log.add(path, 1, "This lesson is in no module. List it in course.yaml.")
        seen: set[str] = set()
        for lesson in (lesson for module in course.modules for lesson in module.lessons):
            if lesson.key in seen:
                self.log.add(1, f"Two lessons are called `{lesson.key}.md`. Rename one of the files.")
            seen.add(lesson.key)
