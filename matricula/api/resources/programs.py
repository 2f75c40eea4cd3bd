"""The organization, and its programs."""

from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query
from pydantic import BaseModel, BeforeValidator, Field

from matricula.api import schemas
from matricula.api.access import token_of
from matricula.api.lookups import rows_by_ids
from matricula.api.operations import Operations
from matricula.api.paging import Asked, Page, page_of
from matricula.api.values import Count, Day, Given, PathId, PublicId, Text, Words, whole
from matricula.invitations.invitations import send_all_again
from matricula.organizations.models import Organization
from matricula.programs.models import Program
from matricula.programs.programs import change_program, make_program

organization_operations = Operations(tags=["Organization"])
operations = Operations(tags=["Programs"])
Courses = Annotated[list[PublicId], Field(max_length=500)]


class ProgramChange(Given):
    name: Annotated[Words, Field(max_length=200, examples=["Energy basics"])] = None  # type: ignore[assignment]
    description: Annotated[Text, Field(max_length=5000)] = None  # type: ignore[assignment]
    seats: Annotated[Count | None, Field(description="null: as many as want to.", examples=[120])] = None
    starts_on: Annotated[Day | None, Field(description="The courses open on it; null: at once.")] = None
    ends_on: Annotated[
        Day | None,
        Field(description="The courses close after it and everybody leaves; a later day brings nobody back."),
    ] = None
    invitation_days: Annotated[int, Field(ge=1, le=365), BeforeValidator(whole)] = None  # type: ignore[assignment]
    reminds: bool = None  # type: ignore[assignment]
    trusts_the_link: bool = None  # type: ignore[assignment]
    open_to_sign_in: bool = None  # type: ignore[assignment]
    requires_sign_in: Annotated[
        bool, Field(description="The program's pages open only where the company's own sign-in is, too.")
    ] = None  # type: ignore[assignment]
    courses: Courses = None  # type: ignore[assignment]
    specializations: Courses = None  # type: ignore[assignment]


class NewProgram(ProgramChange):
    name: Annotated[Words, Field(max_length=200, examples=["Energy basics"])]


class Letters(BaseModel):
    letters: Annotated[int, Field(description="How many are on their way.")]


def programs_of(request: HttpRequest) -> "QuerySet[Program]":
    return token_of(request).organization.programs.prefetch_related("courses", "specializations")


def values_of(organization: Organization, given: ProgramChange) -> dict[str, Any]:
    """What the verb takes: rows for ids. Raises UnknownReference."""
    values = given.model_dump(exclude_unset=True)
    offered = {
        "courses": organization.courses.filter(withdrawn_at__isnull=True),
        "specializations": organization.specializations.all(),
    }
    for name, rows in offered.items():
        if name in values:
            values[name] = rows_by_ids(rows, values[name], f"#/{name}")
    return values


@organization_operations.reads("organization/", scope="", response=schemas.Organization)
def organization(request: HttpRequest) -> schemas.Organization:
    """The organization of the token, and what the token may do."""
    token = token_of(request)
    return schemas.Organization.of(token.organization, token)


@operations.reads("programs/", scope="programs:read", response=Page[schemas.Program])
def list_programs(request: HttpRequest, asked: Query[Asked]) -> Page[schemas.Program]:
    """All programs, the newest first."""
    rows, following = page_of(request, programs_of(request), asked)
    return Page(items=[schemas.Program.of(row) for row in rows], next=following)


@operations.makes("programs/", scope="programs:write", response=schemas.Program)
def create_program(request: HttpRequest, body: NewProgram) -> schemas.Program:
    """Make a program."""
    token = token_of(request)
    values = values_of(token.organization, body)
    made = make_program(organization=token.organization, values=values, actor=token.made_by)
    return schemas.Program.of(made)


@operations.reads("programs/{public:program_id}/", scope="programs:read", response=schemas.Program)
def read_program(request: HttpRequest, program_id: PathId) -> schemas.Program:
    """One program."""
    return schemas.Program.of(get_object_or_404(programs_of(request), public_id=program_id))


@operations.changes("programs/{public:program_id}/", scope="programs:write", response=schemas.Program)
def update_program(request: HttpRequest, program_id: PathId, body: ProgramChange) -> schemas.Program:
    """Change what is named; what is left out stays. Seats are never fewer than are taken."""
    token = token_of(request)
    program = get_object_or_404(token.organization.programs, public_id=program_id)
    values = values_of(token.organization, body)
    if values:
        change_program(program=program, values=values, actor=token.made_by)
    return schemas.Program.of(programs_of(request).get(pk=program.pk))


@operations.makes(
    "programs/{public:program_id}/letters/", scope="invitations:write", response=Letters, status=202
)
def send_all_invitations_again(request: HttpRequest, program_id: PathId) -> Letters:
    """Write again to everybody invited who has not answered. Nobody gets two letters within ten minutes."""
    token = token_of(request)
    program = get_object_or_404(token.organization.programs, public_id=program_id)
    return Letters(letters=send_all_again(program=program, actor=token.made_by))
