from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from matricula.organizations.models import Organization
from matricula.web.access import public
from matricula.web.colour import brand_stylesheet


@public
@require_safe
def brand(request: HttpRequest, slug: str) -> HttpResponse:
    """The organization's colours as a stylesheet, for the policy allows no inline style."""
    organization = get_object_or_404(Organization, slug=slug)
    headers = {"Cache-Control": "public, max-age=300"}
    return HttpResponse(brand_stylesheet(organization.brand_colour), content_type="text/css", headers=headers)
