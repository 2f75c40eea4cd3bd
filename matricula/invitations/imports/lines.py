"""The lines of a file: stored in bulk, matched to what the program has, and what becomes of each."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, cast

from django.db import connection
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone

from matricula.invitations.models import ImportedFile, ImportedLine, Invitation, Verdict
from matricula.invitations.settlement import known_by
from matricula.programs.models import Program
from matricula.programs.offer import offered_courses, offered_specializations

COLUMNS = (
    "file_id", "line", "public_id", "address", "canonical", "name", "groups", "course", "specialization",
    "left_out", "note", "verdict", "fault",
)  # fmt: skip
Kept = tuple[int, int, str, str, str, str, str, int | None, int | None, str, str, str, str]
"""A line as it is written, in the order of COLUMNS."""


def lines_a_step() -> int:
    """SQLite lets nobody else write during a step, so its steps are shorter."""
    return 50_000 if connection.vendor == "postgresql" else 10_000


def store_lines(lines: Iterable[Kept]) -> None:
    with connection.cursor() as cursor:
        columns = ", ".join(COLUMNS)
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY invitations_importedline ({columns}) FROM STDIN") as copy:
                for line in lines:
                    copy.write_row(line)
        else:
            marks, rows = ", ".join(["%s"] * len(COLUMNS)), cast(Any, lines)
            cursor.executemany(f"INSERT INTO invitations_importedline ({columns}) VALUES ({marks})", rows)  # noqa: S608 - our own names


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
        groups = {fold_name(one.name): one.pk for one in program.groups.order_by("-pk")}
        courses: dict[str, tuple[int | None, int | None]] = {}
        for course in offered_courses(program):
            courses |= dict.fromkeys([fold_name(course.slug), fold_name(course.title)], (course.pk, None))
        for series in offered_specializations(program):
            courses |= dict.fromkeys([fold_name(series.slug), fold_name(series.title)], (None, series.pk))
        return cls(groups, courses)

    def attach(self, groups: tuple[str, ...], courses: tuple[str, ...]) -> Attached:
        groups = tuple(one for name in groups for one in self.parted(name))
        found = {self.groups.get(fold_name(name)) for name in groups} - {None}
        named = [name for name in courses if fold_name(name) in self.courses]
        left_out = [(GROUP, name[:LONGEST_NAME]) for name in groups if fold_name(name) not in self.groups]
        left_out += [(COURSE, name[:LONGEST_NAME]) for name in courses if name not in named]
        left_out += [(FURTHER_COURSE, name) for name in named[1:]]
        chosen = self.courses[fold_name(named[0])] if named else (None, None)
        return Attached(json.dumps(sorted(found)), *chosen, json.dumps(left_out), tuple(left_out))

    def parted(self, name: str) -> list[str]:
        """`Crew, Grid` is two groups, unless one is called so."""
        parts = [part.strip() for part in name.split(",") if part.strip()]
        known = any(fold_name(part) in self.groups for part in parts)
        return parts if known and fold_name(name) not in self.groups else [name]


NOTHING = Attached("[]", None, None, "[]", ())


def fold_name(name: str) -> str:
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


TWICE = """
UPDATE invitations_importedline SET verdict = 'twice'
FROM (
    SELECT line, row_number() OVER (PARTITION BY canonical ORDER BY line) AS place
    FROM invitations_importedline WHERE file_id = %(file)s AND verdict = 'new'
) AS placed
WHERE invitations_importedline.file_id = %(file)s
    AND invitations_importedline.line = placed.line AND place > 1
"""
"""Of the same address the first line stays; in one statement, for a file may be one address a million
times."""


def judge_lines(file: ImportedFile) -> None:
    """Of an address that is there twice, the first line counts. The first rule that fits wins."""
    learn_sizes()
    with_room_to_sort()
    with connection.cursor() as cursor:
        cursor.execute(TWICE, {"file": file.pk})
    judge_members(file, file.kept_lines.all())
    for verdict, found in verdict_rules(file):
        file.kept_lines.filter(found, verdict=Verdict.NEW).update(verdict=verdict)


def judge_members(file: ImportedFile, lines: QuerySet[ImportedLine]) -> None:
    """Of `lines`, those of people who are in the program: asked when a file is checked, and once more when it
    is carried out, for days may lie between."""
    for rows in known_by(file.program):
        known = Exists(rows.filter(canonical=OuterRef("canonical")))
        lines.filter(known, verdict=Verdict.NEW).update(verdict=Verdict.MEMBER)


def verdict_rules(file: ImportedFile) -> Iterator[tuple[Verdict, Exists]]:
    """Who left or was removed may come back by a new invitation; so may who was withdrawn."""
    invitations = Invitation.objects.filter(program=file.program_id, canonical=OuterRef("canonical"))
    yield Verdict.EXPIRED, Exists(invitations.live().filter(expires_at__lte=timezone.now()))
    yield Verdict.INVITED, Exists(invitations.live())
    yield Verdict.DECLINED, Exists(invitations.filter(state="declined"))


def learn_sizes() -> None:
    """A database plans by what it knows of a table, and it knows nothing of lines written a moment ago.

    SQLite knows nothing at all before it is told once, and would walk all invitations of the program for each
    line, while nobody else can write; a thousand rows of an index tell it enough.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA analysis_limit = 1000")
            cursor.execute("ANALYZE invitations_invitation")
        cursor.execute("ANALYZE invitations_importedline")


def with_room_to_sort() -> None:
    """For the rest of the transaction; what PostgreSQL gives by itself sorts on the disk."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL work_mem = '64MB'")


def count_verdicts(file: ImportedFile) -> dict[str, int]:
    """How many lines of each verdict there are."""
    return dict(file.kept_lines.values_list("verdict").annotate(Count("line")))
