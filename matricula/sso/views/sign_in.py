"""A company's own sign-in address: out to its provider, back, and straight in."""

import logging
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth import get_user
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from matricula.accounts.access import freshly_signed_in
from matricula.accounts.models import Account
from matricula.identities.asserted_identities import (
    AssertedIdentity,
    asserted_here,
    forget_asserted,
    keep_asserted,
    link_by_work_email,
    wanted_page,
)
from matricula.identities.company_sessions import start_company_session
from matricula.identities.errors import EndedByCompany, FlowEnded, IdentityError
from matricula.identities.flows import BegunFlow, begin_flow, take_flow
from matricula.identities.identities import KEPT_EMAIL, has_tie, known_identity, link_identity, note_use
from matricula.identities.models import Connection, Flow
from matricula.joining.company_sign_ins import removed_membership
from matricula.organizations.models import Organization
from matricula.security.clients import network_of
from matricula.security.secrets import SealUnreadable
from matricula.security.throttling import NetworkLimit, Tally, spend
from matricula.sso.answers import Answer, AnswerRefused, Checks
from matricula.sso.code_flow import read_callback
from matricula.sso.connections import has_had_connection, note_test_passed
from matricula.sso.errors import SingleSignOnError
from matricula.sso.history import keep_passed, keep_refused
from matricula.sso.openid_sign_in import judge_openid_answer, provider_address
from matricula.sso.saml_requests import ProviderRedirect
from matricula.sso.saml_sign_in import saml_redirect
from matricula.sso.unasked import keep_unasked, needs_word, signed_in_here
from matricula.web.access import public
from matricula.web.redirects import local_path
from matricula.web.values import text_in

HOME, LONGEST_NAME = "/learn/", 200
STARTS, ANSWERS = NetworkLimit("company-start"), NetworkLimit("company-answer")
logger = logging.getLogger(__name__)


@public
@require_safe
def choose_connection(request: HttpRequest, slug: str) -> HttpResponse:
    """One button for each live connection. Where there was one and none is on, the page says so."""
    organization = get_object_or_404(Organization, slug=slug)
    connections = list(organization.connections.live().order_by("name"))
    if not connections and not has_had_connection(organization.pk):
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
    here = signed_in_here(request)
    return leave(request, connection, next_path=next_path(request, "POST"), account=here)


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
    if needs_word(request, connection, flow, answer):
        waits = keep_unasked(request, connection, flow, answer)
        return redirect("sso:confirm", connection.organization.slug, connection.public_id, waits)
    return go_in(request, connection, flow, answer)


def tell_refused(
    request: HttpRequest,
    connection: Connection,
    flow: Flow | None,
    checks: Checks,
    *,
    reason: str,
    words: str = "",
    asserted: AssertedIdentity | None = None,
) -> HttpResponse:
    """The page that says so, with a reference that the company's administrators find in their history.

    `asserted`: whom a believed answer named. To whom an administrator removed it offers to ask.

    What belongs to no flow may be anybody's, as often as they like: of it there is a line in the log.
    """
    if request.method == "HEAD":
        return HttpResponse(status=400)
    context: dict[str, Any] = {"connection": connection, "words": words}
    if asserted and reason == EndedByCompany.code:
        context["asks"] = removed_membership(asserted) is not None
    if flow is None:
        logger.warning("An answer to connection %s was refused: %s", connection.public_id, reason)
        return render(request, "sso/pages/refused.html", context, status=403)
    judged = keep_refused(connection, flow, checks, reason=reason, words=words, asserted=asserted)
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
    """Whoever is linked, or can be without a question, comes straight in; others join or link an account."""
    onward = flow.next_path if flow else ""
    try:
        identity = known_identity(connection=connection, subject=answer.subject)
    except IdentityError as refusal:
        asserted = asserted_by(connection, answer)
        keep_asserted(request, asserted)
        words = str(refusal)
        return tell_refused(
            request, connection, flow, Checks(), reason=refusal.code, words=words, asserted=asserted
        )
    if identity is None:
        asserted = asserted_by(connection, answer)
        identity = link_by_work_email(asserted, here=get_user(request).pk)
    if identity is None:
        keep_asserted(request, asserted, next_path=onward)
        welcome = reverse("joining:welcome")
        return redirect(welcome) if onward == welcome else redirect("sso:link", connection.organization.slug)
    forget_asserted(request)  # whoever waited here before
    note_use(identity, email=answer.email, email_doubted=answer.email_doubted)
    start_company_session(request, identity, until=answer.ends_at)
    return redirect(onward or HOME)


def asserted_by(connection: Connection, answer: Answer) -> AssertedIdentity:
    """What is longer than a mailbox or a name can be is left out: cut short, it would be another."""
    return AssertedIdentity(
        connection=connection,
        subject=answer.subject,
        email=answer.email if len(answer.email) <= KEPT_EMAIL else "",
        full_name=answer.full_name if len(answer.full_name) <= LONGEST_NAME else "",
        asserted_at=timezone.now(),
        ends_at=answer.ends_at,
        email_doubted=answer.email_doubted,
    )


@public
@require_safe
def first_sign_in(request: HttpRequest, slug: str) -> HttpResponse:
    """Of somebody whose company sign-in is linked with nobody yet: JOIN NOW, or LINK YOUR ACCOUNT."""
    asserted = asserted_of(request, slug)
    programs = asserted.connection.organization.programs.current().filter(open_to_sign_in=True)
    context = {
        "connection": asserted.connection,
        "asserted": asserted,
        "programs": programs.select_related("organization").order_by("name"),
    }
    return render(request, "sso/pages/first_sign_in.html", context)


def asserted_of(request: HttpRequest, slug: str) -> AssertedIdentity:
    """The answer that waits for whoever brought it, and for nobody who comes later. Raises Http404."""
    organization = get_object_or_404(Organization, slug=slug)
    asserted = asserted_here(request, organization=organization.pk)
    if asserted is None:
        raise Http404
    return asserted


@freshly_signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def link_company_identity(request: HttpRequest, account: Account, slug: str) -> HttpResponse:
    """Both sides are named before anything is linked."""
    asserted = asserted_of(request, slug)
    connection = asserted.connection
    belongs = has_tie(organization=connection.organization_id, account=account.pk)
    context = {"connection": connection, "asserted": asserted, "account": account, "belongs": belongs}
    if request.method != "POST" or not belongs:
        return render(request, "sso/pages/link.html", context)
    try:
        identity = link_identity(
            connection=connection,
            subject=asserted.subject,
            account=account,
            email=asserted.email,
            email_doubted=asserted.email_doubted,
        )
    except IdentityError as refusal:
        return render(request, "sso/pages/link.html", context | {"refusal": str(refusal)}, status=409)
    onward = wanted_page(request)
    forget_asserted(request)
    start_company_session(request, identity, until=asserted.ends_at)
    messages.success(request, _("Linked. From now on your company's sign-in brings you straight in."))
    return redirect(onward or HOME)
