"""What every page may name, and in which of the languages of letters somebody reads."""

from contextlib import suppress

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header


def site(request: HttpRequest) -> dict[str, object]:
    """What every page may name."""
    return {"DEVELOPMENT": settings.DEVELOPMENT, "site_name": "Matricula"}


def language_of(request: HttpRequest) -> str:
    """The first the browser asks for that letters are written in (RFC 9110, section 12.5.4), else nothing."""
    for tag, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()):
        with suppress(LookupError):
            return get_supported_language_variant(tag)
    return ""
