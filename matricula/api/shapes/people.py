"""People, their memberships and their progress."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field

from matricula.accounts.models import Account
from matricula.api.shapes.joining import Invitation
from matricula.api.shapes.naming import Named, named
from matricula.learning.models import Enrolment
from matricula.programs import models as programs


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
    lessons_done: int
    lessons: int

    @classmethod
    def of(cls, row: Enrolment) -> Self:
        outline = row.outline  # type: ignore[attr-defined]
        return cls(
            course=Named.of(row.course),
            started_at=row.started_at,
            completed_at=row.completed_at,
            lessons_done=outline.done_count,
            lessons=len(outline.lessons),
        )


class PersonInFull(Person):
    """A person with everything the organization may know."""

    memberships: list[Membership]
    progress: list[Progress]
    invitations: Annotated[
        list[Invitation] | None, Field(description="null: the token may not read invitations.")
    ]
