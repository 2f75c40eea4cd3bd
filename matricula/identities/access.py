"""What a session that a company alone opened may see: the company's pages, nothing that is the person's."""

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from matricula.accounts.sign_in import is_company_only
from matricula.audit.models import act_through, acting_through
from matricula.identities.company_sessions import live_sessions, open_organizations
from matricula.identities.models import CompanySessionQuerySet

LEARNING = frozenset({"learner", "member", "enrolled"})
"""Rules that ask `may_open` themselves, of the organization whose page it is."""
ROLES = frozenset({"viewing", "overseeing", "managing_groups", "administering", "owning"})
"""Rules of an organization's console. What asks for a fresh proof asks for the person even so."""
CHOICE = "having_roles"
"""The rule of the page that leads to the consoles of those organizations whose sign-in is here."""
MENDING = "sign-in"
"""The pages of connections: what a recovery code of an owner is for, so it is proof enough there."""
COMPANY_SIGN_IN, RECOVERY_CODE = "company sign-in", "recovery code"
"""What the audit log names beside the actor, where not they themselves but one of these opened the page."""
STRANGERS = frozenset({"public", "holding_arrival", "holding_offer", "holding_token"})
"""Rules under which whoever comes is nobody in particular, unless they are there in person."""


class KeepToCompany:
    """Middleware: behind the one that says who is signed in.

    A rule that is named nowhere above is personal: a page that forgets to say so stays closed.
    """

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with acting_through(""):
            return self.answer(request)

    def process_view(
        self, request: HttpRequest, view: Any, _args: Any, given: dict[str, Any]
    ) -> HttpResponse | None:
        rule = getattr(view, "access", "public")
        if rule in STRANGERS:
            # Asked only if the page asks: a stylesheet does not read the session.
            request.user = SimpleLazyObject(partial(person_in, request, request.user))  # type: ignore[assignment]
            return None
        if not request.user.is_authenticated or not is_company_only(request):
            return None
        through = opened_through(request, view, given)
        if not through:
            return ask_in_person(request)
        act_through(through)
        if through == RECOVERY_CODE:
            request.open_until = recovery_sessions(request).latest("expires_at").expires_at  # type: ignore[attr-defined]
        return None


def person_in(request: HttpRequest, user: Any) -> Any:
    """Who is signed in here, in person."""
    return AnonymousUser() if user.is_authenticated and is_company_only(request) else user


def opened_through(request: HttpRequest, view: Any, given: dict[str, Any]) -> str:
    """What opens the page here, as the audit log names it; nothing, where nothing does."""
    rule = view.access
    if rule in LEARNING and open_organizations(request):
        return COMPANY_SIGN_IN
    if rule == CHOICE and live_sessions(request).exists():
        return COMPANY_SIGN_IN
    if rule not in ROLES:
        return ""
    here = live_sessions(request).filter(organization__slug=given.get("slug", ""))
    identities = list(here.values_list("identity", flat=True))
    if getattr(view, "freshly", False):
        # A company proves nobody freshly, whatever else proved them in this browser.
        match = request.resolver_match
        mends = match is not None and MENDING in match.namespaces
        return RECOVERY_CODE if mends and None in identities else ""
    if any(identities):
        return COMPANY_SIGN_IN
    return RECOVERY_CODE if identities else ""


def recovery_sessions(request: HttpRequest) -> CompanySessionQuerySet:
    return live_sessions(request).filter(identity__isnull=True)


def ask_in_person(request: HttpRequest) -> HttpResponse:
    """To log in with one's own e-mail and password, and back to the page: what a company opened
    here did not do. Where that has ended, it may be what is missing."""
    back = request.get_full_path() if request.method in ("GET", "HEAD") else reverse("accounts:home")
    asked = {"next": back}
    if open_organizations(request):
        asked["step"] = "in-person"
    elif recovery_sessions(request).exists():
        asked |= {"step": "in-person", "by": "code"}
    return redirect(f"{reverse('accounts:sign-in')}?{urlencode(asked)}")
