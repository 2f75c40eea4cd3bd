"""Requests for help of people whose link no longer opens."""

from typing import Annotated

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query
from pydantic import Field

from matricula.api import schemas
from matricula.api.access import token_of
from matricula.api.operations import Operations
from matricula.api.paging import Asked, Page, page_of
from matricula.api.values import PathId
from matricula.joining.models import Request
from matricula.joining.requests import answer_with_letter, dismiss_waiting_request

operations = Operations(tags=["Requests"])


class RequestsAsked(Asked):
    waiting: Annotated[bool, Field(description="Only those that nobody answered.")] = True


def requests_of(request: HttpRequest) -> "QuerySet[Request]":
    rows = Request.objects.filter(program__organization=token_of(request).organization)
    return rows.select_related("program__organization", "invitation")


@operations.reads("requests/", scope="invitations:read", response=Page[schemas.Request])
def list_requests(request: HttpRequest, asked: Query[RequestsAsked]) -> Page[schemas.Request]:
    """Requests, the newest first."""
    rows = requests_of(request)
    found, following = page_of(request, rows.waiting() if asked.waiting else rows, asked)  # type: ignore[attr-defined]
    return Page(items=[schemas.Request.of(row) for row in found], next=following)


@operations.reads("requests/{public:request_id}/", scope="invitations:read", response=schemas.Request)
def read_request(request: HttpRequest, request_id: PathId) -> schemas.Request:
    """One request."""
    return schemas.Request.of(get_object_or_404(requests_of(request), public_id=request_id))


@operations.makes(
    "requests/{public:request_id}/letter/", scope="invitations:write", response=schemas.Request, status=202
)
def answer_request(request: HttpRequest, request_id: PathId) -> schemas.Request:
    """Answer with a letter: the invitation again, or a new one where the old cannot be answered any more."""
    waiting = get_object_or_404(requests_of(request), public_id=request_id)
    answer_with_letter(request=waiting, actor=token_of(request).made_by)
    return schemas.Request.of(requests_of(request).get(pk=waiting.pk))


@operations.makes(
    "requests/{public:request_id}/dismissal/", scope="invitations:write", response=schemas.Request, status=200
)
def dismiss_request(request: HttpRequest, request_id: PathId) -> schemas.Request:
    """Dismiss a request."""
    waiting = get_object_or_404(requests_of(request), public_id=request_id)
    dismiss_waiting_request(request=waiting, actor=token_of(request).made_by)
    return schemas.Request.of(requests_of(request).get(pk=waiting.pk))
