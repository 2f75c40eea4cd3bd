"""Forms whose answer shows a secret once: sent again, by a reload or a second press, none makes another."""

from django.http import HttpRequest

from matricula.security.throttling import Limit
from matricula.web.values import text_in

SENT = Limit("sent-form", tries=1, minutes=24 * 60)


def is_sent_again(request: HttpRequest) -> bool:
    """Whether this very form came before. Ask when what it asks for is about to be done.

    Django masks the token of each form that it draws anew, and a browser that sends one again sends the same.
    Counted in one statement, so of two presses at once one is the first.
    """
    mark = text_in(request.POST, "csrfmiddlewaretoken")
    return bool(mark) and not SENT.allows(f"{request.path}:{mark}")
