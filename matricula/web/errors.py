"""Error pages: what happened in plain words, and what to do next."""

import logging
import sys
from datetime import datetime
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone

from matricula.files.storage import takes_nothing
from matricula.web.redirects import where_it_leads
from matricula.web.refusals import Refusal
from matricula.web.typed_forms import TypedForm, came_from_own_page

RETRY_AFTER_SECONDS = 5
AWAY = (OperationalError, InterfaceError)


class PauseFilter(logging.Filter):
    """A database that is away is one line of the log for each page it was missed by, and not where in our
    program it was."""

    def filter(self, record: logging.LogRecord) -> bool:
        fault = record.exc_info[1] if record.exc_info else None
        if isinstance(fault, AWAY):
            said = " ".join(str(fault).split())
            record.msg, record.args = "%s: the database is away: %s", (record.getMessage(), said)
            record.exc_info = record.exc_text = None
        return True


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def ask_to_wait(
    request: HttpRequest, page: str, context: dict[str, Any], *, until: datetime, words: str = ""
) -> HttpResponse:
    """The page once more, with what was typed, and beside its form how long to wait (RFC 6585, section 4)."""
    if words:
        context["form"].add_error(None, words)
    response = render(request, page, context, status=429)
    response["Retry-After"] = seconds_until(until)
    return response


def refusal_page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """What a room refused and no view had a page for: its sentence, and never a fault of ours."""
    until = getattr(refusal, "until", None)
    status = 429 if until else refusal.status
    response = render(request, refusal.page, {"words": str(refusal), "refusal": refusal}, status=status)
    if until:
        response["Retry-After"] = seconds_until(until)
    return response


def seconds_until(moment: datetime) -> str:
    return str(max(1, round((moment - timezone.now()).total_seconds())))


def broken(request: HttpRequest) -> HttpResponse:
    """A disk that is full is said to be; a database that is away is a pause, wherever it was missed; anything
    else is a fault."""
    fault = sys.exc_info()[1]
    if has_no_room(fault):
        return render(request, "507.html", status=507)
    if isinstance(fault, AWAY):
        return pause(request)
    return render(request, "500.html", status=500)


def pause(request: HttpRequest) -> HttpResponse:
    """503 with a page that comes back by itself. What was sent by POST is never sent again unasked."""
    forget_dead_connections()
    safe = request.method in ("GET", "HEAD")
    return HttpResponse(
        render_to_string("503.html", {"safe": safe}),
        status=503,
        headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
    )


def has_no_room(fault: BaseException | None) -> bool:
    """Whether a disk takes nothing more: that of files, or the database's own."""
    return takes_nothing(fault) or is_full(fault)


def is_full(fault: BaseException | None) -> bool:
    """Whether the database's own disk takes nothing more: PostgreSQL's code 53100, SQLite's words."""
    words = ("database or disk is full", "attempt to write a readonly database")
    full = getattr(fault.__cause__, "sqlstate", "") == "53100" if fault else False
    return isinstance(fault, OperationalError) and (full or str(fault) in words)


def forget_dead_connections() -> None:
    """So that the first request after the pause is not served by a connection from before it."""
    if connection.vendor == "postgresql" and connection.pool:  # type: ignore[attr-defined]
        connection.pool.check()  # type: ignore[attr-defined]


def forgery_suspected(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Mostly a page from before a log-in in another tab: what was typed into it can be sent once more.

    Only where the browser says that the form was one of ours: else another site could put words into it.
    """
    onward = where_it_leads(request)
    if onward:
        return redirect(onward)
    typed = TypedForm.of(request) if came_from_own_page(request) else None
    return render(request, "403.html", {"stale": True, "typed": typed}, status=403)
