"""Checking a file, some lines a step: each line is kept with what it says, then all are judged."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.db import transaction
from django.utils import timezone

from matricula.db.public_ids import new_public_ids
from matricula.files.storage import FileElsewhere, seen_file
from matricula.invitations.imports.lines import (
    Kept,
    Matcher,
    count_verdicts,
    judge_lines,
    lines_a_step,
    store_lines,
)
from matricula.invitations.imports.uploads import JOB, digest_place, kept_upload, let_go, upload_place
from matricula.invitations.models import ImportedFile, ImportedLine
from matricula.jobs.models import Job
from matricula.jobs.queue import enqueue
from matricula.peoplefile import FAULTS, Choices, Row
from matricula.peoplefile.digest import digest_apart, read_digest
from matricula.peoplefile.errors import FileRefused
from matricula.peoplefile.limits import refusal
from matricula.peoplefile.people import storable

LONGEST_ADDRESS, LONGEST_NAME = 254, 200
State = ImportedFile.State


def read_file(file: ImportedFile) -> None:
    """Find out what the file says, and have its lines kept; or somebody has to say first how to read it.

    Raises ReaderKilled, FileElsewhere.
    """
    seen_file(kept_upload(file))
    try:
        layout = digest_apart(upload_place(file), Choices.of(file.choices), digest_place(file))
    except FileRefused as fault:
        refuse_file(file, fault)
        return
    with transaction.atomic():
        state = State.CHECKED if layout.undecided else State.CHECKING
        if not file.move(State.CHECKING, state=state, layout=layout.kept()):
            let_go(file)
        elif not layout.undecided:
            enqueue(JOB, reference=file.pk, organization=file.program.organization_id)


def tell_reading_failed(job: Job) -> None:
    """Whoever waits is told once nobody tries any more."""
    file = ImportedFile.objects.filter(pk=job.reference or 0, state=State.CHECKING).first()
    if file and kept_upload(file).exists():
        refuse_file(file, refusal("takes_too_long"))
    elif file:
        refuse_what_is_gone(file)


def check_some(file: ImportedFile) -> bool:
    """Keep the next lines; when there are none left, judge them all. True while more is left.

    Raises FileElsewhere.
    """
    if not file.read_to and forget_last_reading(file):
        return True
    try:
        with transaction.atomic():
            more = keep_some(file)
    except Cancelled:
        return False
    except FileRefused as fault:
        refuse_file(file, fault)
        return False
    except FileElsewhere:
        if ImportedFile.objects.filter(pk=file.pk, state=State.CHECKING).exists():
            raise
        return False  # cancelled meanwhile, and so its upload is gone
    if not more:
        judge_lines(file)
        file.move(State.CHECKING, state=State.CHECKED, counts=count_verdicts(file))
        transaction.on_commit(lambda: digest_place(file).unlink(missing_ok=True))
    return more


def forget_last_reading(file: ImportedFile) -> bool:
    """Some of the lines that were kept when the file was read otherwise. False when there are none."""
    first = file.kept_lines.order_by("line").values_list("line", flat=True).first()
    if first is None:
        return False
    ImportedLine.objects.filter(file=file, line__lt=first + lines_a_step()).delete()
    return True


def keep_some(file: ImportedFile) -> bool:
    """False when the file ends there. Raises FileRefused, Cancelled."""
    rows = go_on_reading(file)
    keeper = Keeper(file.pk, Matcher(file.program, file.left_out), file.read_to)
    store_lines(keeper.kept(islice(rows, lines_a_step())))
    news = {"read_to": keeper.last, "lines": file.lines + keeper.count, "left_out": keeper.matcher.left_out}
    if not file.move(State.CHECKING, **news):
        raise Cancelled
    if keeper.count < lines_a_step():
        return False
    leave_open(file, rows)
    return True


class Cancelled(Exception):
    """Somebody cancelled the file while this step read on; the step is undone."""


@dataclass
class Keeper:
    """Turns the reader's rows into lines to keep, and knows how far it came."""

    file: int
    matcher: Matcher
    last: int
    count: int = 0

    def kept(self, rows: Iterator[Row]) -> Iterator[Kept]:
        for row, public_id in zip(rows, new_public_ids(lines_a_step()), strict=False):
            self.count, self.last = self.count + 1, row.line
            yield self.line(row, public_id)

    def line(self, row: Row, public_id: str) -> Kept:
        groups, course, specialization, left_out, _ = self.matcher.match(row.groups, row.courses)
        fault = row.fault if row.fault in FAULTS or not row.fault else "bad_address"
        return (
            self.file,
            row.line,
            public_id,
            row.address[:LONGEST_ADDRESS],
            "" if fault else row.canonical,
            row.name[:LONGEST_NAME],
            groups,
            course,
            specialization,
            left_out,
            line_note(row) if row.note else "{}",
            "invalid" if fault else "new",
            fault,
        )


def line_note(row: Row) -> str:
    return json.dumps({storable(header): text for header, text in row.note.items()})


MOST_OPEN = 4
_open: dict[tuple[int, int], tuple[int, Iterator[Row]]] = {}
"""Readers this process left open between steps, by file and reading, and the line each stands at."""


def go_on_reading(file: ImportedFile) -> Iterator[Row]:
    """From the line after the last one kept, whoever kept it."""
    line, rows = _open.pop((file.pk, file.readings), (-1, iter(())))
    if line == file.read_to:
        return rows
    return read_digest(seen_file(digest_place(file)), file.read_to + 1)


def leave_open(file: ImportedFile, rows: Iterator[Row]) -> None:
    """For the next step. Should this one be undone, the line no longer fits and the file is opened anew."""
    if len(_open) >= MOST_OPEN:
        del _open[next(iter(_open))]
    _open[file.pk, file.readings] = (file.read_to, rows)


def refuse_what_is_gone(file: ImportedFile) -> None:
    """For a day it may have been on another host; now nobody sees it."""
    if not kept_upload(file).exists():
        refuse_file(file, refusal("unreadable"))


def refuse_file(file: ImportedFile, fault: FileRefused) -> None:
    """Nothing of such a file is kept."""
    file.kept_lines.all().delete()
    news = {"state": State.REFUSED, "code": fault.code, "line": fault.line, "ended_at": timezone.now()}
    if file.move(State.CHECKING, lines=0, layout={}, **news):
        let_go(file)
