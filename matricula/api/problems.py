"""Every refusal as a problem (RFC 9457): one handler for all of them."""

import logging
from dataclasses import dataclass, field
from typing import Annotated, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from ninja.errors import HttpError, ValidationError
from pydantic import BaseModel, Field

from matricula.api.errors import (
    Invalid,
    ScopeMissing,
    TokenMissing,
    TokenRefused,
    TooManyRequests,
    UnknownReference,
)
from matricula.api.problem_kinds import KINDS
from matricula.catalog.errors import UploadsUsedUp
from matricula.files.pictures import PictureRefused
from matricula.invitations.errors import LetterJustSent
from matricula.mail.models import BETWEEN_LETTERS
from matricula.peoplefile.errors import FileRefused
from matricula.roles.errors import OfferJustSent, OffersUsedUp
from matricula.web.errors import RETRY_AFTER_SECONDS, forget_dead_connections
from matricula.web.refusals import Refusal

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
HOUR_SECONDS = 3600


class Fault(BaseModel):
    """One value that cannot be."""

    where: Annotated[str, Field(description="body, query, path or header")]
    pointer: Annotated[str, Field(description="A JSON pointer into the body, such as #/name; else a name.")]
    code: str
    detail: str


class Problem(BaseModel):
    """Why a request was refused (RFC 9457)."""

    type: Annotated[str, Field(description="An address that explains this code.")]
    title: str
    status: int
    detail: str
    code: Annotated[str, Field(description="For programs: it does not change.")]
    errors: list[Fault] = []


@dataclass(frozen=True)
class Cause:
    """What one exception becomes."""

    code: str
    detail: str = ""
    faults: list[Fault] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)


def answer_to(fault: BaseException) -> HttpResponse:
    """The one translation of what was raised. What it does not know is logged, and is nobody's business."""
    if isinstance(fault, Refusal) and fault.code in KINDS:
        return draw_problem(Cause(fault.code, str(fault), faults_of(fault), headers_of(fault)))
    if isinstance(fault, FileRefused):
        refused = Fault(where="body", pointer="#/file", code=fault.code, detail=str(fault))
        return draw_problem(Cause("file_refused", str(fault), [refused]))
    if isinstance(fault, PictureRefused):
        refused = Fault(where="body", pointer="#/logo", code="picture_refused", detail=str(fault))
        return draw_problem(Cause("picture_refused", str(fault), [refused]))
    if isinstance(fault, ValidationError):
        return draw_problem(Cause("invalid", faults=[fault_in(one) for one in fault.errors]))
    if isinstance(fault, Http404):
        return draw_problem(Cause("not_found"))
    if isinstance(fault, MultiPartParserError | TooManyFieldsSent | TooManyFilesSent):
        return draw_problem(Cause("malformed", "The body is not multipart/form-data (RFC 7578)."))
    if isinstance(fault, RequestDataTooBig):
        return draw_problem(Cause("body_too_large"))
    if isinstance(fault, HttpError) and fault.status_code == KINDS["malformed"].status:
        return draw_problem(Cause("malformed"))
    if isinstance(fault, OperationalError | InterfaceError):
        forget_dead_connections()
        return draw_problem(Cause("database_away", headers={"Retry-After": str(RETRY_AFTER_SECONDS)}))
    log.error("The API broke.", exc_info=fault)
    return draw_problem(Cause("broken"))


def draw_problem(cause: Cause) -> HttpResponse:
    kind = KINDS[cause.code]
    problem = Problem(
        type=f"{settings.BASE_URL}/api/v1/docs/#error-{cause.code}",
        title=kind.title,
        status=kind.status,
        detail=cause.detail or kind.detail,
        code=cause.code,
        errors=cause.faults,
    )
    return JsonResponse(
        problem.model_dump(), status=kind.status, content_type=MEDIA_TYPE, headers=cause.headers
    )


def faults_of(fault: Exception) -> list[Fault]:
    if isinstance(fault, Invalid):
        return [Fault(where=fault.where, pointer=fault.pointer, code=fault.field_code, detail=fault.detail)]
    if isinstance(fault, UnknownReference):
        detail = "The organization of this token has none with this id."
        return [Fault(where="body", pointer=one, code="unknown", detail=detail) for one in fault.pointers]
    return []


def headers_of(fault: Exception) -> dict[str, str]:
    """Bearer challenges by RFC 6750, section 3."""
    match fault:
        case TokenMissing():
            return {"WWW-Authenticate": 'Bearer realm="matricula"'}
        case TokenRefused():
            return {"WWW-Authenticate": 'Bearer realm="matricula", error="invalid_token"'}
        case ScopeMissing(scope=scope):
            challenge = f'Bearer realm="matricula", error="insufficient_scope", scope="{scope}"'
            return {"WWW-Authenticate": challenge}
        case TooManyRequests(seconds=seconds):
            return {"Retry-After": str(seconds)}
        case LetterJustSent() | OfferJustSent():
            return {"Retry-After": str(round(BETWEEN_LETTERS.total_seconds()))}
        case UploadsUsedUp():
            return {"Retry-After": str(HOUR_SECONDS)}
        case OffersUsedUp():
            return {"Retry-After": str(24 * HOUR_SECONDS)}
    return {}


def fault_in(error: dict[str, Any]) -> Fault:
    """What pydantic found. The body's own parameter is no part of the pointer."""
    where, *path = error["loc"]
    if where in ("form", "file"):
        where, pointer = "body", f"#/{path[-1]}"
    elif where == "body":
        pointer = "#" + "".join(f"/{escaped(one)}" for one in path[1:])
    else:
        pointer = str(path[-1]) if path else ""
    return Fault(where=where, pointer=pointer, code=error["type"], detail=error["msg"])


def escaped(part: object) -> str:
    """RFC 6901, section 3."""
    return str(part).replace("~", "~0").replace("/", "~1")
