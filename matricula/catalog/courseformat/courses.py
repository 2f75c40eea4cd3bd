"""A course's folder: course.yaml, its modules, and the lessons they list."""

from typing import cast

from matricula.catalog.courseformat.fields import Fields
from matricula.catalog.courseformat.keys import LEVELS
from matricula.catalog.courseformat.lessons import LONGEST_TITLE, read_lesson
from matricula.catalog.courseformat.media import CONTENT_TYPES, IMAGES, TEXTS, MediaShelf, ending
from matricula.catalog.courseformat.parts import Course, Lesson, Level, MediaFile, Module, Specialization
from matricula.catalog.courseformat.problems import Page
from matricula.catalog.courseformat.proofing import Proofreader
from matricula.catalog.courseformat.references import is_safe_path
from matricula.catalog.courseformat.sources import Shelf
from matricula.catalog.courseformat.texts import decode
from matricula.catalog.courseformat.yamltext import Mapping, read_yaml

COURSE_FILE = "course.yaml"
SPECIALIZATION_FILE = "specialization.yaml"
NOT_LESSONS = {"readme.md", "license.md", "changelog.md"}
NOT_CONTENT = {"license", "readme"}
LONGEST_SUMMARY = 400
LONGEST_TOPIC = 80
USUAL_PASS_MARK = 80


def read_mapping(shelf: Shelf, name: str, page: Page) -> Mapping | None:
    """The mapping a YAML file holds, or None after a problem."""
    data = shelf.read(name, shelf.limits.text_file)
    text = None if data is None else decode(data, page)
    if text is None:
        return None
    before = len(page.log.problems)
    node = read_yaml(text, page)
    if isinstance(node, Mapping):
        return node
    if len(page.log.problems) == before:
        line = node.line if node else 1
        page.problem(line, "wrong-type", "Write keys and values here, beginning with ‘title: …’.")
    return None


class EntryReader:
    """What course.yaml and specialization.yaml have in common."""

    def __init__(self, shelf: Shelf, name: str) -> None:
        self.shelf, self.name = shelf, name
        self.page = shelf.log.on(shelf.label(name))
        self.media = MediaShelf(shelf)
        self.proof = Proofreader(name, self.page, self.media)

    def title(self, fields: Fields) -> str:
        return fields.text("title", example="Reading data with care", longest=LONGEST_TITLE)

    def slug(self, fields: Fields) -> str:
        return fields.slug("slug", example="reading-data")

    def summary(self, fields: Fields) -> str:
        return fields.text("summary", example="What charts say, and what they hide.", longest=LONGEST_SUMMARY)

    def description(self, fields: Fields) -> str:
        text = fields.text("description")
        if text:
            self.proof.check(text, fields.text_line("description"))
        return text

    def cover(self, fields: Fields) -> MediaFile | None:
        named = fields.text("cover")
        path = self.proof.file(named, fields.line("cover"), IMAGES, "a cover") if named else None
        return self.media.take(path) if path else None


class CourseReader(EntryReader):
    """Reads the course in a folder that has a course.yaml."""

    def __init__(self, shelf: Shelf) -> None:
        super().__init__(shelf, COURSE_FILE)
        self.listed: dict[str, int] = {}
        self.keys: dict[str, str] = {}
        self.pass_mark = USUAL_PASS_MARK

    def read(self) -> Course | None:
        """The course, or None after problems so deep that there is none."""
        check_file_types(self.shelf)
        mapping = read_mapping(self.shelf, COURSE_FILE, self.page)
        if mapping is None:
            return None
        fields = Fields(mapping, self.page, "course")
        self.pass_mark = fields.whole("pass_mark", low=1, high=100, default=USUAL_PASS_MARK)
        course = self._course(fields, self._modules(fields))
        self._check_unlisted()
        return course

    def _course(self, fields: Fields, modules: tuple[Module, ...]) -> Course:
        return Course(
            slug=self.slug(fields),
            title=self.title(fields),
            summary=self.summary(fields),
            description=self.description(fields),
            topic=fields.text("topic", example="Security", longest=LONGEST_TOPIC),
            level=cast(Level, fields.one_of("level", LEVELS)),
            language=fields.language("language"),
            cover=self.cover(fields),
            authors=tuple(text for text, _ in fields.texts("authors", single=True)),
            license=fields.text("license", longest=LONGEST_TITLE),
            pass_mark=self.pass_mark,
            modules=modules,
            media=self.media.all(),
        )

    def _modules(self, fields: Fields) -> tuple[Module, ...]:
        if not fields.items("modules"):
            fields.problem("modules", "empty-course", "Add at least one module, in a list under ‘modules’.")
        mappings = fields.mappings("modules", "module")
        return tuple(self._module(Fields(mapping, self.page, "module")) for mapping in mappings)

    def _module(self, fields: Fields) -> Module:
        title = fields.text("title", example="First steps", longest=LONGEST_TITLE)
        summary = fields.text("summary", longest=LONGEST_SUMMARY)
        if not fields.items("lessons"):
            fields.problem(
                "lessons", "empty-course", "List the lessons' files of this module under ‘lessons’."
            )
        lessons = (self._lesson(path, line) for path, line in fields.texts("lessons"))
        return Module(title, summary, tuple(lesson for lesson in lessons if lesson is not None))

    def _lesson(self, path: str, line: int) -> Lesson | None:
        if not self._listable(path, line):
            return None
        self.listed[path] = line
        lesson = read_lesson(path, self.shelf, self.media, pass_mark=self.pass_mark)
        if lesson is None:
            return None
        if lesson.key in self.keys:
            other = self.keys[lesson.key]
            message = f"The lesson ‘{other}’ has the key ‘{lesson.key}’ too; give one another ‘key’."
            self.page.problem(line, "duplicate-lesson", message)
        self.keys.setdefault(lesson.key, path)
        return lesson

    def _listable(self, path: str, line: int) -> bool:
        if not is_safe_path(path):
            message = f"‘{path[:80]}’ must be a relative path inside the course's folder."
            self.page.problem(line, "path-outside", message)
        elif path in self.listed:
            message = f"‘{path}’ is listed in line {self.listed[path]} already; keep one of the two."
            self.page.problem(line, "duplicate-lesson", message)
        elif path not in self.shelf.files:
            message = f"There is no file ‘{path}’: add it to the course's folder or correct the name."
            self.page.problem(line, "missing-file", message)
        elif ending(path) != ".md":
            self.page.problem(line, "file-type", f"‘{path}’ is no lesson: lessons are Markdown files (.md).")
        else:
            return True
        return False

    def _check_unlisted(self) -> None:
        for path in self.shelf.files:
            known = path in self.listed or path.lower() in NOT_LESSONS
            if ending(path) == ".md" and not known:
                message = "This lesson is in no module: list it in course.yaml, or remove the file."
                self.shelf.log.add(self.shelf.label(path), 0, "unlisted-lesson", message)


def read_specialization(shelf: Shelf) -> tuple[Specialization, list[int]] | None:
    """The Specialization in a folder, with the lines that name its courses; None after deep problems."""
    check_file_types(shelf)
    reader = EntryReader(shelf, SPECIALIZATION_FILE)
    mapping = read_mapping(shelf, SPECIALIZATION_FILE, reader.page)
    if mapping is None:
        return None
    fields = Fields(mapping, reader.page, "specialization")
    if not fields.items("courses"):
        fields.problem(
            "courses", "empty-course", "List the slugs of the courses of this Specialization, in order."
        )
    courses = dict(reversed(list(fields.texts("courses"))))
    _check_repeated(fields, reader.page)
    slugs = tuple(reversed(courses))
    named = (reader.slug(fields), reader.title(fields), reader.summary(fields), reader.description(fields))
    cover = reader.cover(fields)
    return Specialization(*named, cover, slugs, reader.media.all()), [courses[slug] for slug in slugs]


def _check_repeated(fields: Fields, page: Page) -> None:
    seen: dict[str, int] = {}
    for slug, line in fields.texts("courses"):
        if seen.setdefault(slug, line) != line:
            page.problem(
                line, "duplicate-slug", f"The course ‘{slug}’ is listed in line {seen[slug]} already."
            )


def check_file_types(shelf: Shelf) -> None:
    """Reports files whose ending is not allowed in courses."""
    allowed = (*TEXTS, *CONTENT_TYPES)
    for path in shelf.files:
        if ending(path) not in allowed and path.lower() not in NOT_CONTENT:
            message = f"Remove this file or save it as another type; allowed are {', '.join(allowed)}."
            shelf.log.add(shelf.label(path), 0, "file-type", message)
