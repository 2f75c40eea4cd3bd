"""A form that meets an ended session, or one that has to prove anew whose it is: what was typed is kept, and
is there again after the log-in.

It lies in the visitor's session, which goes along with the log-in (`sign_in.py`), for a day, and only for the
account that was logged in at this browser last: whoever logs in there next is not shown it.
"""

import time
from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import resolve_url
from django.urls import reverse

from matricula.accounts.models import Account
from matricula.security.secrets import digest
from matricula.security.signed_cookies import cookie_value, keep_in_cookie
from matricula.web.typed_forms import TypedForm

KEPT_FORM = "kept_form"
READER = "reader"
READER_SECONDS = 30 * 86_400
KEPT_SECONDS = 86_400
SHOWN_AGAIN = "matricula.shown_again"
GetResponse = Callable[[HttpRequest], HttpResponseBase]


def keep_typed_forms(answer: GetResponse) -> GetResponse:
    """Middleware: whatever access rule sends a form to the log-in page, what was typed is kept."""

    def keeping(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        asking = page_that_asks(response) if request.method == "POST" else ""
        if asking:
            if keep_form(request) and not request.META.get(SHOWN_AGAIN):
                response["Location"] = f"{asking}?{urlencode({'next': reverse('accounts:kept-form')})}"
        elif request.method == "POST":
            forget_form(request, request.get_full_path())
        return response

    return keeping


def page_that_asks(response: HttpResponseBase) -> str:
    """The page to log in, or to prove who one is, if that is where `response` leads."""
    page, query, _rest = (
        response.get("Location", "").partition("?") if response.status_code == 302 else ("",) * 3
    )
    return page if query and page in (resolve_url(settings.LOGIN_URL), reverse("accounts:prove")) else ""


def keep_form(request: HttpRequest) -> bool:
    """Whether it was kept. Nothing is kept of a browser that nobody logged in at: it was no session that
    ended, and strangers store nothing here."""
    reader, typed = cookie_value(request, READER), TypedForm.of(request)
    if reader is None or typed is None:
        return False
    kept = {"reader": reader, "path": typed.path, "fields": typed.fields, "at": time.time()}
    request.session[KEPT_FORM] = kept
    return True


def show_again_where_typed(request: HttpRequest) -> None:
    """The page that the reader comes back to shows itself what was typed (`typed_before`)."""
    request.META[SHOWN_AGAIN] = True


def reader_mark(account: Account) -> str:
    return digest(READER, str(account.pk))[:22]


def mark_reader(response: HttpResponseBase, account: Account) -> None:
    keep_in_cookie(response, READER, reader_mark(account), path="/", seconds=READER_SECONDS)


def is_readers_own(kept: dict[str, object], account: Account) -> bool:
    return kept["reader"] == reader_mark(account)


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
