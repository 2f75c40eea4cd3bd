"""An identity provider's pages, without a browser: its forms are filled in until it sends somebody back."""

import re
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urljoin, urlsplit

import requests
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from lxml import html

from tests.counterparts.providers import SECONDS

MOST_STEPS = 12
WHO = ("who", "login", "username", "sub")
"""What providers call the field that asks who somebody is."""


@dataclass
class Return:
    """How the provider sends somebody back: to an address, or with a form that is posted there."""

    path: str
    fields: dict[str, str] = field(default_factory=dict)

    def follow(self, browser: Client) -> HttpResponse:
        """A post comes from another site, without a cookie of ours; what follows it has them."""
        if not self.fields:
            return browser.get(self.path)
        answer = Client().post(self.path, self.fields)
        return browser.get(answer.headers["Location"]) if answer.status_code == 303 else answer


def way_out(page: HttpResponse) -> str:
    """Where the page that leads to the provider leads."""
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page.content.decode())
    assert found, page.content.decode()
    return unescape(found[1])


def at_provider(address: str, who: str) -> Return:
    """What somebody does there."""
    with requests.Session() as session:
        session.trust_env = False
        answer = session.get(address, timeout=SECONDS, allow_redirects=False)
        for _ in range(MOST_STEPS):
            if answer.is_redirect:
                target = urljoin(answer.url, answer.headers["Location"])
                if is_ours(target):
                    return Return(local(target))
                answer = session.get(target, timeout=SECONDS, allow_redirects=False)
                continue
            method, target, fields = form_of(answer, who)
            if is_ours(target):
                return Return(local(target), fields)
            sent = {"data": fields} if method == "POST" else {"params": fields}
            answer = session.request(method, target, timeout=SECONDS, allow_redirects=False, **sent)
    raise AssertionError(f"it never sent {who} back: {answer.text[:2000]}")


def is_ours(address: str) -> bool:
    return address.startswith(settings.BASE_URL + "/")


def local(address: str) -> str:
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def form_of(answer: requests.Response, who: str) -> tuple[str, str, dict[str, str]]:
    """Method, address and fields of the page's first form, filled in. A password is the person's name."""
    forms = html.document_fromstring(answer.content).forms
    assert forms, f"{answer.status_code} {answer.url}: {answer.text[:2000]}"
    one = forms[0]
    fields = dict(one.form_values())
    fields |= {name: who for name in one.fields if name in (*WHO, "password")}
    target = urljoin(answer.url, one.action or answer.url)
    # A form that is sent by GET writes a query of its own (HTML, 4.10.22.3).
    return one.method, target.split("?")[0] if one.method == "GET" else target, fields
