"""Where somebody belongs who asks for an address that only takes what is sent, or sends the same form twice.

Such an address stays in the address bar when a form is shown again, and comes back as a bookmark or a reload.
It is no page of its own: it leads to the page it stands on, which is the next address above it that there is.
"""

from collections.abc import Callable, Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme

View = Callable[..., HttpResponseBase]
GetResponse = Callable[[HttpRequest], HttpResponseBase]
NOT_ALLOWED = 405


def belongs_to(page: str, *named: str) -> Callable[[View], View]:
    """Of a view that only takes what is sent: the view whose page it belongs to, where none stands above it.

    `named`: what both addresses name.
    """

    def mark(view: View) -> View:
        view.belongs_to = (page, named)  # type: ignore[attr-defined]
        return view

    return mark


def begins_session(leads_to: Callable[..., str]) -> Callable[[View], View]:
    """Of a view that signs somebody in: where the same form leads when it is sent once more.

    A double click without JavaScript sends it twice. When the first answer came in between, the second has
    the token of a form from before the log-in, and whoever pressed is in: they see what the first one showed.
    """

    def mark(view: View) -> View:
        view.leads_to = leads_to  # type: ignore[attr-defined]
        return view

    return mark


def local_path(path: str, *, otherwise: str) -> str:
    """`path` when it stays on this site, else `otherwise`."""
    safe = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    plain = not any(character in path for character in "\\\r\n\t")
    return path if safe and plain else otherwise


def to_my_learning(**_: object) -> str:
    return "/learn/"


def where_it_leads(request: HttpRequest) -> str:
    """For whoever is signed in and sends a form that would have signed them in; else nothing."""
    match = request.resolver_match
    leads_to = getattr(match.func, "leads_to", None) if match else None
    return leads_to(**match.kwargs) if match and leads_to and request.user.is_authenticated else ""


def explain_methods(answer: GetResponse) -> GetResponse:
    """Middleware: a look at an address that is no page leads to its page; what a page does not take is told.

    Programs are told as RFC 9110, section 15.5.6, has it.
    """

    def answered(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        if response.status_code != NOT_ALLOWED or request.path.startswith(settings.FOR_PROGRAMS):
            return response
        if request.method in ("GET", "HEAD"):
            return redirect(page_of(request))
        page = render(request, "405.html", status=NOT_ALLOWED)
        page["Allow"] = response.headers.get("Allow", "GET")
        return page

    return answered


def page_of(request: HttpRequest) -> str:
    """The page that an address belongs to. It may be none either: then it leads on, always further up."""
    match = request.resolver_match
    name, named = getattr(match.func, "belongs_to", ("", ())) if match else ("", ())
    if match and name:
        return reverse(name, kwargs={one: match.kwargs[one] for one in named})
    return next(filter(is_there, above(request.path)), "/")


def above(path: str) -> Iterator[str]:
    parts = path.strip("/").split("/")
    for length in range(len(parts) - 1, 0, -1):
        yield f"/{'/'.join(parts[:length])}/"


def is_there(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True
