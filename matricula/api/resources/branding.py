"""How the organization looks and speaks."""

from typing import Annotated

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import File, UploadedFile
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from matricula.api import schemas
from matricula.api.access import name_in_audit_log, token_of
from matricula.api.operations import Operations
from matricula.api.values import Given, PathId, Text, Words
from matricula.db.days import check_zone
from matricula.db.zones import known_zones
from matricula.files.pictures import LARGEST
from matricula.organizations.branding import LONGEST_GREETING, Use, change_brand, receive_logo, remove_logo
from matricula.organizations.models import HEX_COLOUR, Organization

operations = Operations(tags=["Branding"])
READ, WRITE = "branding:read", "branding:write"
LOGO, LOGO_UPLOADS = "branding/logo/", "branding/logo-uploads/"
COLOUR = str(HEX_COLOUR.regex.pattern)  # type: ignore[union-attr]
LANGUAGE = f"^({'|'.join(tag for tag, _name in settings.LANGUAGES)})$"


def zone_known(name: str) -> str:
    try:
        check_zone(name)
    except ValidationError as refusal:
        raise PydanticCustomError("time_zone_refused", str(refusal.message)) from refusal
    return name


Zone = Annotated[str, AfterValidator(zone_known), Field(json_schema_extra={"enum": list(known_zones())})]


class BrandChange(Given):
    name: Annotated[Words, Field(max_length=200)] = None  # type: ignore[assignment]
    colour: Annotated[str, Field(pattern=COLOUR, examples=["#0b6e4f"])] = None  # type: ignore[assignment]
    signatory_name: Annotated[Text, Field(max_length=200)] = None  # type: ignore[assignment]
    signatory_role: Annotated[Text, Field(max_length=200)] = None  # type: ignore[assignment]
    greeting: Annotated[Text, Field(max_length=LONGEST_GREETING)] = None  # type: ignore[assignment]
    language: Annotated[str, Field(pattern=LANGUAGE)] = None  # type: ignore[assignment]
    time_zone: Zone = None  # type: ignore[assignment]
    alternative_email_required: bool = None  # type: ignore[assignment]


def shape_of(request: HttpRequest) -> schemas.Branding:
    return schemas.Branding.of(Organization.objects.get(pk=token_of(request).organization_id))


@operations.reads("branding/", scope=READ, response=schemas.Branding)
def read_branding(request: HttpRequest) -> schemas.Branding:
    """Name, colour, logo, and the words and language of letters."""
    return shape_of(request)


@operations.changes("branding/", scope=WRITE, response=schemas.Branding)
def change_branding(request: HttpRequest, body: BrandChange) -> schemas.Branding:
    """Change what is named; what is left out stays. Everybody sees it at once."""
    token = token_of(request)
    values = body.model_dump(exclude_unset=True)
    if "colour" in values:
        values["brand_colour"] = values.pop("colour")
    change_brand(organization=token.organization, values=values, actor=token.made_by)
    return shape_of(request)


@operations.makes(LOGO, scope=WRITE, response=schemas.LogoUpload, status=202)
def show_another_logo(
    request: HttpRequest,
    logo: Annotated[UploadedFile, File(description="SVG, PNG, JPEG or WebP, up to 2 MB.")],
) -> schemas.LogoUpload:
    """Have another logo drawn, and shown from then on. Letters that were sent keep the old one."""
    token = token_of(request)
    made = receive_logo(
        organization=token.organization,
        content=logo.read(LARGEST + 1),
        actor=token.made_by,
        through=name_in_audit_log(token),
    )
    return schemas.LogoUpload.of(made)


@operations.reads(LOGO_UPLOADS + "{public:logo_upload_id}/", scope=READ, response=schemas.LogoUpload)
def read_logo_upload(request: HttpRequest, logo_upload_id: PathId) -> schemas.LogoUpload:
    """Whether a logo is still drawn, shown, or refused, and why."""
    rows = token_of(request).organization.logo_uploads.filter(use=Use.LOGO).defer("content")
    return schemas.LogoUpload.of(get_object_or_404(rows, public_id=logo_upload_id))


@operations.ends(LOGO, scope=WRITE)
def remove_the_logo(request: HttpRequest) -> None:
    """Show the name in its place."""
    token = token_of(request)
    remove_logo(organization=token.organization, actor=token.made_by)
