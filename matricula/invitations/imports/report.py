"""Telling what a file said and what became of it: by its first lines, and line by line as a table."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matricula.catalog.models import Course, Specialization
from matricula.invitations.imports.lines import COURSE, FURTHER_COURSE, GROUP
from matricula.invitations.models import ImportedFile, ImportedLine, Verdict
from matricula.peoplefile import FAULTS, Layout
from matricula.peoplefile.layout import note_headings
from matricula.peoplefile.limits import refusal
from matricula.programs.models import Group

SHOWN = 5
"""Lines of each verdict that are shown before the file is confirmed."""
LINES_AT_ONCE = 5_000
Words = str | Promise

LABELS: dict[str, Words] = {
    Verdict.NEW: gettext_lazy("To be invited"),
    Verdict.INVALID: gettext_lazy("Not understood"),
    Verdict.TWICE: gettext_lazy("Twice in the file"),
    Verdict.INVITED: gettext_lazy("Already invited"),
    Verdict.EXPIRED: gettext_lazy("Invitation has expired"),
    Verdict.MEMBER: gettext_lazy("Already a member"),
    Verdict.DECLINED: gettext_lazy("Declined before"),
    Verdict.STOPPED: gettext_lazy("Not invited"),
}
"""In the order in which they are shown."""
DONE = gettext_lazy("Invited")
REASONS: dict[str, Words] = {
    Verdict.NEW: "",
    Verdict.TWICE: gettext_lazy("An earlier line has the same address."),
    Verdict.INVITED: gettext_lazy("Has an open invitation. No second letter goes out."),
    Verdict.EXPIRED: gettext_lazy("Was invited before. Send that invitation again from the list."),
    Verdict.MEMBER: gettext_lazy("Is in the program already."),
    Verdict.DECLINED: gettext_lazy("Said “this is not for me”. Invite them by hand if that has changed."),
    Verdict.STOPPED: gettext_lazy("The import was stopped before a letter was written."),
}
LEFT_OUT: dict[str, Words] = {
    GROUP: gettext_lazy("The program has no group “%s”."),
    COURSE: gettext_lazy("The program does not offer “%s”."),
    FURTHER_COURSE: gettext_lazy("An invitation opens one course; “%s” is left out."),
}


@dataclass(frozen=True)
class Summary:
    """A line in words."""

    line: int
    address: str
    name: str
    outcome: Words
    reason: str
    attached: tuple[str, ...] = ()


def verdict_label(file: ImportedFile, verdict: str) -> Words:
    return DONE if verdict == Verdict.NEW and file.confirmed_at else LABELS[verdict]


class Names:
    """What the ids of a few lines are called."""

    def __init__(self, lines: list[ImportedLine]) -> None:
        self.groups = Group.objects.in_bulk({pk for one in lines for pk in one.groups})
        self.courses = Course.objects.in_bulk({one.course for one in lines if one.course})
        named = {one.specialization for one in lines if one.specialization}
        self.specializations = Specialization.objects.in_bulk(named)

    def of(self, line: ImportedLine) -> tuple[str, ...]:
        return tuple(filter(None, [*self.groups_of(line), self.opened_by(line)]))

    def groups_of(self, line: ImportedLine) -> list[str]:
        return [self.groups[pk].name for pk in line.groups if pk in self.groups]

    def opened_by(self, line: ImportedLine) -> str:
        opened = self.courses.get(line.course or 0) or self.specializations.get(line.specialization or 0)
        return opened.title if opened else ""


def summarize_import(file: ImportedFile, line: ImportedLine, attached: tuple[str, ...] = ()) -> Summary:
    why = FAULTS[line.fault] if line.fault else REASONS[line.verdict]
    more = [LEFT_OUT[kind] % name for kind, name in line.left_out if line.verdict == Verdict.NEW]
    reason = " ".join(filter(None, map(str, [why, *more])))
    return Summary(line.line, line.address, line.name, verdict_label(file, line.verdict), reason, attached)


def shown_line(file: ImportedFile) -> list[tuple[str, Words, int, list[Summary]]]:
    """For each verdict there is: its words, how many lines, and the first of them."""
    return [
        (verdict, verdict_label(file, verdict), file.counts[verdict], first_lines(file, verdict))
        for verdict in LABELS
        if file.counts.get(verdict)
    ]


def not_invited_lines(file: ImportedFile) -> list[tuple[Words, int, str]]:
    """Why others of a checked file are not invited, how many, and where on the page the first of them are."""
    there = [verdict for verdict in LABELS if file.counts.get(verdict)]
    return [
        (LABELS[verdict], file.counts[verdict], f"lines-{number}")
        for number, verdict in enumerate(there, 1)
        if verdict != Verdict.NEW
    ]


def first_lines(file: ImportedFile, verdict: str) -> list[Summary]:
    lines = list(file.kept_lines.filter(verdict=verdict).order_by("line")[:SHOWN])
    names = Names(lines)
    return [summarize_import(file, line, names.of(line)) for line in lines]


def left_out(file: ImportedFile) -> list[tuple[Words, int]]:
    """A sentence for each name that is not attached, and how many lines have it; the most frequent first."""
    said = [
        (LEFT_OUT[kind] % name, times)
        for kind, names in file.left_out.items()
        for name, times in names.items()
    ]
    return sorted(said, key=lambda one: -one[1])


def why_refused(file: ImportedFile) -> str:
    return str(refusal(file.code, file.line)) if file.code else ""


def result_table(file: ImportedFile) -> Iterator[list[Any]]:
    """Every line and its outcome, under a header. Handed in as a file, it says the same of everybody."""
    notes = list(note_headings(Layout.of(file.layout)).values()) if file.layout else []
    yield [_("Line"), _("E-mail"), _("Name"), _("Groups"), _("Course"), _("Outcome"), _("Reason"), *notes]
    for after in range(0, file.read_to, LINES_AT_ONCE):
        lines = list(file.kept_lines.filter(line__gt=after, line__lte=after + LINES_AT_ONCE).order_by("line"))
        names = Names(lines)
        for line in lines:
            yield result_row(file, line, names, notes)


def result_row(file: ImportedFile, line: ImportedLine, names: "Names", notes: list[str]) -> list[Any]:
    """With what the program does not know, so that it can be made and the result handed in again."""
    told = summarize_import(file, line)
    groups = "; ".join(names.groups_of(line) + [name for why, name in line.left_out if why == GROUP])
    courses = [name for why, name in line.left_out if why in (COURSE, FURTHER_COURSE)]
    course = "; ".join(filter(None, [names.opened_by(line), *courses]))
    further = [line.note.get(heading, "") for heading in notes]
    return [told.line, told.address, told.name, groups, course, str(told.outcome), told.reason, *further]
