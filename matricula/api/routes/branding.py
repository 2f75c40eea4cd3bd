"""How the organization looks and speaks."""

from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest
from ninja import File, UploadedFile
from pydantic import Field

from matricula.api import shapes
from matricula.api.access import token_of
from matricula.api.door import Operations
from matricula.api.values import Given, Text, Words
from matricula.organizations.branding import (
    LONGEST_GREETING,
    DrawnLogo,
    change_brand,
    draw_logo,
    remove_logo,
    show_drawn,
)
from matricula.organizations.models import HEX_COLOUR, Organization
from matricula.web.pictures import LARGEST

operations = Operations(tags=["Branding"])
READ, WRITE = "branding:read", "branding:write"
LOGO = "branding/logo/"
COLOUR = str(HEX_COLOUR.regex.pattern)  # type: ignore[union-attr]
LANGUAGE = f"^({'|'.join(tag for tag, _name in settings.LANGUAGES)})$"


class BrandChange(Given):
    name: Annotated[Words, Field(max_length=200)] = None  # type: ignore[assignment]
    colour: Annotated[str, Field(pattern=COLOUR, examples=["#0b6e4f"])] = None  # type: ignore[assignment]
    greeting: Annotated[Text, Field(max_length=LONGEST_GREETING)] = None  # type: ignore[assignment]
    language: Annotated[str, Field(pattern=LANGUAGE)] = None  # type: ignore[assignment]
    alternative_email_required: bool = None  # type: ignore[assignment]


def shape_of(request: HttpRequest) -> shapes.Branding:
    return shapes.Branding.of(Organization.objects.get(pk=token_of(request).organization_id))


@operations.reads("branding/", scope=READ, response=shapes.Branding)
def read_branding(request: HttpRequest) -> shapes.Branding:
    """Name, colour, logo, and the words and language of letters."""
    return shape_of(request)


@operations.changes("branding/", scope=WRITE, response=shapes.Branding)
def change_branding(request: HttpRequest, body: BrandChange) -> shapes.Branding:
    """Change what is named; what is left out stays. Everybody sees it at once."""
    token = token_of(request)
    values = body.model_dump(exclude_unset=True)
    if "colour" in values:
        values["brand_colour"] = values.pop("colour")
    change_brand(organization=token.organization, values=values, actor=token.made_by)
    return shape_of(request)


def draw_first(request: HttpRequest) -> None:
    """Nobody waits for a transaction in which a picture is drawn. Raises PictureRefused."""
    if logo := request.FILES.get("logo"):
        request.drawn_logo = drawn(request, logo)  # type: ignore[attr-defined]


def drawn(request: HttpRequest, logo: Any) -> DrawnLogo:
    return draw_logo(token_of(request).organization, logo.read(LARGEST + 1))


@operations.makes(LOGO, scope=WRITE, response=shapes.Branding)
def show_another_logo(
    request: HttpRequest,
    logo: Annotated[UploadedFile, File(description="SVG, PNG, JPEG or WebP, up to 2 MB.")],
) -> shapes.Branding:
    """Show another logo from now on. Letters that were sent keep the old one."""
    token = token_of(request)
    picture = getattr(request, "drawn_logo", None) or drawn(request, logo)
    show_drawn(organization=token.organization, logo=picture, actor=token.made_by)
    return shape_of(request)


@operations.ends(LOGO, scope=WRITE)
def remove_the_logo(request: HttpRequest) -> None:
    """Show the name in its place."""
    token = token_of(request)
    remove_logo(organization=token.organization, actor=token.made_by)
