"""The door of the console: in which organization somebody wants to work."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from matricula.identities.company_sessions import opened_here
from matricula.organizations.access import having_roles
from matricula.organizations.models import Role


@having_roles
@require_safe
def choose_organization(request: HttpRequest) -> HttpResponse:
    """Those whose console opens in this browser; somebody with one goes straight there."""
    rows = Role.objects.filter(opened_here(request, "organization"), account=request.user.pk)
    roles = list(rows.select_related("organization").order_by("organization__name"))
    if not roles:
        raise Http404
    if len(roles) == 1:
        return redirect("console:home", roles[0].organization.slug)
    return render(request, "roles/console/choose.html", {"roles": roles})
