"""Links: what the secret of one stands for, and which one a browser opened last."""

from django.http import HttpRequest, HttpResponse

from matricula.db.queries import first_or_none
from matricula.invitations.models import InvitationToken
from matricula.joining.errors import LinkRefused
from matricula.joining.models import DirectLink
from matricula.joining.origin import Origin
from matricula.joining.origins import DirectLinkOrigin, InvitationOrigin
from matricula.security.secrets import digests
from matricula.security.signed_cookies import cookie_value, keep_in_cookie

HELD_COOKIE = "joining"


def open_link(secret: str) -> Origin:
    """What a link's secret stands for. Raises LinkRefused."""
    origin = find_invitation(digest__in=digests("invitation", secret)) or find_direct_link(
        digest__in=digests("link", secret)
    )
    return check_open(origin)


def open_held_link(key: str) -> Origin:
    """The same for the `key` of an origin, as the browser keeps it. Raises LinkRefused."""
    kind, _dot, pk = key.partition(".")
    if kind not in FINDERS or not pk.isdecimal():
        raise LinkRefused("lost")
    return check_open(FINDERS[kind](pk=pk))


def hold_origin(response: HttpResponse, origin: Origin) -> None:
    """The browser keeps which link it opened."""
    if origin.key:
        keep_in_cookie(response, HELD_COOKIE, origin.key, path="/join/")


def held_origin(request: HttpRequest) -> Origin:
    """What the link the visitor opened last stands for now. Raises LinkRefused."""
    return open_held_link(cookie_value(request, HELD_COOKIE) or "")


def check_open(origin: Origin | None) -> Origin:
    """Raises LinkRefused with the reason the link no longer opens."""
    if origin is None:
        raise LinkRefused("unknown")
    if reason := origin.why_closed():
        raise LinkRefused(reason, origin)
    return origin


def find_invitation(**known: object) -> Origin | None:
    tokens = InvitationToken.objects.select_related("invitation__program__organization")
    token = first_or_none(tokens.filter(**known))
    return InvitationOrigin(token.invitation, token.channel, token) if token else None


def find_direct_link(**known: object) -> Origin | None:
    link = first_or_none(DirectLink.objects.select_related("program__organization").filter(**known))
    return DirectLinkOrigin(link) if link else None


FINDERS = {InvitationOrigin.relation: find_invitation, DirectLinkOrigin.relation: find_direct_link}
"""How the row behind a link is found, by the first part of its key."""
