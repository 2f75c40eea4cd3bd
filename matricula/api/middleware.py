"""Whatever refused a request to the API before it was one: a host, a size, a method. It is a problem, too."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from matricula.api.problems import MEDIA_TYPE, Cause, draw_problem

CODES = {
    400: "malformed",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    500: "broken",
    503: "database_away",
    507: "storage_full",
}
OF_THE_PAGE = ("content-type", "content-length")
Answer = Callable[[HttpRequest], HttpResponse]


def as_problems(answer: Answer) -> Answer:
    """Middleware: an error page under /api/ becomes the problem of its status."""

    def translated(request: HttpRequest) -> HttpResponse:
        given = answer(request)
        code = CODES.get(given.status_code, "")
        if not code or not request.path.startswith("/api/") or given.get("Content-Type") == MEDIA_TYPE:
            return given
        kept = {name: value for name, value in given.items() if name.lower() not in OF_THE_PAGE}
        return draw_problem(Cause(code, headers=kept))

    return translated
