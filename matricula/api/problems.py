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

from matricula.api import errors as api
from matricula.api.errors import (
    Invalid,
    PersonMoved,
    ScopeMissing,
    TokenMissing,
    TokenRefused,
    TooManyRequests,
    UnknownReference,
)
from matricula.catalog import errors as catalog
from matricula.catalog.errors import UploadsUsedUp
from matricula.files.pictures import PictureRefused
from matricula.invitations import errors as invitations
from matricula.invitations.errors import LetterJustSent
from matricula.joining import errors as joining
from matricula.mail.models import BETWEEN_LETTERS
from matricula.organizations import errors as organizations
from matricula.peoplefile.errors import FileRefused
from matricula.programs import errors as programs
from matricula.roles import errors as roles
from matricula.roles.errors import OfferJustSent, OffersUsedUp
from matricula.web.errors import RETRY_AFTER_SECONDS, forget_dead_connections, has_no_room
from matricula.web.heavy_work import RETRY_AFTER_SECONDS as HEAVY_RETRY_AFTER_SECONDS
from matricula.web.heavy_work import TooMuchAtOnce
from matricula.web.refusals import Refusal


@dataclass(frozen=True)
class Kind:
    status: int
    title: str
    detail: str


def kind(status: int, title: str, refusal: type[Refusal]) -> tuple[str, Kind]:
    return refusal.code, Kind(status, title, str(refusal.sentence))


KINDS = dict(
    [
        (
            "malformed",
            Kind(
                400, "Malformed request", "The body is not JSON (RFC 8259), or the address holds a zero byte."
            ),
        ),
        kind(401, "Token missing", api.TokenMissing),
        kind(401, "Token refused", api.TokenRefused),
        kind(403, "Scope missing", api.ScopeMissing),
        kind(403, "Not an owner", organizations.NotOwner),
        ("not_found", Kind(404, "Not found", "The organization of this token has nothing at this address.")),
        kind(404, "Unknown reference", api.UnknownReference),
        kind(404, "Not a member", programs.NotAMember),
        (
            "method_not_allowed",
            Kind(405, "Method not allowed", "The header Allow lists what this address takes."),
        ),
        kind(409, "Already invited", invitations.AlreadyInvited),
        kind(409, "Already a member", invitations.AlreadyMember),
        kind(409, "Invitation answered", invitations.InvitationAnswered),
        kind(409, "Letter just sent", invitations.LetterJustSent),
        kind(409, "Request answered", joining.RequestAnswered),
        kind(409, "No work e-mail", invitations.NoWorkEmail),
        kind(409, "Not to confirm", invitations.NotToConfirm),
        kind(409, "Columns undecided", invitations.ColumnsUndecided),
        kind(409, "Columns refused", invitations.ColumnsRefused),
        kind(409, "Last owner", organizations.LastOwner),
        kind(409, "Last way in", programs.LastWayIn),
        kind(409, "Already offered", roles.AlreadyOffered),
        kind(409, "Offer ended", roles.OfferEnded),
        kind(409, "Offer just sent", roles.OfferJustSent),
        kind(409, "Groups missing", roles.GroupsMissing),
        kind(409, "Not to take", catalog.NotToTake),
        kind(409, "Title taken", catalog.TitleTaken),
        kind(409, "Series full", catalog.SeriesFull),
        kind(409, "Not to stop", invitations.NotToStop),
        kind(409, "Name taken", programs.NameTaken),
        kind(409, "Seats in use", programs.SeatsInUse),
        kind(409, "Program ended", programs.ProgramEnded),
        kind(409, "Ends before it begins", programs.EndsBeforeItBegins),
        kind(409, "Day is over", programs.DayIsOver),
        kind(409, "No company sign-in", programs.NoCompanySignIn),
        kind(409, "No owner's way in", programs.NoOwnerWayIn),
        kind(410, "Person moved", api.PersonMoved),
        ("body_too_large", Kind(413, "Body too large", "Send less in one request.")),
        kind(413, "Upload too large", catalog.UploadTooLarge),
        kind(415, "Unsupported media type", api.WrongMediaType),
        kind(422, "Invalid request", api.Invalid),
        ("file_refused", Kind(422, "File refused", "It is no list of people; `detail` says why.")),
        ("picture_refused", Kind(422, "Picture refused", "It is no logo; `detail` says why.")),
        kind(422, "Idempotency-Key reused", api.KeyReused),
        kind(429, "Too many requests", api.TooManyRequests),
        kind(429, "Offers used up", roles.OffersUsedUp),
        kind(429, "Uploads used up", catalog.UploadsUsedUp),
        (
            "broken",
            Kind(500, "Something broke", "It is written in the site's log. Sending it again may help."),
        ),
        (
            "storage_full",
            Kind(507, "No room", "The site's disk is full; nothing was kept. Send it again later."),
        ),
        (
            "database_away",
            Kind(503, "A pause", "The database does not answer. Send it again in a moment."),
        ),
        kind(503, "Too much at once", TooMuchAtOnce),
    ]
)
"""By code: what `docs/api.md` and the reference page list. The sentences that stand here are of no error of
ours: the framework, the database or the reader of files raised it."""

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
    moved_to: Annotated[
        str, Field(description="The id that a person has now: with `person_moved` alone.")
    ] = ""

    def document(self) -> dict[str, Any]:
        return self.model_dump(exclude=None if self.moved_to else {"moved_to"})


@dataclass(frozen=True)
class Cause:
    """What one exception becomes."""

    code: str
    detail: str = ""
    faults: list[Fault] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    moved_to: str = ""


def answer_to(fault: BaseException) -> HttpResponse:
    """The one translation of what was raised. What it does not know is logged, and is nobody's business."""
    if isinstance(fault, PersonMoved):
        return draw_problem(Cause(fault.code, str(fault), moved_to=fault.moved_to))
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
    return draw_problem(cause_on_our_side(fault))


def cause_on_our_side(fault: BaseException) -> Cause:
    if has_no_room(fault):
        return Cause("storage_full")
    if isinstance(fault, OperationalError | InterfaceError):
        forget_dead_connections()
        return Cause("database_away", headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
    log.error("The API broke.", exc_info=fault)
    return Cause("broken")


def draw_problem(cause: Cause) -> HttpResponse:
    kind = KINDS[cause.code]
    problem = Problem(
        type=f"{settings.BASE_URL}/api/v1/docs/#error-{cause.code}",
        title=kind.title,
        status=kind.status,
        detail=cause.detail or kind.detail,
        code=cause.code,
        errors=cause.faults,
        moved_to=cause.moved_to,
    )
    return JsonResponse(
        problem.document(), status=kind.status, content_type=MEDIA_TYPE, headers=cause.headers
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
        case TooMuchAtOnce():
            return {"Retry-After": str(HEAVY_RETRY_AFTER_SECONDS)}
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
