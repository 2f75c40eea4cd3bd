from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


class DatabaseAwayMiddleware:
    """A database that is gone is a pause, not a fault: 503 with a page that comes back by itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        except (OperationalError, InterfaceError):
            return self.pause()

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return self.pause() if isinstance(exception, OperationalError | InterfaceError) else None

    def pause(self) -> HttpResponse:
        return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "5"})
