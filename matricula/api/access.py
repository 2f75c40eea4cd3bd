"""The access rule of the API: a live token, counted, that acts for its organization and is recorded."""

from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from matricula.api.errors import Invalid, ScopeMissing, TokenMissing, TooManyRequests, WrongMediaType
from matricula.api.idempotency import done_once
from matricula.api.models import Token
from matricula.api.problems import answer_to
from matricula.api.tokens import holder_of
from matricula.audit.models import acting_through
from matricula.security.throttling import Allowance, Limit
from matricula.web.access import View, access_rule
from matricula.web.middleware import body_length

SCHEME = "bearer "
JSON = "application/json"
FORM = "multipart/form-data"
WINDOW_MINUTES = 1


@dataclass(frozen=True)
class Takes:
    """A file in a form, of at most so many bytes, from who has the scope for it."""

    largest: int
    scope: str


def holding_token(view: View, takes: Takes | None = None) -> View:
    """Only who shows a token; cookies are not looked at, so there is nothing for a forged form to use.

    Bodies are sent as JSON, unless the view `takes` a file.
    """

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = answer_request(request, takes, lambda: view(request, *args, **kwargs))
        answer["Cache-Control"] = "no-store"
        return answer

    return access_rule("holding_token", view, guarded)


def answer_request(request: HttpRequest, takes: Takes | None, work: Any) -> HttpResponse:
    """Token, count, work; whatever goes wrong is a problem."""
    try:
        token = holder_of(shown_secret(request))
        left = count_request(token)
    except Exception as fault:
        return answer_to(fault)
    try:
        if not left.allowed:
            raise TooManyRequests(left.seconds)
        answer = work_as(request, token, takes, work)
    except Exception as fault:
        answer = answer_to(fault)
    for name, value in rate_limit_fields(left).items():
        answer[name] = value
    return answer


def shown_secret(request: HttpRequest) -> str:
    """The secret of RFC 6750, section 2.1, and from nowhere else. Raises TokenMissing."""
    header = request.headers.get("Authorization", "")
    if not header.lower().startswith(SCHEME):
        raise TokenMissing
    return header[len(SCHEME) :].strip()


def work_as(request: HttpRequest, token: Token, takes: Takes | None, work: Any) -> HttpResponse:
    if request.method != "HEAD":
        token.note_use()
    request.token = token  # type: ignore[attr-defined]
    receive(request, takes)
    with acting_through(name_in_audit_log(token)):
        return done_once(request, token, work)


def name_in_audit_log(token: Token) -> str:
    """What the audit log names beside the actor."""
    return f"API token {token.name}"


def token_of(request: HttpRequest) -> Token:
    """The token that the access rule of the running view found."""
    token: Token = request.token  # type: ignore[attr-defined]
    return token


def receive(request: HttpRequest, takes: Takes | None) -> None:
    """Take in the body, before a transaction begins: whoever sends slowly keeps nobody waiting.

    Nothing is laid on the disk for a token that may not do anything with it. Raises ScopeMissing,
    WrongMediaType, RequestDataTooBig, MultiPartParserError.
    """
    length = body_length(request)
    if not length or request.method not in ("POST", "PUT", "PATCH"):
        return
    if takes and takes.scope not in token_of(request).scopes:
        raise ScopeMissing(takes.scope)
    media = FORM if takes else JSON
    if request.content_type != media:
        raise WrongMediaType(media)
    if takes is None:
        request.body  # noqa: B018 - reads it
    elif length > takes.largest:
        raise RequestDataTooBig
    else:
        request.FILES  # noqa: B018 - reads it onto the disk


def count_request(token: Token) -> Allowance:
    """A site that sets no limit counts nothing."""
    if not settings.API_RATE:
        return Allowance(allowed=True, left=0, seconds=0)
    return Limit("api", tries=settings.API_RATE, minutes=WINDOW_MINUTES).allowance(token.pk)


def rate_limit_fields(left: Allowance) -> dict[str, str]:
    """The fields of draft-ietf-httpapi-ratelimit-headers."""
    if not settings.API_RATE:
        return {}
    return {
        "RateLimit-Policy": f'"token";q={settings.API_RATE};w={60 * WINDOW_MINUTES}',
        "RateLimit": f'"token";r={left.left};t={left.seconds}',
    }


class Asks:
    """What an operation asks for: one scope, or "" for any token; and no parameter it does not know."""

    def __init__(self, scope: str) -> None:
        self.scope = scope
        self.parameters: frozenset[str] = frozenset()

    def __call__(self, request: HttpRequest) -> Token:
        """Raises ScopeMissing, Invalid."""
        token = token_of(request)
        if self.scope and self.scope not in token.scopes:
            raise ScopeMissing(self.scope)
        for name in request.GET:
            if name not in self.parameters:
                raise Invalid("query", name, "unknown_parameter", "This address knows no such parameter.")
        return token
