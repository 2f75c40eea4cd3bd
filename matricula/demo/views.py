"""The pages and endpoints of the demonstration company's identity provider: for the same machine only."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from matricula.demo.company_sign_in import EMPLOYEES
from matricula.demo.identity_provider import (
    AuthorizationRequest,
    Provider,
    TokenRefused,
    discovery_document,
    find_provider,
    give_code,
    take_code,
)
from matricula.security.clients import is_from_this_machine
from matricula.web.access import public
from matricula.web.values import text_in

View = Callable[[HttpRequest, Provider], HttpResponse]
NO_STORE = {"Cache-Control": "no-store"}


def demonstrated(view: View) -> Callable[[HttpRequest], HttpResponse]:
    """Only in development, for browsers of the same machine, where the demonstration made a provider."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        is_ours = settings.DEVELOPMENT and is_from_this_machine(request)
        provider = find_provider() if is_ours else None
        if provider is None:
            raise Http404
        return view(request, provider)

    return guarded


@public
@demonstrated
@require_safe
def way_in(request: HttpRequest, provider: Provider) -> HttpResponse:
    """Nobody signs in at a provider who was not sent there."""
    return redirect("sso:company", provider.connection.organization.slug)


@public
@demonstrated
@require_safe
def discovery(request: HttpRequest, provider: Provider) -> HttpResponse:
    return JsonResponse(discovery_document())


@public
@demonstrated
@require_safe
def keys(request: HttpRequest, provider: Provider) -> HttpResponse:
    return JsonResponse(provider.key_set())


@public
@demonstrated
@require_http_methods(["GET", "HEAD", "POST"])
def authorize(request: HttpRequest, provider: Provider) -> HttpResponse:
    """Who is it? Whoever was sent by nobody we know is sent nowhere."""
    asked = AuthorizationRequest.of_query(request.GET)
    if not asked.is_of(provider):
        raise BadRequest("client_id")
    if asked.fault:
        return HttpResponseRedirect(asked.answered(error=asked.fault))
    if request.method != "POST":
        return ask_who(request, provider)
    if text_in(request.POST, "answer") == "cancel":
        return HttpResponseRedirect(asked.answered(error="access_denied"))
    chosen = text_in(request.POST, "subject")
    employee = next((one for one in EMPLOYEES if one.subject == chosen), None)
    if employee is None:
        return ask_who(request, provider)
    return HttpResponseRedirect(asked.answered(code=give_code(asked, employee)))


def ask_who(request: HttpRequest, provider: Provider) -> HttpResponse:
    hint = text_in(request.GET, "login_hint").lower()
    chosen = next((one for one in EMPLOYEES if one.email == hint), EMPLOYEES[0])
    context = {
        "organization": provider.connection.organization,
        "employees": EMPLOYEES,
        "chosen": chosen.subject,
    }
    page = render(request, "demo/pages/who.html", context)
    page["Cache-Control"] = NO_STORE["Cache-Control"]
    return page


@csrf_exempt
@public
@demonstrated
@require_POST
def token(request: HttpRequest, provider: Provider) -> HttpResponse:
    try:
        answer = take_code(provider, request.POST, request.headers.get("Authorization", ""))
    except TokenRefused as refused:
        told = {"WWW-Authenticate": "Basic"} if refused.status == 401 else {}
        return JsonResponse({"error": refused.error}, status=refused.status, headers={**NO_STORE, **told})
    return JsonResponse(answer, headers=NO_STORE)
