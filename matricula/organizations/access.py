"""Who may act for an organization. Outsiders get 404, insiders without the right a clear 403.

Days and times are those of the place where the organization is.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from matricula.accounts.models import Account
from matricula.accounts.sign_in import is_fresh
from matricula.organizations.models import Role
from matricula.web.access import access_rule

View = Callable[..., HttpResponseBase]
MAY: dict[str, frozenset[str]] = {
    "viewing": frozenset(Role.Kind.values),
    "overseeing": frozenset({Role.Kind.OWNER, Role.Kind.PROGRAM_ADMINISTRATOR, Role.Kind.VIEWER}),
    "managing_groups": frozenset({Role.Kind.OWNER, Role.Kind.PROGRAM_ADMINISTRATOR, Role.Kind.GROUP_MANAGER}),
    "administering": frozenset({Role.Kind.OWNER, Role.Kind.PROGRAM_ADMINISTRATOR}),
    "owning": frozenset({Role.Kind.OWNER}),
}
"""What each rule asks for. Who is `viewing` as a group manager is shown only their own groups."""


def role_rule(name: str, *, freshly: bool = False) -> Callable[[View], View]:
    """An access rule that hands the view the Organization instead of its slug.

    `freshly` asks for proof of who one is, once in ten minutes; the view answers to GET, to come back to.
    """

    def rule(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                back = request.get_full_path() if freshly or request.method == "GET" else "/console/"
                return redirect_to_login(back)
            role = role_in(slug, request.user.pk)
            if role is None:
                raise Http404
            request.role = role  # type: ignore[attr-defined]
            if role.kind not in MAY[name]:
                with role.organization.calendar():
                    return insufficient(request, role, MAY[name])
            if freshly and not is_fresh(request):
                return redirect(f"{reverse('accounts:prove')}?{urlencode({'next': request.path})}")
            with role.organization.calendar():
                return view(request, role.organization, *args, **kwargs)

        return access_rule(name, view, guarded, freshly=freshly)

    return rule


def having_roles(view: View) -> View:
    """Whoever is signed in, in person or by a company: the view shows what of their roles opens there."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return access_rule("having_roles", view, guarded)


viewing = role_rule("viewing")
overseeing = role_rule("overseeing")
managing_groups = role_rule("managing_groups")
administering = role_rule("administering")
owning = role_rule("owning")
freshly_owning = role_rule("owning", freshly=True)


def role_in(slug: str, account: Any) -> Role | None:
    roles = Role.objects.select_related("organization", "account")
    return roles.filter(organization__slug=slug, account=account).first()


def acting_role(request: HttpRequest) -> Role:
    """The role the access rule of the running view found."""
    role: Role = request.role  # type: ignore[attr-defined]
    return role


def actor_of(request: HttpRequest) -> Account:
    """Who acts, for the audit log."""
    return acting_role(request).account


def insufficient(request: HttpRequest, role: Role, kinds: Iterable[str]) -> HttpResponse:
    context = {
        "organization": role.organization,
        "role": role,
        "needed": [Role.Kind(kind).label for kind in Role.Kind.values if kind in kinds],
        "owners": Account.objects.filter(
            roles__organization=role.organization, roles__kind=Role.Kind.OWNER
        ).order_by("full_name")[:5],
    }
    return render(request, "organizations/console/insufficient.html", context, status=403)
