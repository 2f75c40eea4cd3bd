"""Access rules for views. Every view wears exactly one; a test walks the address book for it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_http_methods

FORM = require_http_methods(["GET", "HEAD", "POST"])
"""A page with a form, which is sent to the page itself."""
View = Callable[..., HttpResponseBase]
Check = Callable[[HttpRequest], HttpResponse | None]


def access_rule(name: str, view: View, guarded: View, *, freshly: bool = False) -> View:
    """Mark `guarded` as the access-checked form of `view`, so that the walk over all addresses can see it.

    `freshly`: the rule asks for a fresh proof of who one is; what is typed there is never kept for later.
    """
    if hasattr(view, "access"):
        raise TypeError(f"{view.__module__}.{view.__name__} already has the access rule {view.access}")
    guarded.access, guarded.freshly = name, freshly  # type: ignore[attr-defined]
    return guarded


def public(view: View) -> View:
    """Anybody may open this page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    return access_rule("public", view, guarded)


def signed_in(view: View) -> View:
    """Only somebody who is signed in; others are sent to the sign-in page and come back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
        return view(request, *args, **kwargs)

    return access_rule("signed_in", view, guarded)
