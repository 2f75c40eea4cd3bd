"""Whose token it is, and how that organization looks."""

from datetime import datetime
from typing import Annotated, Literal, Self

from django.conf import settings
from pydantic import BaseModel, Field

from matricula.api.models import Token
from matricula.organizations import models as organizations


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
    greeting: Annotated[str, Field(description="Its own words in invitations.")]
    language: Annotated[str, Field(description="Of letters, unless an invitation says otherwise.")]
    alternative_email_required: bool
    logo: Annotated[
        str | None, Field(description="Where the picture is; null: the name stands in its place.")
    ]

    @classmethod
    def of(cls, row: organizations.Organization) -> Self:
        return cls(
            name=row.name,
            colour=row.brand_colour,
            greeting=row.greeting,
            language=row.language,
            alternative_email_required=row.alternative_email_required,
            logo=settings.BASE_URL + row.logo_url if row.logo else None,
        )
