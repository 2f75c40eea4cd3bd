"""Invitations, direct links, and requests for help."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field

from matricula.api.schemas.naming import Named, maybe, named
from matricula.invitations import models as invitations
from matricula.invitations.queries import state_of
from matricula.joining import models as joining

InvitationState = Literal[
    "queued", "sent", "failed", "opened", "joined", "declined", "revoked", "corrected", "expired"
]


class Invitation(BaseModel):
    """An e-mailed, personal invitation."""

    id: str
    address: str
    name: str
    state: InvitationState
    program: Named
    groups: list[Named]
    course: Named | None
    specialization: Named | None
    from_import: Annotated[Named | None, Field(description="The file of people it came from.")]
    note: Annotated[
        dict[str, str], Field(description="What else the file said of the person, by its headers.")
    ]
    delivery_error: Annotated[str | None, Field(description="The mail server's words.")]
    created_at: datetime
    sent_at: datetime | None
    opened_at: datetime | None
    answered_at: datetime | None
    expires_at: datetime

    @classmethod
    def of(cls, row: invitations.Invitation) -> Self:
        state = state_of(row)
        return cls(
            id=row.public_id,
            address=row.address,
            name=row.name,
            state=state,  # type: ignore[arg-type]
            program=Named.of(row.program),
            groups=named(row.groups),
            course=maybe(row.course),
            specialization=maybe(row.specialization),
            from_import=Named(id=row.from_file.public_id, name=row.from_file.name) if row.from_file else None,
            note=row.note,
            delivery_error=row.letter.error if row.letter and state == "failed" else None,
            created_at=row.created_at,
            sent_at=row.sent_at,
            opened_at=row.opened_at,
            answered_at=row.answered_at,
            expires_at=row.expires_at,
        )


class DirectLink(BaseModel):
    """A shareable link. Its address is told once, when it is made."""

    id: str
    label: str
    program: Named
    course: Named | None
    specialization: Named | None
    groups: list[Named]
    allowed_domains: list[str]
    uses: int
    max_uses: int | None
    expires_at: datetime | None
    turned_off_at: datetime | None
    is_open: bool

    @classmethod
    def of(cls, row: joining.DirectLink, **more: Any) -> Self:
        return cls(
            id=row.public_id,
            label=row.label,
            program=Named.of(row.program),
            course=maybe(row.course),
            specialization=maybe(row.specialization),
            groups=named(row.groups),
            allowed_domains=row.allowed_domains,
            uses=row.uses,
            max_uses=row.max_uses,
            expires_at=row.expires_at,
            turned_off_at=row.turned_off_at,
            is_open=row.is_open,
            **more,
        )


class NewDirectLink(DirectLink):
    """A direct link with its address, this once."""

    address: Annotated[str, Field(description="Keep it: it cannot be had again.")]


class Request(BaseModel):
    """Somebody whose link no longer opens asks for help."""

    id: str
    address: str
    program: Named
    reason: str
    asked_at: datetime
    answer: Literal["invited", "dismissed"] | None
    answered_at: datetime | None

    @classmethod
    def of(cls, row: joining.Request) -> Self:
        return cls(
            id=row.public_id,
            address=row.address,
            program=Named.of(row.program),
            reason=row.reason,
            asked_at=row.asked_at,
            answer=row.answer or None,  # type: ignore[arg-type]
            answered_at=row.answered_at,
        )
