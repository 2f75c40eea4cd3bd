"""In which language a page speaks: its reader's, else the browser's, else its organization's."""

from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

from matricula.web.middleware import is_of_somebody
from matricula.web.values import text_in

GetResponse = Callable[[HttpRequest], HttpResponseBase]
ASKED = "language"
"""What the address of a link in a letter says its letter was written in."""
KEPT_SECONDS = 365 * 24 * 3600


def speak_languages(answer: GetResponse) -> GetResponse:
    """Middleware: a page is in the language that the letter had whose link was followed, else in the one that
    was chosen in this browser, else in the first the browser asks for.

    What an account chose is kept in the browser where it is signed in, so that no page, not the one of an
    error either, has to ask the database for it.
    """

    def spoken(request: HttpRequest) -> HttpResponseBase:
        translation.activate(language_here(request) or settings.LANGUAGE_CODE)
        response = answer(request)
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        patch_vary_headers(response, ["Accept-Language"])
        language = language_of_reader(request) or asked_for(request)
        known = language == chosen_in(request) or settings.LANGUAGE_COOKIE_NAME in response.cookies
        if language and not known:
            keep_language(response, language)
        return response

    return spoken


def language_here(request: HttpRequest) -> str:
    """What the link, this browser's reader or the browser says; nothing where all are silent."""
    return asked_for(request) or chosen_in(request) or language_of(request)


def asked_for(request: HttpRequest) -> str:
    query = dict(query_of(request))
    return supported(text_in(query, ASKED)) if ASKED in query else ""


def query_of(request: HttpRequest) -> list[tuple[str, str]]:
    """What the address asks for; nothing where that is more than is read: the view refuses it, and the page
    that says so has a language, too."""
    with suppress(TooManyFieldsSent):
        return [(key, str(value)) for key, value in request.GET.items()]
    return []


def language_of_reader(request: HttpRequest) -> str:
    """What the account chose that is signed in; nobody is looked for whom the page did not ask for."""
    return supported(getattr(request.user, "language", "")) if is_of_somebody(request) else ""


def chosen_in(request: HttpRequest) -> str:
    return supported(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""))


def language_of(request: HttpRequest) -> str:
    """The first the browser asks for that pages are written in (RFC 9110, section 12.5.4), else nothing."""
    for tag, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()):
        if found := supported(tag):
            return found
    return ""


def supported(tag: str) -> str:
    """The language of ours that `tag` (BCP 47) means, else nothing."""
    with suppress(LookupError, ValueError):
        return get_supported_language_variant(tag)
    return ""


def offer_language(request: HttpRequest, response: HttpResponseBase, language: str) -> None:
    """An organization's, where neither the reader nor the browser said one that pages are written in."""
    if not language_here(request) and (known := supported(language)):
        keep_language(response, known)


def keep_language(response: HttpResponseBase, language: str) -> None:
    """For the pages that follow in this browser."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=KEPT_SECONDS,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget_language(response: HttpResponseBase) -> None:
    response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")


def in_language(link: str, language: str) -> str:
    """A link of this site that opens in `language`."""
    return f"{link}{'&' if '?' in link else '?'}{ASKED}={language}"
