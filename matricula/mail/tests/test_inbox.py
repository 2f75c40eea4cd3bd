"""The inbox page holds everybody's links and codes: it answers the developer's own browser."""

import pytest
from django.test import Client

from matricula.mail.models import InboxLetter, Letter

pytestmark = pytest.mark.django_db


@pytest.fixture
def paths(settings):
    settings.DEVELOPMENT = True
    letter = Letter.objects.create(kind="k", to="ada@nordlicht.example")
    kept = InboxLetter.objects.create(
        letter=letter, to=letter.to, sender="m", subject="s", text="t", html="h"
    )
    return ["/_mail/", "/_mail/?format=json", f"/_mail/{kept.pk}/"]


def statuses(paths, **sent):
    client = Client(**sent)
    return {client.get(path).status_code for path in paths}


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.9", "::1"])
def test_a_browser_of_this_machine_reads_the_letters(paths, address):
    assert statuses(paths, REMOTE_ADDR=address) == {200}


@pytest.mark.parametrize("address", ["203.0.113.9", "10.0.0.7", "2001:db8::1", "", "unix:"])
def test_nobody_from_elsewhere_reads_them(paths, address):
    assert statuses(paths, REMOTE_ADDR=address) == {404}


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "Forwarded", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via"]
)
def test_nobody_reads_them_through_a_proxy_of_this_machine(paths, header):
    assert statuses(paths, headers={header: "127.0.0.1"}) == {404}


def test_everybody_reads_them_where_that_was_asked_for(paths, settings):
    settings.OPEN_INBOX = True
    assert statuses(paths, REMOTE_ADDR="203.0.113.9", headers={"X-Forwarded-For": "203.0.113.9"}) == {200}
    settings.DEVELOPMENT = False
    assert statuses(paths) == {404}


def test_letters_are_found_by_address_subject_and_words(paths):
    letter = Letter.objects.create(kind="k", to="dana@nordlicht.example")
    InboxLetter.objects.create(
        letter=letter, to=letter.to, sender="m", subject="Your code", text="Enter 123456", html="h"
    )
    found = {q: Client().get("/_mail/", {"q": q}).content.decode() for q in ("DANA code", "123456", "zebra")}
    for asked in ("DANA code", "123456"):
        assert "dana@nordlicht.example" in found[asked]
        assert ">ada@nordlicht.example" not in found[asked]
    assert "No letter has these words" in found["zebra"]
    assert len(Client().get("/_mail/", {"q": "dana", "format": "json"}).json()) == 1
