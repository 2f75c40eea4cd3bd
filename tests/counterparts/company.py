"""What Olga and Ada do with a provider that runs, without a browser."""

import html
import re
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from matricula.identities.models import Connection, Identity
from matricula.sso.tests.company import CONSOLE
from tests.counterparts.provider_forms import Return, at_provider, way_out


def copied(page: str) -> dict[str, str]:
    """What our page says to enter at the provider, by its id."""
    fields = re.findall(r"(<textarea[^>]+readonly[^>]*>)([^<]*)</textarea>", page)
    return {attribute(tag, "id"): html.unescape(value) for tag, value in fields}


def attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return html.unescape(found[1]) if found else ""


def set_up(olga: Client, provider: Any, **more: str) -> Connection:
    """By the pages of the console; a draft that was saved."""
    olga.post(f"{CONSOLE}new/", {"name": "Nordlicht", "kind": provider.kind})
    connection = Connection.objects.latest("pk")
    page = olga.get(f"{CONSOLE}{connection.public_id}/").content.decode()
    entered = {"name": "Nordlicht", **provider.register(copied(page)), **more}
    answer = olga.post(f"{CONSOLE}{connection.public_id}/", entered)
    assert answer.status_code == 302, answer.content.decode()
    connection.refresh_from_db()
    return connection


def live(olga: Client, provider: Any, **more: str) -> Connection:
    """A connection that is on, without the way through its test."""
    connection = set_up(olga, provider, **more)
    Connection.objects.filter(pk=connection.pk).update(state="live", tested_at=timezone.now())
    connection.refresh_from_db()
    return connection


def linked(connection: Connection, account: Any, subject: str = "ada") -> Identity:
    """Somebody who linked their account before."""
    address = f"{subject}@nordlicht.example"
    made: Identity = connection.identities.create(subject=subject, account=account, email=address)
    return made


def leave(browser: Client, connection: Connection, who: str = "ada", next_path: str = "") -> Return:
    """Out by the company's own address; how the provider sends one back."""
    start = f"/sso/{connection.organization.slug}/{connection.public_id}/start/"
    return at_provider(way_out(browser.post(start, {"next": next_path})), who)


def sign_in(browser: Client, connection: Connection, who: str = "ada", next_path: str = "") -> HttpResponse:
    return leave(browser, connection, who, next_path).follow(browser)
