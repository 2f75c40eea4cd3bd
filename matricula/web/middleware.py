"""What every request passes: how much it may send, and that no page is kept without asking again."""

from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import Resolver404, resolve

from matricula.web.access import View
from matricula.web.bodies import MIB
from matricula.web.errors import bad_request

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def revalidate_pages(answer: GetResponse) -> GetResponse:
    """Middleware: a page is its reader's own and of this moment, unless its view says otherwise.

    Browsers may keep a 404 or 410 for ever when nothing forbids it (RFC 9111, section 4.2.2): a program that
    was full once would have stayed full for whoever saw the page.
    """

    def answered(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    return answered


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
    """Without a length, Django reads no body at all."""
    length = request.headers.get("Content-Length", "")
    return int(length) if length.isascii() and length.isdigit() else 0
