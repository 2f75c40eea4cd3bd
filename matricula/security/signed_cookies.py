"""A secret leaves the address bar at once: the browser keeps, signed, what its link stands for."""

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

DAY = 86_400


def redirect_with_cookie(page: str) -> HttpResponse:
    """To the address without the secret, which no page hears of and no cache keeps."""
    response = redirect(page)
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    return response


def keep_in_cookie(
    response: HttpResponseBase, name: str, value: str, *, path: str, seconds: int = DAY
) -> None:
    """Give the browser `value` to show again below `path`, out of reach of scripts."""
    response.set_cookie(
        name,
        Signer(salt=f"matricula.held:{name}").sign(value),
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
        max_age=seconds,
        path=path,
    )


def cookie_value(request: HttpRequest, name: str) -> str | None:
    """The value that we gave the browser, None when it shows none of ours."""
    try:
        return Signer(salt=f"matricula.held:{name}").unsign(request.COOKIES.get(name, ""))
    except BadSignature:
        return None
