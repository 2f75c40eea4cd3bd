"""Sources as a whole: one course, or a catalog of courses and Specializations."""

from contextlib import suppress
from pathlib import Path

from matricula.catalog.courseformat.courses import (
    COURSE_FILE,
    SPECIALIZATION_FILE,
    CourseReader,
    read_specialization,
)
from matricula.catalog.courseformat.limits import Limits
from matricula.catalog.courseformat.parts import Catalog, Course, Specialization
from matricula.catalog.courseformat.problems import CourseProblems, ProblemLog, StoppedReading
from matricula.catalog.courseformat.sources import Shelf, Source, open_source

USUAL_LIMITS = Limits()
NO_COURSES: frozenset[str] = frozenset()


def read_course(source: Path, *, limits: Limits = USUAL_LIMITS) -> Course:
    """The one course in a folder or zip. Raises CourseProblems with everything that is wrong."""
    catalog = read_catalog(source, limits=limits)
    if len(catalog.courses) != 1 or catalog.specializations:
        log = ProblemLog()
        message = "Give the folder or zip of one course: the one in which course.yaml lies."
        log.add(source.name, 0, "not-one-course", message)
        raise CourseProblems(log.problems)
    return catalog.courses[0]


def read_catalog(
    source: Path, *, known_courses: frozenset[str] = NO_COURSES, limits: Limits = USUAL_LIMITS
) -> Catalog:
    """All that a course's folder, a zip or a catalog folder holds.

    `known_courses` are slugs that Specializations may name though they are not in the source.
    Raises CourseProblems with everything that is wrong, and nothing else whatever the source holds.
    """
    log = ProblemLog()
    catalog = Catalog((), ())
    with suppress(StoppedReading):
        catalog = CatalogReader(open_source(source, limits, log), limits, log).read(known_courses)
    if log.problems:
        raise CourseProblems(log.problems)
    return catalog


class CatalogReader:
    """Finds the folders with a course.yaml or a specialization.yaml and reads each."""

    def __init__(self, source: Source, limits: Limits, log: ProblemLog) -> None:
        self.source, self.limits, self.log = source, limits, log
        self.courses: dict[str, Course] = {}
        self.specializations: dict[str, Specialization] = {}
        self.named: list[tuple[str, str, int]] = []

    def read(self, known_courses: frozenset[str]) -> Catalog:
        folders = self._folders()
        if not folders:
            message = (
                "There is no course.yaml here or one folder below; add one, or give the course's folder."
            )
            self.log.add(self.source.name, 0, "nothing-found", message)
        for prefix, name in folders:
            shelf = Shelf(self.source, prefix, self.limits, self.log)
            if name == COURSE_FILE:
                self._read_course(shelf)
            else:
                self._read_specialization(shelf)
        self._check_named(known_courses)
        return Catalog(tuple(self.courses.values()), tuple(self.specializations.values()))

    def _folders(self) -> list[tuple[str, str]]:
        """The prefix and the file of each entry: the source itself, or the folders in it."""
        entries = (COURSE_FILE, SPECIALIZATION_FILE)
        own = [("", name) for name in entries if name in self.source.files]
        if own:
            return own[:1]
        found = [path.rpartition("/") for path in sorted(self.source.files) if path.count("/") == 1]
        return [(folder + "/", name) for folder, _, name in found if name in entries]

    def _read_course(self, shelf: Shelf) -> None:
        course = CourseReader(shelf).read()
        if course is None:
            return
        if course.slug and course.slug in self.courses:
            self._report_twice(shelf.label(COURSE_FILE), "course", course.slug)
        self.courses.setdefault(course.slug, course)

    def _read_specialization(self, shelf: Shelf) -> None:
        found = read_specialization(shelf)
        if found is None:
            return
        specialization, lines = found
        label = shelf.label(SPECIALIZATION_FILE)
        if specialization.slug and specialization.slug in self.specializations:
            self._report_twice(label, "Specialization", specialization.slug)
        self.specializations.setdefault(specialization.slug, specialization)
        self.named += [(label, slug, line) for slug, line in zip(specialization.courses, lines, strict=True)]

    def _report_twice(self, label: str, what: str, slug: str) -> None:
        self.log.add(
            label, 0, "duplicate-slug", f"Another {what} has the slug ‘{slug}’; change one of the two."
        )

    def _check_named(self, known_courses: frozenset[str]) -> None:
        for label, slug, line in self.named:
            if slug not in self.courses and slug not in known_courses:
                message = f"There is no course with the slug ‘{slug[:80]}’; add it or correct the slug."
                self.log.add(label, line, "unknown-course", message)
