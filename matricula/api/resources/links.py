"""Direct links: made, told once, turned off."""

from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query
from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from matricula.api import schemas
from matricula.api.access import token_of
from matricula.api.lookups import TermsGiven, row_by_id, terms_by_ids
from matricula.api.operations import Operations
from matricula.api.paging import Asked, Page, page_of
from matricula.api.values import Domain, Line, Moment, PathId, PublicId, whole
from matricula.joining.direct_links import make_direct_link, turn_off_link
from matricula.joining.models import DirectLink
from matricula.programs.models import Program

operations = Operations(tags=["Direct links"])
MOST_USES = 10_000_000
LAST_YEAR = 2200


def still_to_come(moment: Moment) -> Moment:
    if moment <= timezone.now() or moment.year > LAST_YEAR:
        raise PydanticCustomError("moment_refused", "Choose a moment that is still to come.")
    return moment


class NewLink(TermsGiven):
    program: PublicId
    label: Annotated[Line, Field(max_length=120, examples=["Intranet, autumn"])] = ""
    expires_at: Annotated[Moment, AfterValidator(still_to_come)] | None = None
    max_uses: Annotated[int, Field(ge=1, le=MOST_USES), BeforeValidator(whole)] | None = None
    allowed_domains: Annotated[list[Domain], Field(max_length=50)] = []


def links_of(request: HttpRequest) -> "QuerySet[DirectLink]":
    rows = DirectLink.objects.filter(program__organization=token_of(request).organization)
    return rows.select_related("program", "course", "specialization").prefetch_related("groups")


def limits_of(program: Program, given: NewLink) -> dict[str, Any]:
    """What `make_direct_link` takes. Raises UnknownReference."""
    return {
        **given.model_dump(include={"label", "expires_at", "max_uses", "allowed_domains"}),
        "terms": terms_by_ids(program, given),
    }


@operations.reads("links/", scope="links:read", response=Page[schemas.DirectLink])
def list_links(request: HttpRequest, asked: Query[Asked]) -> Page[schemas.DirectLink]:
    """All direct links, the newest first. Their addresses are not told again."""
    rows, following = page_of(request, links_of(request), asked)
    return Page(items=[schemas.DirectLink.of(row) for row in rows], next=following)


@operations.makes("links/", scope="links:write", response=schemas.NewDirectLink)
def create_link(request: HttpRequest, body: NewLink) -> schemas.NewDirectLink:
    """Make a direct link. Its address stands in this answer and nowhere else."""
    token = token_of(request)
    program = row_by_id(token.organization.programs.all(), body.program, "#/program")
    link, address = make_direct_link(program=program, actor=token.made_by, **limits_of(program, body))
    return schemas.NewDirectLink.of(link, address=address)


@operations.reads("links/{public:link_id}/", scope="links:read", response=schemas.DirectLink)
def read_link(request: HttpRequest, link_id: PathId) -> schemas.DirectLink:
    """One direct link."""
    return schemas.DirectLink.of(get_object_or_404(links_of(request), public_id=link_id))


@operations.makes("links/{public:link_id}/off/", scope="links:write", response=schemas.DirectLink, status=200)
def turn_link_off(request: HttpRequest, link_id: PathId) -> schemas.DirectLink:
    """Turn a link off, for good. Who joined by it stays. Twice is once."""
    link = get_object_or_404(links_of(request), public_id=link_id)
    turn_off_link(link=link, actor=token_of(request).made_by)
    return schemas.DirectLink.of(links_of(request).get(pk=link.pk))
