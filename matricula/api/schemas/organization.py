"""Whose token it is and how that organization looks; its programs and groups; its reports and audit log."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from django.conf import settings
from pydantic import BaseModel, Field

from matricula.api.models import Token
from matricula.api.schemas.naming import Named, maybe, named
from matricula.audit.models import Entry as EntryRow
from matricula.organizations import models as organizations
from matricula.programs import models as programs
from matricula.reporting.numbers import NumbersOfOne as LineRow


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


class LogoUpload(BaseModel):
    """A picture on its way to be the logo."""

    id: str
    state: Annotated[
        Literal["drawing", "shown", "refused", "replaced"],
        Field(description="`replaced`: another picture, or none, was asked for before it was drawn."),
    ]
    refused_because: str | None
    uploaded_at: datetime

    @classmethod
    def of(cls, row: organizations.LogoUpload) -> Self:
        return cls(
            id=row.public_id,
            state=row.state,  # type: ignore[arg-type]
            refused_because=row.why_refused or None,
            uploaded_at=row.uploaded_at,
        )


class Branding(BaseModel):
    """How an organization looks and speaks."""

    name: str
    colour: str
    signatory_name: Annotated[str, Field(description="Who signs certificates.")]
    signatory_role: Annotated[str, Field(description="As what: it stands below the name.")]
    greeting: Annotated[str, Field(description="Its own words in invitations.")]
    language: Annotated[str, Field(description="Of letters, unless an invitation says otherwise.")]
    time_zone: Annotated[
        str, Field(description="Where a day ends: a name of the IANA database, such as Europe/Berlin.")
    ]
    alternative_email_required: bool
    logo: Annotated[
        str | None, Field(description="Where the picture is; null: the name stands in its place.")
    ]

    @classmethod
    def of(cls, row: organizations.Organization) -> Self:
        return cls(
            name=row.name,
            colour=row.brand_colour,
            signatory_name=row.signatory_name,
            signatory_role=row.signatory_role,
            greeting=row.greeting,
            language=row.language,
            time_zone=row.time_zone,
            alternative_email_required=row.alternative_email_required,
            logo=settings.BASE_URL + row.logo_url if row.logo else None,
        )


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
    open_to_sign_in: Annotated[bool, Field(description="Whoever signs in with the company may join.")]
    requires_sign_in: Annotated[bool, Field(description="Its pages ask for the company's own sign-in, too.")]
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
            open_to_sign_in=row.open_to_sign_in,
            requires_sign_in=row.requires_sign_in,
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
