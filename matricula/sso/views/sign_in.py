"""A company's own sign-in address: out to its provider, back, and straight in."""

import logging
import time
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from matricula.accounts.access import freshly_signed_in
from matricula.accounts.models import Account
from matricula.identities.company_sessions import start_company_session
from matricula.identities.errors import FlowEnded, IdentityError
from matricula.identities.flows import (
    BegunFlow,
    begin_flow,
    take_flow,
)
from matricula.identities.identities import known_identity, link_identity, note_use
from matricula.identities.models import Connection, Flow
from matricula.organizations.models import Affiliation, Organization, Role
from matricula.security.clients import network_of
from matricula.security.secrets import SealUnreadable
from matricula.security.throttling import NetworkLimit, Tally, spend
from matricula.sso.answers import Answer, AnswerRefused, Checks
from matricula.sso.code_flow import read_callback
from matricula.sso.connections import note_test_passed
from matricula.sso.errors import SingleSignOnError
from matricula.sso.history import keep_passed, keep_refused
from matricula.sso.openid_sign_in import judge_openid_answer, provider_address
from matricula.sso.saml_requests import ProviderRedirect
from matricula.sso.saml_sign_in import saml_redirect
from matricula.web.access import public
from matricula.web.redirects import local_path
from matricula.web.values import text_in

PENDING, PENDING_SECONDS = "sso_pending", 600
HOME = "/learn/"
STARTS, ANSWERS = NetworkLimit("company-start"), NetworkLimit("company-answer")
logger = logging.getLogger(__name__)


@public
@require_safe
def choose_connection(request: HttpRequest, slug: str) -> HttpResponse:
    """One button for each live connection."""
    organization = get_object_or_404(Organization, slug=slug)
    connections = list(organization.connections.live().order_by("name"))
    if not connections:
        raise Http404
    context = {"organization": organization, "connections": connections, "next": next_path(request, "GET")}
    return render(request, "sso/pages/company.html", context)


def next_path(request: HttpRequest, method: str) -> str:
    """A path of this site, else nothing."""
    return local_path(text_in(getattr(request, method), "next")[:500], otherwise="")


def connection_of(slug: str, connection_id: str) -> Connection:
    rows = Connection.objects.select_related("organization").filter(organization__slug=slug)
    return get_object_or_404(rows, public_id=connection_id)


@public
@require_POST
def start(request: HttpRequest, slug: str, connection_id: str) -> HttpResponse:
    """Leave for the provider. A page with a link: a redirect to another site is no form's to make here."""
    spend([Tally(STARTS, network_of(request))])
    connection = connection_of(slug, connection_id)
    if connection.state != Connection.State.LIVE or not connection.provider:
        raise Http404
    return leave(request, connection, next_path=next_path(request, "POST"))


def leave(request: HttpRequest, connection: Connection, **more: Any) -> HttpResponse:
    left = begin_flow(request, connection=connection, **more)
    leads = way_out(connection, left)
    context = {"connection": connection, "address": leads.address, "fields": leads.fields}
    response = render(request, "sso/pages/leave.html", context)
    response["Cache-Control"] = "no-store"
    if leads.fields:
        parts = urlsplit(leads.address)
        response._csp_update = {"form-action": [f"{parts.scheme}://{parts.netloc}"]}  # type: ignore[attr-defined]
    left.keep(response)
    return response


def way_out(connection: Connection, left: BegunFlow) -> ProviderRedirect:
    if connection.kind == Connection.Kind.SAML:
        return saml_redirect(connection, left)
    return ProviderRedirect(provider_address(connection, left))


@public
@require_safe
def callback(request: HttpRequest, slug: str, connection_id: str) -> HttpResponse:
    """What the provider sent the browser back with. HEAD is nobody's answer."""
    if request.method == "HEAD":
        return HttpResponse(status=400)
    spend([Tally(ANSWERS, network_of(request))])
    connection, checks, flow = connection_of(slug, connection_id), Checks(), None
    try:
        brought = read_callback(request.META.get("QUERY_STRING", ""))
        flow = take_flow(request, connection=connection, state=brought.state)
        require_live(connection, flow)
        answer = judge_openid_answer(connection, brought, checks)
    except AnswerRefused as refused:
        return tell_refused(request, connection, flow, checks, reason=refused.code)
    except (SingleSignOnError, IdentityError, SealUnreadable) as refusal:
        code = getattr(refusal, "code", "sealed")
        return tell_refused(request, connection, flow, checks, reason=code, words=str(refusal))
    return finish(request, connection, flow, checks, answer)


def require_live(connection: Connection, flow: Flow | None) -> None:
    """Raises FlowEnded where the connection was switched off meanwhile; a test is for one that is not on."""
    is_test = flow is not None and flow.purpose == Flow.Purpose.TEST
    if not is_test and connection.state != Connection.State.LIVE:
        raise FlowEnded


def finish(
    request: HttpRequest, connection: Connection, flow: Flow | None, checks: Checks, answer: Answer
) -> HttpResponse:
    if flow and flow.purpose == Flow.Purpose.TEST:
        return finish_test(flow, checks, answer)
    return go_in(request, connection, flow, answer)


def tell_refused(
    request: HttpRequest,
    connection: Connection,
    flow: Flow | None,
    checks: Checks,
    *,
    reason: str,
    words: str = "",
) -> HttpResponse:
    """The page that says so, with a reference that the company's administrators find in their history.

    What belongs to no flow may be anybody's, as often as they like: of it there is a line in the log.
    """
    if request.method == "HEAD":
        return HttpResponse(status=400)
    context: dict[str, Any] = {"connection": connection, "words": words}
    if flow is None:
        logger.warning("An answer to connection %s was refused: %s", connection.public_id, reason)
        return render(request, "sso/pages/refused.html", context, status=403)
    judged = keep_refused(connection, flow, checks, reason=reason, words=words)
    if flow.purpose == Flow.Purpose.TEST:
        return to_test(connection, judged.public_id)
    context["judged"] = judged
    return render(request, "sso/pages/refused.html", context, status=403)


def finish_test(flow: Flow, checks: Checks, answer: Answer) -> HttpResponse:
    """It opens nothing and links nobody."""
    judged = keep_passed(flow, checks, answer)
    note_test_passed(flow.connection)
    return to_test(flow.connection, judged.public_id)


def to_test(connection: Connection, judged: str) -> HttpResponse:
    return redirect("sign-in:judged", connection.organization.slug, connection.public_id, judged)


def go_in(request: HttpRequest, connection: Connection, flow: Flow | None, answer: Answer) -> HttpResponse:
    """Straight in whom we know; whom we do not know links an account."""
    onward = flow.next_path if flow else ""
    try:
        identity = known_identity(connection=connection, subject=answer.subject)
    except IdentityError as refusal:
        return tell_refused(request, connection, flow, Checks(), reason=refusal.code, words=str(refusal))
    if identity is None:
        request.session[PENDING] = {
            "until": time.time() + PENDING_SECONDS,
            "ends_at": answer.ends_at.isoformat() if answer.ends_at else "",
            "connection": connection.public_id,
            "subject": answer.subject,
            "email": answer.email,
            "name": answer.full_name,
            "next": onward,
        }
        return redirect("sso:link", connection.organization.slug)
    note_use(identity, email=answer.email)
    start_company_session(request, identity, until=answer.ends_at)
    return redirect(onward or HOME)


@public
@require_safe
def ask_to_link(request: HttpRequest, slug: str) -> HttpResponse:
    """Nobody here has this company sign-in yet: LINK YOUR ACCOUNT."""
    pending, connection = pending_of(request, slug)
    context = {"connection": connection, "pending": pending}
    return render(request, "sso/pages/unknown.html", context)


def pending_of(request: HttpRequest, slug: str) -> tuple[dict[str, Any], Connection]:
    """The answer that waits for whoever brought it to log in, and for nobody who comes later."""
    pending: dict[str, Any] = request.session.get(PENDING) or {}
    if not pending or pending["until"] < time.time():
        request.session.pop(PENDING, None)
        raise Http404
    return pending, connection_of(slug, pending["connection"])


@freshly_signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def link_company_identity(request: HttpRequest, account: Account, slug: str) -> HttpResponse:
    """Both sides are named before anything is linked."""
    pending, connection = pending_of(request, slug)
    belongs = has_tie(account, connection.organization_id)
    context = {"connection": connection, "pending": pending, "account": account, "belongs": belongs}
    if request.method != "POST" or not belongs:
        return render(request, "sso/pages/link.html", context)
    try:
        identity = link_identity(
            connection=connection, subject=pending["subject"], account=account, email=pending["email"]
        )
    except IdentityError as refusal:
        return render(request, "sso/pages/link.html", context | {"refusal": str(refusal)}, status=409)
    del request.session[PENDING]
    until = datetime.fromisoformat(pending["ends_at"]) if pending["ends_at"] else None
    start_company_session(request, identity, until=until)
    messages.success(request, _("Linked. From now on your company's sign-in brings you straight in."))
    return redirect(pending["next"] or HOME)


def has_tie(account: Account, organization: int) -> bool:
    """Whether there is a tie that the link can end with."""
    tied = Affiliation.objects.live().filter(account=account, organization=organization).exists()
    return tied or Role.objects.filter(account=account, organization=organization).exists()


def sign_in_address(organization: Organization) -> str:
    """The whole address, for people to be told."""
    return settings.BASE_URL + reverse("sso:company", args=[organization.slug])
