"""People, their memberships and progress; administrators; and how an answer names something."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field

from matricula.accounts.models import Account
from matricula.api.schemas.joining import Invitation
from matricula.api.schemas.naming import Named, named
from matricula.learning.models import Enrolment
from matricula.programs import models as programs
from matricula.roles import models as roles
from matricula.roles.queries import Administrator as AdministratorRow


class Person(BaseModel):
    """A person, as the organization knows them."""

    id: str
    name: str
    work_email: str | None

    @classmethod
    def of(cls, row: Account, work_email: str | None) -> Self:
        return cls(id=row.public_id, name=row.full_name, work_email=work_email or None)


class Membership(BaseModel):
    """A person in a program."""

    person: Person
    program: Named
    state: Literal["active", "left", "removed"]
    joined_at: datetime
    left_at: datetime | None
    groups: list[Named]

    @classmethod
    def of(cls, row: programs.Membership, work_email: str | None) -> Self:
        return cls(
            person=Person.of(row.account, work_email),
            program=Named.of(row.program),
            state=row.state,  # type: ignore[arg-type]
            joined_at=row.joined_at,
            left_at=row.left_at,
            groups=named(row.groups),
        )


class Progress(BaseModel):
    """How far a person has come in a course."""

    course: Named
    started_at: datetime
    completed_at: datetime | None
    lessons_done: Annotated[int, Field(description="Of `lessons`.")]
    lessons: Annotated[int, Field(description="Those that are required; all of them, where none is.")]

    @classmethod
    def of(cls, row: Enrolment) -> Self:
        outline = row.outline  # type: ignore[attr-defined]
        return cls(
            course=Named.of(row.course),
            started_at=row.started_at,
            completed_at=row.completed_at,
            lessons_done=outline.done_count,
            lessons=outline.whole,
        )


class PersonInFull(Person):
    """A person with everything the organization may know."""

    memberships: list[Membership]
    progress: list[Progress]
    invitations: Annotated[
        list[Invitation] | None, Field(description="null: the token may not read invitations.")
    ]


RoleKind = Literal["owner", "program_administrator", "group_manager", "viewer"]


class Administrator(BaseModel):
    """A person who has a role. The id is the person's."""

    id: str
    name: str
    address: Annotated[
        str | None, Field(description="The work e-mail, else the address the role was offered to.")
    ]
    role: RoleKind
    groups: Annotated[list[Named], Field(description="What a group manager manages.")]
    since: datetime

    @classmethod
    def of(cls, row: AdministratorRow) -> Self:
        return cls(
            id=row.role.account.public_id,
            name=row.role.account.full_name,
            address=row.address or None,
            role=row.role.kind,  # type: ignore[arg-type]
            groups=[Named.of(one) for one in row.groups],
            since=row.role.since,
        )


class RoleOffer(BaseModel):
    """A role offered by letter: nobody's until whoever proves the mailbox accepts it."""

    id: str
    address: str
    role: RoleKind
    groups: list[Named]
    offered_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, row: roles.Appointment) -> Self:
        return cls(
            id=row.public_id,
            address=row.address,
            role=row.kind,  # type: ignore[arg-type]
            groups=named(row.groups),
            offered_at=row.offered_at,
            expires_at=row.expires_at,
        )
