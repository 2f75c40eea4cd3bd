"""A form that meets an ended session: what was typed is kept, and is there again after the log-in.

It lies in the visitor's session, which goes along with the log-in (`sign_in.py`), for a day, and only for the
account whose session ended: whoever logs in there next is not shown it. A browser that shows no session of
somebody's that ended, or was logged out at, stores nothing: else somebody could prepare there what the next
person sends with one click.
"""

import time
from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import resolve_url
from django.urls import reverse

from matricula.accounts.models import Account
from matricula.accounts.sessions import KEPT_SECONDS
from matricula.security.secrets import digest, is_digest_of
from matricula.security.signed_cookies import cookie_value, keep_in_cookie
from matricula.web.typed_forms import TypedForm

KEPT_FORM = "kept_form"
READER = "reader"
"""The cookie that says whose the session is that the browser's session cookie opened."""
OF_A_SESSION = "reader-session"
SHOWN_AGAIN, KEPT_NOW = "matricula.shown_again", "matricula.kept_now"
COMPANY_ONLY = "company_only"
"""In a session: that a company alone opened it."""
GetResponse = Callable[[HttpRequest], HttpResponseBase]


def keep_typed_forms(answer: GetResponse) -> GetResponse:
    """Middleware: whatever access rule sends a form to the log-in page, what was typed is kept."""

    def keeping(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        if request.method == "POST" and asks_to_log_in(response):
            if keep_form(request) and not request.META.get(SHOWN_AGAIN):
                query = urlencode({"next": reverse("accounts:kept-form")})
                response["Location"] = f"{resolve_url(settings.LOGIN_URL)}?{query}"
        elif request.method == "POST" and not request.META.get(KEPT_NOW):
            forget_form(request, request.get_full_path())
        return response

    return keeping


def asks_to_log_in(response: HttpResponseBase) -> bool:
    page, _mark, query = response.get("Location", "").partition("?")
    return response.status_code == 302 and bool(query) and page == resolve_url(settings.LOGIN_URL)


def keep_form(request: HttpRequest) -> bool:
    """Whether it was kept. Pages that ask for a fresh proof ask for their forms again instead: what matters
    most is typed by whoever sends it."""
    return keep_typed(request, ended_reader(request))


def keep_for_later(request: HttpRequest) -> bool:
    """Whether it was kept for whoever is signed in, in person: the page needs something else of them first,
    such as their company's sign-in, and shows it again then (`typed_before`)."""
    account = request.user
    if not isinstance(account, Account) or COMPANY_ONLY in request.session:
        return False
    request.META[KEPT_NOW] = True
    return keep_typed(request, digest(READER, str(account.pk)))


def keep_typed(request: HttpRequest, reader: str) -> bool:
    typed = TypedForm.of(request)
    if not reader or typed is None or asks_for_proof(request):
        return False
    kept = {"reader": reader, "path": typed.path, "fields": typed.fields, "at": time.time()}
    request.session[KEPT_FORM] = kept
    return True


def ended_reader(request: HttpRequest) -> str:
    """Whose session, shown by this browser, has ended; else empty.

    Once a form is kept the browser has a session of nobody's, which says it as long as the form lies there.
    """
    if SESSION_KEY in request.session:
        return ""
    kept = request.session.get(KEPT_FORM)
    if kept and time.time() - kept["at"] <= KEPT_SECONDS:
        return str(kept["reader"])
    reader, _point, session = (cookie_value(request, READER) or "").partition(".")
    shown = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    return reader if shown and is_digest_of(session, OF_A_SESSION, shown) else ""


def asks_for_proof(request: HttpRequest) -> bool:
    found = request.resolver_match
    return bool(getattr(found and found.func, "freshly", False))


def show_again_where_typed(request: HttpRequest) -> None:
    """The page that the reader comes back to shows itself what was typed (`typed_before`)."""
    request.META[SHOWN_AGAIN] = True


def mark_reader(response: HttpResponseBase, *, session: str, account: str) -> None:
    """With `session`, the key that the browser gets: its `account`, in person, or nobody's mark any more."""
    if not account:
        response.delete_cookie(READER, path="/")
        return
    mark = f"{digest(READER, account)}.{digest(OF_A_SESSION, session)}"
    seconds = settings.SESSION_COOKIE_AGE + KEPT_SECONDS
    keep_in_cookie(response, READER, mark, path="/", seconds=seconds)


def is_readers_own(kept: dict[str, str], account: Account) -> bool:
    return is_digest_of(kept["reader"], READER, str(account.pk))


def kept_form(request: HttpRequest) -> TypedForm | None:
    """What this reader typed before the log-in."""
    kept = request.session.get(KEPT_FORM)
    account = request.user
    if not kept or not isinstance(account, Account) or not is_readers_own(kept, account):
        return None
    if time.time() - kept["at"] > KEPT_SECONDS:
        return None
    return TypedForm(kept["path"], [(name, value) for name, value in kept["fields"]])


def typed_before(request: HttpRequest, path: str) -> QueryDict | None:
    """What this reader typed into the form that is sent to `path`, as if it had just been sent."""
    kept = kept_form(request)
    if kept is None or kept.path != path:
        return None
    sent = QueryDict(mutable=True)
    for name, value in kept.fields:
        sent.appendlist(name, value)
    return sent


def forget_form(request: HttpRequest, path: str) -> None:
    """It was sent again, or is not wanted any more."""
    if request.session.get(KEPT_FORM, {}).get("path") == path:
        del request.session[KEPT_FORM]
