"""Noting what a program read of people, in the name of whoever made its token."""

from django.http import HttpRequest

from matricula.accounts.models import Account
from matricula.api.access import token_of
from matricula.invitations.models import ImportedFile
from matricula.programs.models import Program
from matricula.reporting.models import How, ListReading
from matricula.reporting.readings import note_list_reading, note_reading

What = ListReading.What


def note_person_read(request: HttpRequest, person: Account) -> None:
    if request.method != "HEAD":
        token = token_of(request)
        note_reading(person=person, reader=token.made_by, role=token.role, how=How.API)


def note_list_read(
    request: HttpRequest, what: ListReading.What, program_id: str | None, *, is_part: bool
) -> None:
    """`program_id`, the public id, as it was asked: of a program that there is not, nothing was read."""
    programs = Program.objects.filter(organization=token_of(request).organization, public_id=program_id)
    program = programs.first() if program_id else None
    if program or not program_id:
        note(request, what, program, is_part=is_part)


def note_result_read(request: HttpRequest, file: ImportedFile) -> None:
    note(request, What.FILE, file, people=file.lines)


def note(
    request: HttpRequest,
    what: ListReading.What,
    about: Program | ImportedFile | None,
    *,
    is_part: bool = False,
    people: int | None = None,
) -> None:
    if request.method == "HEAD":
        return
    token = token_of(request)
    note_list_reading(
        what=what,
        about=about,
        reader=token.made_by,
        role=token.role,
        how=How.API,
        is_part=is_part,
        people=people,
    )
