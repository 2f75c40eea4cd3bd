"""A company's SAML, as Olga sets it up from metadata, and what its provider posts, without a browser."""

import base64
import re
import zlib
from html import unescape
from urllib.parse import parse_qs, urlsplit

from django.utils import timezone

from matricula.identities.models import Connection, Identity
from matricula.sso.tests import minting
from matricula.sso.tests.company import CONSOLE, entity

AUDIENCE = "<a:AudienceRestriction><a:Audience>{}</a:Audience></a:AudienceRestriction>"


def set_up(olga, *keys, **more):
    olga.post(f"{CONSOLE}new/", {"name": "Nordlicht ADFS", "kind": "saml"})
    connection = Connection.objects.latest("pk")
    entered = {"name": "Nordlicht ADFS", "metadata": entity(*keys)} | more
    answer = olga.post(f"{CONSOLE}{connection.public_id}/", entered)
    assert answer.status_code == 302, answer.content.decode()
    connection.refresh_from_db()
    return connection


def linked(live, ada, subject="s"):
    return Identity.objects.create(
        connection=live, subject=subject, account=ada, email="ada@nordlicht.example"
    )


def path_of(connection, rest):
    return f"/sso/nordlicht/{connection.public_id}/{rest}/"


def leave(browser, connection, next_path=""):
    """The ID of the request that the browser takes along."""
    page = browser.post(path_of(connection, "start"), {"next": next_path}).content.decode()
    return request_in(page)


def request_in(page):
    address = unescape(re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page)[1])
    packed = parse_qs(urlsplit(address).query)["SAMLRequest"][0]
    xml = zlib.decompress(base64.b64decode(packed), -zlib.MAX_WBITS).decode()
    return re.search(r' ID="([^"]+)"', xml)[1]


def answer_to(connection, request, settings, monkeypatch, **changes):
    """What the provider posts, base64."""
    monkeypatch.setattr(minting, "NOW", timezone.now())
    base = f"{settings.BASE_URL}/sso/nordlicht/{connection.public_id}/"
    asked = f'InResponseTo="{request}"' if request else ""
    given = {
        "destination": f'Destination="{base}acs/"',
        "recipient": f'Recipient="{base}acs/"',
        "audience": AUDIENCE.format(f"{base}metadata/"),
        "in_response_to": asked,
        "confirmed": asked,
        "confirmed_until": f'NotOnOrAfter="{minting.at(300)}"',
        "window": f'NotBefore="{minting.at(-60)}" NotOnOrAfter="{minting.at(3600)}"',
        "instant": f'AuthnInstant="{minting.at(-5)}"',
    } | changes
    key = given.pop("key", "acme")
    return base64.b64encode(minting.written(minting.signed(key=key, **given))).decode()
