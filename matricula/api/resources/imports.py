"""Files of people to invite: handed in, looked through, confirmed, followed, their result taken."""

from datetime import datetime
from typing import Annotated, Literal, Self

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from ninja import File, Form, Query, UploadedFile
from pydantic import BaseModel, Field

from matricula.api import schemas
from matricula.api.access import token_of
from matricula.api.lookups import row_by_id
from matricula.api.operations import Operations
from matricula.api.paging import Asked, Page, page_of
from matricula.api.readings import note_result_read
from matricula.api.values import Given, Language, PathId, PublicId
from matricula.files.tables import streamed_table_response
from matricula.invitations.errors import NotToConfirm
from matricula.invitations.imports.interpretation import chosen, name_of_delimiter, reading_of
from matricula.invitations.imports.report import result_table, why_refused
from matricula.invitations.imports.stops import stop_file
from matricula.invitations.imports.uploads import cancel_file, confirm_file, hand_in_file, read_anew
from matricula.invitations.models import ImportedFile
from matricula.peoplefile import Encoding
from matricula.programs.terms import Terms
from matricula.web.bodies import MIB
from matricula.web.heavy_work import answer_in_place

operations = Operations(tags=["Imports"])
Name = Literal["checking", "checked", "running", "done", "stopped", "cancelled", "refused"]
READ, WRITE = "invitations:read", "invitations:write"
PATH = "imports/"
COLUMN = "(?:[1-9][0-9]?|100)=(?:email|name|first|last|groups|courses|note|nothing)"
ENCODING = f"^(?:{'|'.join(Encoding)})?$"
COLUMNS = f"^(?:{COLUMN}(?:,{COLUMN})*)?$"
LARGEST = 100 * MIB
"""Bytes of a body."""


Choice = Literal["email", "name", "first", "last", "groups", "courses", "note", "nothing"]
Sign = Literal["comma", "semicolon", "tab", "bar"]


class Column(BaseModel):
    column: Annotated[int, Field(description="Counted from 1.")]
    heading: str
    read_as: Annotated[
        Literal["email", "name", "first", "last", "groups", "courses", "note", "nothing", "secret"],
        Field(description="`name` is a whole name. A `secret` looks like passwords: neither shown nor kept."),
    ]
    samples: list[str]


class Reading(BaseModel):
    """How a file was read."""

    encoding: Annotated[str | None, Field(description="None of a workbook.")]
    encoding_guessed: Annotated[bool, Field(description="Look at the names before you confirm.")]
    delimiter: str | None
    sheet: Annotated[str | None, Field(description="Of a workbook, the one that is read.")]
    heading_line: Annotated[int | None, Field(description="None where the file has no headings.")]
    columns: list[Column]
    undecided: Annotated[
        Literal["tie", "missing"] | None,
        Field(description="Several columns could hold the addresses, or none: choose before you confirm."),
    ]
    greetings: Annotated[list[str], Field(description="How the first letters begin.")]

    @classmethod
    def of(cls, row: ImportedFile) -> Self | None:
        reading = reading_of(row) if row.may_be_read_anew else None
        if reading is None:
            return None
        layout = reading.layout
        columns = [
            Column(column=one.number, heading=one.heading, read_as=one.role.value, samples=list(one.samples))
            for one in reading.columns
        ]
        return cls(
            encoding=layout.encoding or None,
            encoding_guessed=layout.guessed,
            delimiter=name_of_delimiter(layout.delimiter) or None,
            sheet=layout.sheets[layout.sheet] if layout.sheets else None,
            heading_line=layout.heading_line or None,
            columns=columns,
            undecided=layout.undecided or None,  # type: ignore[arg-type]
            greetings=reading.greetings,
        )


class Choices(Given):
    """What is left out is found out."""

    encoding: Annotated[Encoding | None, Field(strict=False)] = None
    delimiter: Sign | None = None
    columns: Annotated[
        dict[Annotated[str, Field(pattern="^[1-9][0-9]?$|^100$")], Choice],
        Field(
            default_factory=dict,
            description="What a column is read as, by its number.",
            json_schema_extra={"additionalProperties": False},
            examples=[{"2": "email"}],
        ),
    ]


class Import(BaseModel):
    """A file of people, and how far it is."""

    id: str
    program: schemas.Named
    name: str
    state: Annotated[Name, Field(description="It waits for you while it is checked.")]
    lines: Annotated[int, Field(description="How many were read so far.")]
    counts: Annotated[
        dict[str, int],
        Field(
            description="Lines by outcome: new, invited, expired, member, declined, twice, invalid, stopped."
        ),
    ]
    done: Annotated[int, Field(description="Of the new ones, how many were carried out.")]
    invited: int
    reading: Annotated[
        Reading | None,
        Field(description="While it is checked and not confirmed; in lists always null."),
    ]
    refused_because: Annotated[str | None, Field(description="Why the whole file was refused.")]
    created_at: datetime
    confirmed_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, row: ImportedFile, *, listed: bool = False) -> Self:
        return cls(
            id=row.public_id,
            program=schemas.Named.of(row.program),
            name=row.name,
            state=row.state,  # type: ignore[arg-type]
            lines=row.lines,
            counts=row.counts,
            done=row.done,
            invited=row.invited,
            reading=None if listed else Reading.of(row),
            refused_because=why_refused(row) or None,
            created_at=row.created_at,
            confirmed_at=row.confirmed_at,
            ended_at=row.ended_at,
        )


def imports_of(request: HttpRequest) -> "QuerySet[ImportedFile]":
    rows = ImportedFile.objects.filter(program__organization=token_of(request).organization)
    return rows.select_related("program")


@operations.reads(PATH, scope=READ, response=Page[Import])
def list_imports(request: HttpRequest, asked: Query[Asked]) -> Page[Import]:
    """Files that were handed in, the newest first."""
    rows, following = page_of(request, imports_of(request), asked)
    return Page(items=[Import.of(row, listed=True) for row in rows], next=following)


@operations.makes(PATH, scope=WRITE, response=Import, status=202)
def create_import(
    request: HttpRequest,
    file: Annotated[UploadedFile, File(description="CSV or XLSX, up to 1,000,000 lines.")],
    program: Annotated[PublicId, Form()],
    language: Annotated[Language, Form("")],
    encoding: Annotated[str, Form("", pattern=ENCODING)],
    delimiter: Annotated[Literal["", "comma", "semicolon", "tab", "bar"], Form("")],
    columns: Annotated[
        str,
        Form(
            "",
            pattern=COLUMNS,
            description="What columns are read as, by number.",
            examples=["2=email,3=name"],
        ),
    ],
) -> Import:
    """Hand in a file with columns email, name, groups, courses. It is checked; nobody is invited yet.

    Its headings may be those of other programs and languages; `reading` tells what each was read as.
    """
    token = token_of(request)
    programs = token.organization.programs.select_related("organization")
    program_of_it = row_by_id(programs, program, "#/program")
    name = file.name or "people"
    pairs = dict(one.split("=") for one in columns.split(",") if one)
    choices = chosen(encoding=encoding, delimiter=delimiter, columns=pairs)
    kept = hand_in_file(
        program=program_of_it,
        name=name,
        content=file.chunks(),
        actor=token.made_by,
        terms=Terms(language=language),
        choices=choices,
    )
    return Import.of(kept)


@operations.reads("imports/{public:import_id}/", scope=READ, response=Import)
def read_import(request: HttpRequest, import_id: PathId) -> Import:
    """How far a file is, and what is in it."""
    return Import.of(get_object_or_404(imports_of(request), public_id=import_id))


@operations.makes("imports/{public:import_id}/reading/", scope=WRITE, response=Import, status=202)
def read_import_anew(request: HttpRequest, import_id: PathId, body: Choices) -> Import:
    """Have a checked file checked once more, read as you say. Nobody is invited by that."""
    file = get_object_or_404(imports_of(request), public_id=import_id)
    choices = chosen(encoding=body.encoding or "", delimiter=body.delimiter or "", columns=body.columns)
    read_anew(file=file, choices=choices)
    return Import.of(imports_of(request).get(pk=file.pk))


@operations.makes("imports/{public:import_id}/confirmation/", scope=WRITE, response=Import, status=202)
def confirm_import(request: HttpRequest, import_id: PathId) -> Import:
    """Invite the new people of a checked file. Handed in again, nobody is written to twice."""
    file = get_object_or_404(imports_of(request), public_id=import_id)
    confirm_file(file=file, actor=token_of(request).made_by)
    return Import.of(imports_of(request).get(pk=file.pk))


@operations.makes("imports/{public:import_id}/cancellation/", scope=WRITE, response=Import, status=200)
def cancel_import(request: HttpRequest, import_id: PathId) -> Import:
    """Drop a file that is not confirmed. Nobody is invited from it."""
    file = get_object_or_404(imports_of(request), public_id=import_id)
    if not cancel_file(file=file, actor=token_of(request).made_by):
        raise NotToConfirm
    return Import.of(imports_of(request).get(pk=file.pk))


@operations.makes("imports/{public:import_id}/stop/", scope=WRITE, response=Import, status=202)
def stop_import(request: HttpRequest, import_id: PathId) -> Import:
    """Stop a file under way. Whoever was written to stays invited; nobody else of the file is.

    Invitations that no letter has told of are withdrawn; that is over once `ended_at` is told.
    Handed in again, the file invites the others.
    """
    file = get_object_or_404(imports_of(request), public_id=import_id)
    stop_file(file=file, actor=token_of(request).made_by)
    return Import.of(imports_of(request).get(pk=file.pk))


@operations.reads_table("imports/{public:import_id}/result/", scope=READ)
def read_import_result(request: HttpRequest, import_id: PathId) -> HttpResponseBase:
    """Every line with its outcome and reason, as CSV. Not found until it is checked."""
    file = get_object_or_404(imports_of(request), public_id=import_id)
    if not file.may_be_told or not file.lines:
        raise Http404
    note_result_read(request, file)
    name = f"{token_of(request).organization.slug}-{file.program.slug}-invited"
    return answer_in_place(lambda: streamed_table_response(result_table(file), name))
