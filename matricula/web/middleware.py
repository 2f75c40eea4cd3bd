"""What every request passes: how much it may send, what refuses it in words, and who may keep its page."""

from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import Resolver404, resolve

from matricula.web.access import View
from matricula.web.bodies import MIB, length_of
from matricula.web.errors import bad_request, refusal_page
from matricula.web.refusals import Refusal

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def revalidate_pages(answer: GetResponse) -> GetResponse:
    """Middleware: a page is its reader's own and of this moment, unless its view says otherwise; one that
    somebody who is logged in was shown is not kept at all, so that nobody who comes after them at the same
    browser goes back to it.

    Browsers may keep a 404 or 410 for ever when nothing forbids it (RFC 9111, section 4.2.2): a program that
    was full once would have stayed full for whoever saw the page.
    """

    def answered(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        kept = "no-store" if is_of_somebody(request) else "private, no-cache"
        response.headers.setdefault("Cache-Control", kept)
        return response

    return answered


def explain_refusals(answer: GetResponse) -> GetResponse:
    """Middleware: whatever a room refuses and no view has a page for is told in its own words."""

    def answered(request: HttpRequest) -> HttpResponseBase:
        return answer(request)

    answered.process_exception = explain_refusal  # type: ignore[attr-defined]
    return answered


def explain_refusal(request: HttpRequest, fault: Exception) -> HttpResponse | None:
    return refusal_page(request, fault) if isinstance(fault, Refusal) else None


def is_of_somebody(request: HttpRequest) -> bool:
    """Whether the session was asked and somebody is logged in by it; what did not ask is for anybody."""
    session = getattr(request, "session", None)
    return bool(session is not None and session.accessed and SESSION_KEY in session)


MOST_BYTES = 4 * MIB
"""Of a form, and of pictures; a page that takes larger files says so by `takes_files`."""
V = TypeVar("V", bound=View)


def takes_files(most_bytes: int) -> Callable[[V], V]:
    """A page that somebody who is signed in may send so much to."""

    def mark(view: V) -> V:
        view.most_bytes = most_bytes  # type: ignore[attr-defined]
        return view

    return mark


def most_bytes_of(request: HttpRequest) -> int:
    """What the page of this address takes, from this visitor."""
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return MOST_BYTES
    return getattr(view, "most_bytes", MOST_BYTES) if request.user.is_authenticated else MOST_BYTES


Answer = Callable[[HttpRequest], HttpResponse]


def limit_body_size(answer: Answer) -> Answer:
    """Middleware: 413 with a page that says what to do (RFC 9110, section 15.5.14).

    400 for an address with a character that no database keeps.
    """

    def limited(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return bad_request(request)
        if request.path.startswith(settings.LIMITED_ELSEWHERE):
            return answer(request)
        size = body_length(request)
        if size > MOST_BYTES and size > most_bytes_of(request):
            return render(request, "413.html", status=413)
        return answer(request)

    return limited


def body_length(request: HttpRequest) -> int:
    return length_of(request.META)
