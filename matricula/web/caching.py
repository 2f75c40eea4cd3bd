"""What a browser may keep of a page: nothing without asking again."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

Answer = Callable[[HttpRequest], HttpResponseBase]


def ask_again(answer: Answer) -> Answer:
    """Middleware: a page is its reader's own and of this moment, unless its view says otherwise.

    Browsers may keep a 404 or 410 for ever when nothing forbids it (RFC 9111, section 4.2.2): a program that
    was full once would have stayed full for whoever saw the page.
    """

    def answered(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    return answered
