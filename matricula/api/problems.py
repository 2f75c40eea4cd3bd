"""Every refusal as a problem (RFC 9457): one table from codes to statuses, one handler for all of them."""

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

from matricula.accounts.errors import AccountError
from matricula.api.errors import (
    ApiError,
    Invalid,
    ScopeMissing,
    TokenMissing,
    TokenRefused,
    TooManyRequests,
    UnknownReference,
    WrongMediaType,
)
from matricula.catalog.errors import CatalogError, UploadsUsedUp
from matricula.files.pictures import PictureRefused
from matricula.invitations.errors import InvitationError, LetterJustSent
from matricula.joining.errors import JoiningError
from matricula.organizations.errors import OrganizationError
from matricula.peoplefile.errors import FileRefused
from matricula.programs.errors import ProgramError, SeatsInUse
from matricula.roles.errors import OfferJustSent, OffersUsedUp
from matricula.security.throttling import HasToWait
from matricula.web.errors import PAUSE_SECONDS, forget_dead_connections

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
LETTER_PAUSE_SECONDS = 600
HOUR_SECONDS = 3600


@dataclass(frozen=True)
class Kind:
    status: int
    title: str
    detail: str


KINDS = {
    "malformed": Kind(
        400, "Malformed request", "The body is not JSON (RFC 8259), or the address holds a zero byte."
    ),
    "token_missing": Kind(401, "Token missing", "Send the header Authorization: Bearer matricula_…"),
    "token_refused": Kind(401, "Token refused", "The token is unknown, expired or revoked."),
    "scope_missing": Kind(403, "Scope missing", "The token may not do this. Make one with the scope."),
    "not_owner": Kind(
        403, "Not an owner", "Roles are changed by owners: whoever made this token is none, or none any more."
    ),
    "not_found": Kind(404, "Not found", "The organization of this token has nothing at this address."),
    "unknown_reference": Kind(
        404,
        "Unknown reference",
        "The body names something that the organization of this token does not have.",
    ),
    "not_a_member": Kind(404, "Not a member", "Nobody with this work e-mail is in the program."),
    "method_not_allowed": Kind(405, "Method not allowed", "The header Allow lists what this address takes."),
    "already_invited": Kind(409, "Already invited", "The address has an open invitation to the program."),
    "already_member": Kind(409, "Already a member", "The address is that of somebody who is in the program."),
    "invitation_answered": Kind(
        409, "Invitation answered", "The invitation was answered, withdrawn or replaced."
    ),
    "letter_just_sent": Kind(
        409, "Letter just sent", "The person was written to within the last ten minutes."
    ),
    "request_answered": Kind(409, "Request answered", "Somebody answered the request before."),
    "no_work_email": Kind(409, "No work e-mail", "The organization knows no work e-mail to write to."),
    "not_to_confirm": Kind(
        409, "Not to confirm", "The file is still checked, or was confirmed, cancelled or refused."
    ),
    "columns_undecided": Kind(
        409, "Columns undecided", "Say which column holds the e-mail addresses: POST imports/…/reading/."
    ),
    "columns_refused": Kind(409, "Columns refused", "Only one column can hold the e-mail addresses."),
    "last_owner": Kind(409, "Last owner", "Make somebody else an owner first."),
    "already_offered": Kind(409, "Already offered", "A role is waiting for this address. Withdraw it first."),
    "offer_ended": Kind(409, "Offer ended", "The role was accepted, withdrawn, or waited too long."),
    "offer_just_sent": Kind(409, "Offer just sent", "A letter went out within the last ten minutes."),
    "groups_missing": Kind(409, "Groups missing", "A group manager manages at least one group."),
    "not_to_take": Kind(409, "Not to take", "The course is still read, is faulty, or was taken in before."),
    "title_taken": Kind(409, "Title taken", "Another Specialization has this title."),
    "series_full": Kind(409, "Series full", "No more than 100 courses fit into a Specialization."),
    "not_to_stop": Kind(
        409, "Not to stop", "The file is not confirmed, was stopped, or all its letters are on their way."
    ),
    "name_taken": Kind(409, "Name taken", "Another one has this name."),
    "seats_in_use": Kind(409, "Seats in use", "Fewer seats than are taken."),
    "program_ended": Kind(409, "Program ended", "The last day of the program is over."),
    "ends_before_it_begins": Kind(409, "Ends before it begins", "The last day would be before the first."),
    "day_is_over": Kind(409, "Day is over", "A program can end today or later, not in the past."),
    "body_too_large": Kind(413, "Body too large", "Send less in one request."),
    "upload_too_large": Kind(413, "Upload too large", "Keep the zip of a course under 512 MiB."),
    "media_type_unsupported": Kind(415, "Unsupported media type", "Send the body as application/json."),
    "invalid": Kind(422, "Invalid request", "`errors` tells what is wrong, and where."),
    "file_refused": Kind(422, "File refused", "It is no list of people; `detail` says why."),
    "picture_refused": Kind(422, "Picture refused", "It is no logo; `detail` says why."),
    "idempotency_key_reused": Kind(
        422, "Idempotency-Key reused", "This key came before with another request. Take a new key."
    ),
    "too_many_requests": Kind(429, "Too many requests", "Go on after the seconds in Retry-After."),
    "offers_used_up": Kind(
        429, "Offers used up", "So many roles were offered that the next waits for tomorrow."
    ),
    "uploads_used_up": Kind(
        429, "Uploads used up", "So many courses were uploaded that the next waits for an hour."
    ),
    "broken": Kind(500, "Something broke", "It is written in the site's log. Sending it again may help."),
    "database_away": Kind(503, "A pause", "The database does not answer. Send it again in a moment."),
}
"""By code: what `docs/api.md` and the reference page list."""


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
class Refusal:
    """What one exception becomes."""

    code: str
    detail: str = ""
    faults: list[Fault] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)


def answer_to(fault: BaseException) -> HttpResponse:
    """The one translation of what was raised. What it does not know is logged, and is nobody's business."""
    known = (
        ApiError,
        JoiningError,
        InvitationError,
        ProgramError,
        CatalogError,
        OrganizationError,
        AccountError,
        HasToWait,
    )
    if isinstance(fault, known) and fault.code in KINDS:
        return draw_problem(Refusal(fault.code, detail_of(fault), faults_of(fault), headers_of(fault)))
    if isinstance(fault, FileRefused):
        refused = Fault(where="body", pointer="#/file", code=fault.code, detail=str(fault))
        return draw_problem(Refusal("file_refused", str(fault), [refused]))
    if isinstance(fault, PictureRefused):
        refused = Fault(where="body", pointer="#/logo", code="picture_refused", detail=str(fault))
        return draw_problem(Refusal("picture_refused", str(fault), [refused]))
    if isinstance(fault, ValidationError):
        return draw_problem(Refusal("invalid", faults=[fault_in(one) for one in fault.errors]))
    if isinstance(fault, Http404):
        return draw_problem(Refusal("not_found"))
    if isinstance(fault, MultiPartParserError | TooManyFieldsSent | TooManyFilesSent):
        return draw_problem(Refusal("malformed", "The body is not multipart/form-data (RFC 7578)."))
    if isinstance(fault, RequestDataTooBig):
        return draw_problem(Refusal("body_too_large"))
    if isinstance(fault, HttpError) and fault.status_code == KINDS["malformed"].status:
        return draw_problem(Refusal("malformed"))
    if isinstance(fault, OperationalError | InterfaceError):
        forget_dead_connections()
        return draw_problem(Refusal("database_away", headers={"Retry-After": str(PAUSE_SECONDS)}))
    log.error("The API broke.", exc_info=fault)
    return draw_problem(Refusal("broken"))


def draw_problem(refusal: Refusal) -> HttpResponse:
    kind = KINDS[refusal.code]
    problem = Problem(
        type=f"{settings.BASE_URL}/api/v1/docs/#error-{refusal.code}",
        title=kind.title,
        status=kind.status,
        detail=refusal.detail or kind.detail,
        code=refusal.code,
        errors=refusal.faults,
    )
    return JsonResponse(
        problem.model_dump(), status=kind.status, content_type=MEDIA_TYPE, headers=refusal.headers
    )


def detail_of(fault: Exception) -> str:
    if isinstance(fault, ScopeMissing):
        return f"The token may not do this. Make one with the scope {fault.scope}."
    if isinstance(fault, WrongMediaType):
        return f"Send the body as {fault.wanted}."
    if isinstance(fault, SeatsInUse):
        return f"Fewer seats than are taken: {fault.used}."
    return ""


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
            return {"Retry-After": str(LETTER_PAUSE_SECONDS)}
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
