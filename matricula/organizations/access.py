"""Who may act for an organization."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase

from matricula.organizations.models import Organization, Role
from matricula.web.access import access_rule

ADMINISTRATORS = (Role.Kind.OWNER, Role.Kind.PROGRAM_ADMINISTRATOR)


def administering(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Hands the view the Organization instead of its slug; 404 for who has no such role there."""

    @wraps(view)
    def guarded(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.path)
        rows = Organization.objects.filter(roles__account=request.user.pk, roles__kind__in=ADMINISTRATORS)
        organization = rows.filter(slug=slug).first()
        if organization is None:
            raise Http404
        return view(request, organization, *args, **kwargs)

    return access_rule("administering", view, guarded)
