"""Looking from the shell, before anybody leaves: who would lose their only way in. Nothing is changed."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from matricula.commands.registry import argument, command

if TYPE_CHECKING:
    from matricula.organizations.models import Organization

Line = dict[str, object]


@command(
    "rehearse-leaving",
    "tell who would lose their only way in if they left an organization now; nothing is changed",
    argument("organization", "the slug of the organization"),
    argument("--file", "only these: a CSV or XLSX file of work e-mails or external ids", type=Path),
    argument(
        "--column",
        "the column of the file that says who leaves, from 1, where it is not found",
        type=int,
        default=0,
    ),
    argument("--program", "only those whom the end of this program would leave without one: its slug"),
    argument("--json", "as one JSON object", action="store_true"),
)
def rehearse_leaving(arguments: argparse.Namespace) -> int:
    from matricula.organizations.models import Organization
    from matricula.peoplefile.errors import FileRefused

    organization = Organization.objects.filter(slug=arguments.organization).first()
    if organization is None:
        return tell_refusal(f"There is no organization {arguments.organization!r}.")
    if arguments.file and arguments.program:
        return tell_refusal("Give --file or --program, not both.")
    try:
        if arguments.file:
            tell(lines_of_file(organization, arguments.file, arguments.column), as_json=arguments.json)
        else:
            tell(lines_of_members(organization, arguments.program), as_json=arguments.json)
    except FileRefused as refusal:
        return tell_refusal(f"{arguments.file}: {refusal}")
    except OSError as fault:
        return tell_refusal(f"{arguments.file}: {fault.strerror}")
    except LookupError as fault:
        return tell_refusal(str(fault.args[0]))
    return 0


def tell_refusal(words: str) -> int:
    print(words, file=sys.stderr)
    return 1


def lines_of_members(organization: "Organization", program: str | None) -> Iterator[Line]:
    """Of all who learn there, or would leave it with the program. Raises LookupError."""
    from matricula.leaving.rehearsal.stranding import (
        Stranding,
        leaving_with,
        stranded_people,
        work_emails_of,
    )
    from matricula.programs.models import Membership

    found = stranded_people(organization, Membership.objects.active().filter(organization=organization))
    if program:
        named = organization.programs.filter(slug=program).first()
        if named is None:
            raise LookupError(f"There is no program {program!r} of {organization.slug!r}.")
        found = stranded_people(organization, leaving_with(named))
    for one in work_emails_of(organization, found).iterator():
        told = one.work_email or one.full_name
        why = str(Stranding(one.stranding).label)
        yield {"person": told, "verdict": "stranded", "why": why}


def lines_of_file(organization: "Organization", place: Path, column: int) -> Iterator[Line]:
    """Every line of it. Raises FileRefused, OSError, and LookupError where no column says who leaves."""
    from matricula.leaving.rehearsal.judging import judge_rows
    from matricula.peoplefile import Choices, Role, recognise
    from matricula.peoplefile.digest import digest_apart, read_digest

    choices = Choices(columns={column - 1: Role.EMAIL}) if column > 0 else Choices()
    with TemporaryDirectory() as folder:
        upload, digest = Path(folder) / "upload", Path(folder) / "digest"
        copyfile(place, upload)
        recognise(upload)
        if digest_apart(upload, choices, digest).undecided:
            raise LookupError("Say which column holds the work e-mails or external ids, such as --column 2.")
        for one in judge_rows(organization, read_digest(digest, 1)):
            yield {"line": one.line, "person": one.named, "verdict": one.verdict.value, "why": one.reason}


def tell(lines: Iterator[Line], *, as_json: bool) -> None:
    """One after the other, however many: none is kept. What is refused is refused before the first."""
    counts: Counter[str] = Counter()
    if as_json:
        tell_json(lines, counts)
        return
    for one in counted(lines, counts):
        if one["verdict"] != "leaves":
            where = f"line {one['line']}: " if "line" in one else ""
            print(f"{where}{one['person']}: {one['verdict']}. {one['why']}".rstrip())
    print(", ".join(f"{n} {verdict}" for verdict, n in sorted(counts.items())) or "nobody")


def tell_json(lines: Iterator[Line], counts: "Counter[str]") -> None:
    before = '{"lines": ['
    for one in counted(lines, counts):
        print(before, json.dumps(one, ensure_ascii=False), sep="\n")
        before = ","
    print("" if before == "," else before, f'], "counts": {json.dumps(counts)}}}')


def counted(lines: Iterator[Line], counts: "Counter[str]") -> Iterator[Line]:
    for one in lines:
        counts[str(one["verdict"])] += 1
        yield one
