"""What a SAML provider posts: kept for the browser, judged in it, and asked about where it came unasked."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from matricula.identities.errors import FlowEnded, IdentityError
from matricula.identities.flows import note_seen_once, open_flows, store_answer, take_answer, take_flow
from matricula.identities.identities import known_identity
from matricula.identities.models import Connection, Flow
from matricula.security.clients import network_of
from matricula.security.throttling import Tally, spend
from matricula.sso.answers import Answer, AnswerRefused, Checks
from matricula.sso.connections import acs_address, entity_id
from matricula.sso.errors import CallbackMalformed, SingleSignOnError
from matricula.sso.own_keys import published_certificates
from matricula.sso.readable_answers import readable_xml
from matricula.sso.saml_requests import write_service_provider
from matricula.sso.saml_responses import read_in_response_to
from matricula.sso.saml_sign_in import LARGEST_ANSWER, decode_answer, judge_saml_answer
from matricula.sso.unasked import forget_unasked, signed_in_here, unasked_answer
from matricula.sso.views.sign_in import ANSWERS, connection_of, finish, go_in, require_live, tell_refused
from matricula.web.access import public
from matricula.web.values import text_in


@csrf_exempt
@public
@require_POST
def acs(request: HttpRequest, slug: str, connection_id: str) -> HttpResponse:
    """A provider's page posts its answer here (SAML 2.0 Bindings, 3.5), without a cookie of ours: it is kept
    for the browser, which comes for it at once."""
    spend([Tally(ANSWERS, network_of(request))])
    connection = connection_of(slug, connection_id)
    posted = text_in(request.POST, "SAMLResponse", longest=LARGEST_ANSWER)
    try:
        flow = require_awaited(connection, posted)
    except AnswerRefused as refused:
        return tell_refused(request, connection, None, refused.checks, reason=refused.code)
    except (SingleSignOnError, IdentityError) as refusal:
        return tell_refused(request, connection, None, Checks(), reason=refusal.code, words=str(refusal))
    handle = store_answer(connection=connection, content=posted, flow=flow)
    response = HttpResponse(status=303)
    response["Location"] = reverse("sso:answer", args=[slug, connection_id, handle])
    return response


def require_awaited(connection: Connection, posted: str) -> Flow | None:
    """Before anything is kept: the flow that is away for it, or none where the company sends people unasked.

    Raises AnswerRefused, CallbackMalformed, FlowEnded.
    """
    if connection.kind != Connection.Kind.SAML or not posted:
        raise CallbackMalformed
    asked, flow = read_in_response_to(decode_answer(posted)), None
    if asked or not connection.takes_unsolicited:
        flow = open_flows(connection=connection, state=asked).first()
        if flow is None:
            raise FlowEnded
    require_live(connection, flow)
    return flow


@public
@require_safe
def judge_stored_answer(request: HttpRequest, slug: str, connection_id: str, handle: str) -> HttpResponse:
    """What was posted, judged in the browser's own session. HEAD is nobody's answer."""
    connection, flow, came = connection_of(slug, connection_id), None, ""
    try:
        if request.method == "HEAD":
            raise CallbackMalformed
        raw = decode_answer(take_answer(connection=connection, handle=handle))
        came = readable_xml(raw)
        asked = read_in_response_to(raw)
        if asked or not connection.takes_unsolicited:
            flow = take_flow(request, connection=connection, state=asked)
        require_live(connection, flow)
        judged = judge_saml_answer(connection, raw, request_id=asked)
        note_seen_once(connection=connection, value=judged.assertion_id, until=judged.not_on_or_after)
    except AnswerRefused as refused:
        refused.checks.raw = came
        return tell_refused(request, connection, flow, refused.checks, reason=refused.code)
    except (SingleSignOnError, IdentityError) as refusal:
        return tell_refused(
            request, connection, flow, Checks.of(came), reason=refusal.code, words=str(refusal)
        )
    judged.checks.raw = came
    return finish(request, connection, flow, judged.checks, judged.answer)


@public
@require_safe
def metadata(request: HttpRequest, slug: str, connection_id: str) -> HttpResponse:
    """Ours, for a SAML provider (Metadata, 2.4.4)."""
    connection = connection_of(slug, connection_id)
    if connection.kind != Connection.Kind.SAML:
        raise Http404
    ours = write_service_provider(
        entity_id(connection),
        acs_address(connection),
        encryption_certificates=published_certificates(connection),
    )
    return HttpResponse(ours, content_type="application/samlmetadata+xml")


@public
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_answer(request: HttpRequest, slug: str, connection_id: str, handle: str) -> HttpResponse:
    """Says who would come in, and in whose place, before one button lets them."""
    connection = connection_of(slug, connection_id)
    try:
        require_live(connection, None)
        flow, answer = unasked_answer(request, connection, handle)
        who = whom_it_means(connection, answer)
    except IdentityError as refusal:
        return tell_refused(request, connection, None, Checks(), reason=refusal.code, words=str(refusal))
    if request.method != "POST":
        here = signed_in_here(request)
        context = {
            "connection": connection,
            "answer": answer,
            "who": who,
            "here": here,
            "begun": flow is not None,
            "same": flow is not None and here is not None and flow.account_id == here.pk,
        }
        return render(request, "sso/pages/confirm.html", context)
    forget_unasked(request)
    return go_in(request, connection, flow, answer)


def whom_it_means(connection: Connection, answer: Answer) -> str:
    """As the account says; else as the company does. Raises EndedByCompany."""
    identity = known_identity(connection=connection, subject=answer.subject)
    if identity is not None:
        return identity.account.full_name
    return answer.full_name or answer.email or answer.subject
