"""Inviting the people of a file from the shell, with this process as a worker, and counting anew."""

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from matricula.commands.registry import argument, command

if TYPE_CHECKING:
    from matricula.invitations.models import ImportedFile
    from matricula.peoplefile import Choices

PIECE = 1024 * 1024
POLL_SECONDS = 0.2
BAR = 30


@command(
    "import-invitations",
    "invite the people of a CSV or XLSX file, with a progress bar",
    argument("organization", "the slug of the organization"),
    argument("program", "the slug of the program"),
    argument("file", "the file: one person a line, with an e-mail address", type=Path),
    argument("--check", "only tell what is in it; nobody is invited", action="store_true"),
    argument(
        "--column",
        "read a column, from 1, as email, name, first, last, groups, courses, note or nothing; repeatable",
        action="append",
        default=[],
        metavar="email=2",
    ),
    argument("--encoding", "read the file in this encoding, such as windows-1251", default=""),
    argument("--delimiter", "what is between the cells: comma, semicolon, tab or bar", default=""),
)
def import_invitations(arguments: argparse.Namespace) -> int:
    from matricula.invitations.errors import ColumnsRefused
    from matricula.invitations.imports.report import why_refused
    from matricula.invitations.imports.uploads import cancel_file, confirm_file, hand_in_file
    from matricula.peoplefile.errors import FileRefused
    from matricula.programs.errors import ProgramEnded
    from matricula.programs.models import Program

    named = Program.objects.filter(organization__slug=arguments.organization, slug=arguments.program)
    program = named.select_related("organization").first()
    if program is None:
        return refuse(f"There is no program {arguments.program!r} of {arguments.organization!r}.")
    try:
        content = pieces_of(arguments.file)
        choices = choices_of(arguments)
        file = hand_in_file(
            program=program, name=arguments.file.name, content=content, actor=None, choices=choices
        )
    except FileRefused as refusal:
        return refuse(f"{arguments.file}: {refusal}")
    except (ColumnsRefused, ValueError):
        return refuse(
            "Write --column as email=2, only one as email; --encoding and --delimiter as --help says."
        )
    except OSError as fault:
        return refuse(f"{arguments.file}: {fault.strerror}")
    except ProgramEnded as ended:
        return refuse(str(ended))
    work_on(file, "checked")
    if file.state == file.State.REFUSED:
        return refuse(f"{file.name}:{file.line}: {why_refused(file)}")
    tell_reading(file)
    if file.undecided:
        cancel_file(file=file, actor=None)
        return refuse("Say which column holds the e-mail addresses, such as --column email=2.")
    tell_faults(file)
    if arguments.check:
        cancel_file(file=file, actor=None)
    else:
        confirm_file(file=file, actor=None)
        work_on(file, "invited")
    tell_counts(file)
    return 0


def choices_of(arguments: argparse.Namespace) -> "Choices":
    """Raises ColumnsRefused, ValueError."""
    from matricula.invitations.imports.interpretation import NAMES_OF_DELIMITERS, chosen
    from matricula.peoplefile import Encoding

    said = [one.partition("=") for one in arguments.column]
    if arguments.delimiter and arguments.delimiter not in NAMES_OF_DELIMITERS:
        raise ValueError(arguments.delimiter)
    encoding = Encoding(arguments.encoding.lower()) if arguments.encoding else ""
    columns = {number: role for role, _, number in said}
    return chosen(encoding=encoding, delimiter=arguments.delimiter, columns=columns)


def refuse(words: str) -> int:
    print(words, file=sys.stderr)
    return 1


def pieces_of(place: Path) -> Iterator[bytes]:
    with place.open("rb") as content:
        while piece := content.read(PIECE):
            yield piece


def work_on(file: "ImportedFile", doing: str) -> None:
    """Perform jobs until the file needs none any more. Another worker may help, or go on alone."""
    from matricula.jobs.queue import perform_due

    under_way = file.state
    while file.state == under_way:
        draw(file, doing)
        if not perform_due():
            time.sleep(POLL_SECONDS)
        file.refresh_from_db()
    draw(file, doing, end="\n")


def draw(file: "ImportedFile", doing: str, end: str = "") -> None:
    """The progress bar, where somebody watches. How long a file is shows only once it is read."""
    if not sys.stderr.isatty():
        return
    whole = file.lines if doing == "invited" else 0
    share = file.done / whole if whole else 0
    bar = f"[{'#' * round(BAR * share):.<{BAR}}] {share:4.0%} " if whole else ""
    lines = file.done if whole else file.lines
    print(f"\r{bar}{lines:,} lines {doing}", end=end, file=sys.stderr, flush=True)


def tell_reading(file: "ImportedFile") -> None:
    """How each column was read, and what was not for sure."""
    from matricula.invitations.imports.interpretation import reading_of

    reading = reading_of(file)
    for column in reading.columns if reading else []:
        print(f"{column.number}. {column.label}: {column.read_as}")
    if reading and reading.layout.guessed:
        print(f"Encoding guessed: {reading.layout.encoding}. Another one is chosen by --encoding.")
    for words in reading.greetings if reading else []:
        print(words)


def tell_faults(file: "ImportedFile") -> None:
    """Every line that is not understood, as file:line, and the names that are not attached."""
    from matricula.invitations.imports.report import left_out, summarize_import

    for line in file.kept_lines.filter(verdict="invalid").order_by("line").iterator():
        told = summarize_import(file, line)
        print(f"{file.name}:{told.line}: {told.address or '–'}: {told.reason}", file=sys.stderr)
    for words, times in left_out(file):
        print(f"{file.name}: {words} Lines: {times:,}.", file=sys.stderr)


def tell_counts(file: "ImportedFile") -> None:
    from matricula.invitations.imports.report import LABELS, verdict_label

    for verdict in LABELS:
        if file.counts.get(verdict):
            print(f"{verdict_label(file, verdict)}: {file.counts[verdict]:,}")


@command("recount", "complete and end what was left open, count everything from scratch and make it right")
def recount(arguments: argparse.Namespace) -> int:
    from matricula.invitations.jobs import settle_all_members
    from matricula.learning.recount import complete_stuck, recount_courses
    from matricula.programs.recount import end_lone_affiliations, wrong_numbers
    from matricula.programs.recount import recount_programs as make_right

    courses, series = complete_stuck()
    print(f"Courses that were done and are completed now, Specializations with their last course: {courses}.")
    print(f"Specializations of which all courses were completed already: {series}.")
    print(f"Work e-mails detached of people who are in no program any more: {end_lone_affiliations()}.")
    settle_all_members()
    recount_courses()
    for program, what, subject, more in wrong_numbers():
        print(f"Program {program}: {what} {subject} was wrong by {more}.")
    make_right()
    return 0
