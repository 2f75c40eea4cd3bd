"""What shows an organization everywhere: its colours and its logo."""

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from matricula.files.responses import FOR_EVER, answer_with_picture
from matricula.organizations.models import Logo, Organization
from matricula.web.access import public
from matricula.web.colour import brand_stylesheet

LOGO_NAME = re.compile(r"([0-9a-f]{64})(-letter)?\.png")
"""The digest of a picture, and which of its two forms."""


@public
@require_safe
def brand(request: HttpRequest, slug: str) -> HttpResponse:
    """The organization's colours as a stylesheet, for the policy allows no inline style."""
    organization = get_object_or_404(Organization, slug=slug)
    is_of_today = request.META["QUERY_STRING"] == organization.brand_colour.lstrip("#")
    headers = {"Cache-Control": FOR_EVER if is_of_today else "public, max-age=300"}
    return HttpResponse(brand_stylesheet(organization.brand_colour), content_type="text/css", headers=headers)


@public
@require_safe
def logo(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """A logo of the organization, by its digest; what an address shows never changes."""
    asked = LOGO_NAME.fullmatch(name)
    if asked is None:
        raise Http404
    digest, letter = asked.groups()
    found = get_object_or_404(Logo, organization__slug=slug, digest=digest)
    return answer_with_picture(bytes(found.for_letters if letter else found.content))
