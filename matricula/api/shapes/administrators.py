"""Who administers an organization, and who is asked to."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field

from matricula.api.shapes.naming import Named, named
from matricula.programs import models as programs
from matricula.programs.overseeing import Administrator as AdministratorRow

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
    def of(cls, row: programs.Appointment) -> Self:
        return cls(
            id=row.public_id,
            address=row.address,
            role=row.kind,  # type: ignore[arg-type]
            groups=named(row.groups),
            offered_at=row.offered_at,
            expires_at=row.expires_at,
        )
