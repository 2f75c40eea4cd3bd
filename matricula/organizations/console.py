"""The door of the console: which organization, and where to begin in it."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from matricula.organizations.access import MAY, acting_role, viewing
from matricula.organizations.models import Organization, Role
from matricula.web.access import signed_in


@signed_in
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """The organization switcher; somebody with one organization goes straight there."""
    roles = list(
        Role.objects.filter(account=request.user.pk)
        .select_related("organization")
        .order_by("organization__name")
    )
    if not roles:
        raise Http404
    if len(roles) == 1:
        return redirect("console:home", roles[0].organization.slug)
    return render(request, "organizations/console/choose.html", {"roles": roles})


@viewing
@require_safe
def home(request: HttpRequest, organization: Organization) -> HttpResponse:
    """The first page of the navigation that the role may open."""
    kind = acting_role(request).kind
    first = next(page for page in settings.CONSOLE_PAGES if kind in MAY[page["rule"]])
    return redirect(first["url"], organization.slug)
