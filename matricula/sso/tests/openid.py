"""A company's OpenID Connect, as Olga sets it up, and somebody who signs in there, without a browser."""

import re
import urllib.error
import urllib.request
from html import unescape
from urllib.parse import urlencode, urlsplit

import pytest

from matricula.identities.models import Connection
from matricula.sso.tests.company import CONSOLE


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """A browser that stops where it is sent to."""

    def redirect_request(self, *_given):
        return None


elsewhere = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirects)


def log_in_there(address, who):
    """What somebody does at the provider, or cancels there as nobody; the address they are sent back to."""
    form = {"sub": who} if who else {"action": "deny"}
    with pytest.raises(urllib.error.HTTPError) as back:
        elsewhere.open(address, data=urlencode(form).encode(), timeout=20)
    assert back.value.code == 302
    return back.value.headers["Location"]


def at_provider(page, who):
    """The path somebody comes back to from the provider that `page` led to."""
    address = unescape(re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page.content.decode())[1])
    parts = urlsplit(log_in_there(address, who))
    return f"{parts.path}?{parts.query}"


def set_up(olga, provider, **more):
    """As the page asks for it; the connection."""
    olga.post(f"{CONSOLE}new/", {"name": "Nordlicht Entra", "kind": "oidc"})
    connection = Connection.objects.latest("pk")
    entered = {
        "name": "Nordlicht Entra",
        "issuer": provider,
        "client_id": "c1",
        "client_secret": "s1",
        **more,
    }
    answer = olga.post(f"{CONSOLE}{connection.public_id}/", entered)
    assert answer.status_code == 302, answer.content.decode()
    connection.refresh_from_db()
    return connection


def run_test(olga, connection, who="olga-1"):
    page = olga.post(f"{CONSOLE}{connection.public_id}/test/")
    return olga.get(at_provider(page, who), follow=True)


def live(olga, provider):
    connection = set_up(olga, provider)
    run_test(olga, connection)
    olga.post(f"{CONSOLE}{connection.public_id}/switch/", {"to": "live"})
    connection.refresh_from_db()
    assert connection.state == "live"
    return connection


def sign_in(browser, connection, who="ada-1", next_path=""):
    """Over the company's own address; where one ends."""
    address = f"/sso/nordlicht/{connection.public_id}/start/"
    return browser.get(at_provider(browser.post(address, {"next": next_path}), who))
