"""What every request passes: how much it may send, and that no page is kept without asking again."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

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


MIB = 1024 * 1024
MOST_BYTES_SIGNED_IN = 520 * MIB
"""A course of 512 MiB and its form."""
MOST_BYTES_OF_A_STRANGER = 4 * MIB
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
        if size > MOST_BYTES_OF_A_STRANGER and (
            size > MOST_BYTES_SIGNED_IN or not request.user.is_authenticated
        ):
            return render(request, "413.html", status=413)
        return answer(request)

    return limited


def body_length(request: HttpRequest) -> int:
    """Without a length, Django reads no body at all."""
    length = request.headers.get("Content-Length", "")
    if not (length.isascii() and length.isdigit()):
        return 0
    return int(length) if len(length) < 19 else MOST_BYTES_SIGNED_IN + 1
