"""What answers look like. Rows are named by their public ids; a person by name and work e-mail only."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Protocol, Self

from pydantic import BaseModel, Field

from matricula.accounts.models import Account
from matricula.api.models import Token
from matricula.audit.models import Entry as EntryRow
from matricula.catalog import models as catalog
from matricula.joining import models as joining
from matricula.joining.listing import state_of
from matricula.learning.models import Enrolment
from matricula.organizations import models as organizations
from matricula.programs import models as programs
from matricula.reporting.counting import Line as LineRow

InvitationState = Literal[
    "queued", "sent", "failed", "opened", "joined", "declined", "revoked", "corrected", "expired"
]


class HasId(Protocol):
    public_id: Any


class Named(BaseModel):
    """Something, by its id and the name people know it by."""

    id: str
    name: str

    @classmethod
    def of(cls, row: HasId) -> Self:
        return cls(id=row.public_id, name=str(row))


def maybe(row: HasId | None) -> Named | None:
    return Named.of(row) if row else None


def named(rows: Any) -> list[Named]:
    return [Named.of(row) for row in rows.all()]


class TokenFacts(BaseModel):
    name: str
    scopes: list[str]
    expires_at: datetime


class Organization(BaseModel):
    """Whose token this is."""

    slug: str
    name: str
    language: str
    token: TokenFacts

    @classmethod
    def of(cls, row: organizations.Organization, token: Token) -> Self:
        facts = TokenFacts(name=token.name, scopes=token.scopes, expires_at=token.expires_at)
        return cls(slug=row.slug, name=row.name, language=row.language, token=facts)


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


class Course(BaseModel):
    """A course of the organization."""

    id: str
    title: str
    summary: str
    topic: str
    level: str
    language: str
    minutes: int
    lessons: Annotated[int, Field(description="How many it has.")]
    withdrawn_at: datetime | None

    @classmethod
    def of(cls, row: catalog.Course) -> Self:
        lessons = sum(1 for one in row.lessons.all() if one.withdrawn_at is None)
        return cls(
            id=row.public_id,
            title=row.title,
            summary=row.summary,
            topic=row.topic,
            level=row.level,
            language=row.language,
            minutes=row.minutes,
            lessons=lessons,
            withdrawn_at=row.withdrawn_at,
        )


class Specialization(BaseModel):
    """An ordered series of courses."""

    id: str
    title: str
    summary: str
    courses: list[Named]

    @classmethod
    def of(cls, row: catalog.Specialization) -> Self:
        courses = [Named.of(one.course) for one in row.series.all()]
        return cls(id=row.public_id, title=row.title, summary=row.summary, courses=courses)


class Group(BaseModel):
    """A part of a program's members."""

    id: str
    name: str
    is_open: Annotated[bool, Field(description="Members may join it themselves.")]
    program: Named

    @classmethod
    def of(cls, row: programs.Group) -> Self:
        return cls(id=row.public_id, name=row.name, is_open=row.is_open, program=Named.of(row.program))


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


class Invitation(BaseModel):
    """An e-mailed, personal invitation."""

    id: str
    address: str
    name: str
    state: InvitationState
    program: Named
    groups: list[Named]
    course: Named | None
    delivery_error: Annotated[str | None, Field(description="The mail server's words.")]
    created_at: datetime
    sent_at: datetime | None
    opened_at: datetime | None
    answered_at: datetime | None
    expires_at: datetime

    @classmethod
    def of(cls, row: joining.Invitation) -> Self:
        state = state_of(row)
        return cls(
            id=row.public_id,
            address=row.address,
            name=row.name,
            state=state,  # type: ignore[arg-type]
            program=Named.of(row.program),
            groups=named(row.groups),
            course=maybe(row.course),
            delivery_error=row.letter.error if row.letter and state == "failed" else None,
            created_at=row.created_at,
            sent_at=row.sent_at,
            opened_at=row.opened_at,
            answered_at=row.answered_at,
            expires_at=row.expires_at,
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


class Entry(BaseModel):
    """One line of the audit log."""

    at: datetime
    verb: str
    actor: Named | None
    through: Annotated[str | None, Field(description="What acted in the actor's name: an API token.")]
    assurance: str
    subject: str
    before: dict[str, Any]
    after: dict[str, Any]

    @classmethod
    def of(cls, row: EntryRow) -> Self:
        return cls(
            at=row.at,
            verb=row.verb,
            actor=maybe(row.actor),
            through=row.through,
            assurance=row.assurance,
            subject=row.subject_type,
            before=row.before,
            after=row.after,
        )


class Funnel(BaseModel):
    """How many came how far."""

    invited: int
    opened: int
    joined: int
    started: int
    completed: int


class Week(BaseModel):
    """What happened in the week that began on this Monday (UTC)."""

    monday: date
    invited: int
    joined: int
    completed: int


class ReportLine(BaseModel):
    """The numbers of one group or course."""

    name: str
    program: str | None
    invited: int | None
    joined: int | None
    started: int
    completed: int

    @classmethod
    def of(cls, line: LineRow) -> Self:
        return cls(
            name=line.name,
            program=line.program or None,
            invited=line.invited,
            joined=line.joined,
            started=line.started,
            completed=line.completed,
        )


class Report(BaseModel):
    """Lines of a report. For large organizations the numbers are up to five minutes old."""

    items: list[ReportLine]

    @classmethod
    def of(cls, lines: list[LineRow]) -> Self:
        return cls(items=[ReportLine.of(one) for one in lines])
