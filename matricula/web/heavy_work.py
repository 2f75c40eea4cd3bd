"""What takes seconds to make, such as a file of everything: only a few of them at once, in each process.

The threads of a process are few, and everybody's pages wait for one of them. Whoever comes when all places
are taken is told so at once and keeps no thread.
"""

import weakref
from collections.abc import Callable
from functools import wraps
from threading import BoundedSemaphore, Lock
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from matricula.web.access import View
from matricula.web.refusals import Refusal

PLACES = 2
"""Of the four that work at once in a process (`bodies.py`): others want a page of it meanwhile."""
RETRY_AFTER_SECONDS = 10
R = TypeVar("R", bound=HttpResponseBase)
places = BoundedSemaphore(PLACES)


class TooMuchAtOnce(Refusal):
    """Others are being made; there is no place for one more."""

    code = "too_much_at_once"
    sentence = _("Other files are being made. Try again in a moment.")


class Place:
    """One that is taken; it is left once, whoever leaves it first."""

    def __init__(self) -> None:
        self.places = places
        if not self.places.acquire(blocking=False):
            raise TooMuchAtOnce
        self.lock, self.is_taken = Lock(), True

    def leave(self) -> None:
        with self.lock:
            was_taken, self.is_taken = self.is_taken, False
        if was_taken:
            self.places.release()


def answer_in_place(make: Callable[[], R]) -> R:
    """What `make` answers; its place is free again once the answer has gone out. Raises TooMuchAtOnce."""
    place = Place()
    try:
        answer = make()
    except BaseException:
        place.leave()
        raise
    answer._resource_closers.append(place.leave)  # type: ignore[attr-defined] # as FileResponse's files
    weakref.finalize(answer, place.leave)  # where nobody closes it
    return answer


def heavy(view: View) -> View:
    """A page of such work: 503 with a sentence when others are being made."""

    @wraps(view)
    def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return answer_in_place(lambda: view(request, *args, **kwargs))
        except TooMuchAtOnce:
            return ask_to_come_back(request)

    return limited


def ask_to_come_back(request: HttpRequest) -> HttpResponse:
    response = render(request, "busy.html", status=503)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    response._has_been_logged = True  # type: ignore[attr-defined] # Django would log it as a fault
    return response
