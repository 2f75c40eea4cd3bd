"""Groups, courses and series that a file names, found among those the program has. None is invented."""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from matricula.catalog.browsing import offered_courses, offered_specializations
from matricula.programs.models import Program

GROUP, COURSE, FURTHER_COURSE = "group", "course", "further_course"
MOST_NAMES = 100
"""Different names of one kind that are counted; whoever has more has chosen the wrong column."""
LONGEST_NAME = 120
CACHED = 1000


class Attached(NamedTuple):
    """What is attached to a line's invitation, as its columns hold it, and the names that are not."""

    groups: str
    course: int | None
    specialization: int | None
    left_out: str
    names: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Known:
    """What a program has, by name as it is compared."""

    groups: dict[str, int]
    courses: dict[str, tuple[int | None, int | None]]

    @classmethod
    def of(cls, program: Program) -> "Known":
        groups = {spelled(one.name): one.pk for one in program.groups.order_by("-pk")}
        courses: dict[str, tuple[int | None, int | None]] = {}
        for course in offered_courses(program):
            courses |= dict.fromkeys([spelled(course.slug), spelled(course.title)], (course.pk, None))
        for series in offered_specializations(program):
            courses |= dict.fromkeys([spelled(series.slug), spelled(series.title)], (None, series.pk))
        return cls(groups, courses)

    def attach(self, groups: tuple[str, ...], courses: tuple[str, ...]) -> Attached:
        groups = tuple(one for name in groups for one in self.parted(name))
        found = {self.groups.get(spelled(name)) for name in groups} - {None}
        named = [name for name in courses if spelled(name) in self.courses]
        left_out = [(GROUP, name[:LONGEST_NAME]) for name in groups if spelled(name) not in self.groups]
        left_out += [(COURSE, name[:LONGEST_NAME]) for name in courses if name not in named]
        left_out += [(FURTHER_COURSE, name) for name in named[1:]]
        chosen = self.courses[spelled(named[0])] if named else (None, None)
        return Attached(json.dumps(sorted(found)), *chosen, json.dumps(left_out), tuple(left_out))

    def parted(self, name: str) -> list[str]:
        """`Crew, Grid` is two groups, unless one is called so."""
        parts = [part.strip() for part in name.split(",") if part.strip()]
        known = any(spelled(part) in self.groups for part in parts)
        return parts if known and spelled(name) not in self.groups else [name]


NOTHING = Attached("[]", None, None, "[]", ())


def spelled(name: str) -> str:
    """Names are compared without regard to case and spaces."""
    return "".join(name.casefold().split())


class Matcher:
    """Attaches what lines name, and counts what is left out."""

    def __init__(self, program: Program, left_out: dict[str, dict[str, int]]) -> None:
        self.attach = lru_cache(maxsize=CACHED)(Known.of(program).attach)
        self.left_out = {why: dict(names) for why, names in left_out.items()}

    def match(self, groups: tuple[str, ...], courses: tuple[str, ...]) -> Attached:
        if not groups and not courses:
            return NOTHING
        attached = self.attach(groups, courses)
        for why, name in attached.names:
            names = self.left_out.setdefault(why, {})
            if name in names or len(names) < MOST_NAMES:
                names[name] = names.get(name, 0) + 1
        return attached
