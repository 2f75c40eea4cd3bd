"""Programs and groups."""

from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, Field

from matricula.api.shapes.naming import Named, named
from matricula.programs import models as programs


class Program(BaseModel):
    """A learning program: what it offers, to how many."""

    id: str
    name: str
    description: str
    seats: Annotated[int | None, Field(description="null: as many as want to.")]
    seats_used: int
    starts_on: date | None
    ends_on: date | None
    invitation_days: int
    reminds: bool
    trusts_the_link: bool
    courses: list[Named]
    specializations: list[Named]

    @classmethod
    def of(cls, row: programs.Program) -> Self:
        return cls(
            id=row.public_id,
            name=row.name,
            description=row.description,
            seats=row.seats,
            seats_used=row.seats_used,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            invitation_days=row.invitation_days,
            reminds=row.reminds,
            trusts_the_link=row.trusts_the_link,
            courses=named(row.courses),
            specializations=named(row.specializations),
        )


class Group(BaseModel):
    """A part of a program's members."""

    id: str
    name: str
    is_open: Annotated[bool, Field(description="Members may join it themselves.")]
    program: Named

    @classmethod
    def of(cls, row: programs.Group) -> Self:
        return cls(id=row.public_id, name=row.name, is_open=row.is_open, program=Named.of(row.program))
