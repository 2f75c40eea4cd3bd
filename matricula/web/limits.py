"""How much a visitor may send. Looked at before a byte of it is read or laid on a disk."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from matricula.web.errors import bad_request

MIB = 1024 * 1024
SIGNED_IN = 520 * MIB
"""A course of 512 MiB and its form."""
STRANGER = 4 * MIB
Answer = Callable[[HttpRequest], HttpResponse]


def limits(answer: Answer) -> Answer:
    """Middleware: 413 with a page that says what to do (RFC 9110, section 15.5.14).

    400 for an address with a character that no database keeps.
    """

    def limited(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return bad_request(request)
        if request.path.startswith(settings.LIMITED_ELSEWHERE):
            return answer(request)
        size = length_of(request)
        if size > STRANGER and (size > SIGNED_IN or not request.user.is_authenticated):
            return render(request, "413.html", status=413)
        return answer(request)

    return limited


def length_of(request: HttpRequest) -> int:
    """Without a length, Django reads no body at all."""
    length = request.headers.get("Content-Length", "")
    return int(length) if length.isascii() and length.isdigit() else 0
