"""Encrypted assertions: off until Olga switches them on; two keys while one takes the other's place."""

import base64
import re

import pytest
from cryptography.hazmat.primitives.asymmetric import padding
from django.test import Client
from django.utils import timezone

from matricula.audit.models import Entry
from matricula.identities.models import CompanySession, ConnectionKey
from matricula.security.seals import reseal_everything
from matricula.sso.models import JudgedAnswer
from matricula.sso.own_keys import make_own_key, private_keys
from matricula.sso.tests import minting
from matricula.sso.tests.company import CONSOLE
from matricula.sso.tests.saml import AUDIENCE, leave, path_of
from tests.at_once import all_at_once

pytestmark = pytest.mark.django_db


def encryption(connection):
    return f"{CONSOLE}{connection.public_id}/encryption/"


def published(connection):
    """Certificates in our metadata, as a provider reads them."""
    shown = Client().get(path_of(connection, "metadata")).content.decode()
    return re.findall(r"<ds:X509Certificate>([^<]+)</ds:X509Certificate>", shown)


def answer(connection, request, settings, monkeypatch, key, **how):
    """Signed by the provider, then encrypted for `key`, as `minting.encrypt` takes it."""
    monkeypatch.setattr(minting, "NOW", timezone.now())
    private = private_keys([key])[key.pk]
    known = minting.private_key
    monkeypatch.setattr(minting, "private_key", lambda name: private if name == "ours" else known(name))
    base, asked = f"{settings.BASE_URL}/sso/nordlicht/{connection.public_id}/", f'InResponseTo="{request}"'
    root = minting.signed(
        destination=f'Destination="{base}acs/"',
        recipient=f'Recipient="{base}acs/"',
        audience=AUDIENCE.format(f"{base}metadata/"),
        in_response_to=asked,
        confirmed=asked,
        confirmed_until=f'NotOnOrAfter="{minting.at(300)}"',
        window=f'NotBefore="{minting.at(-60)}" NotOnOrAfter="{minting.at(3600)}"',
        instant=f'AuthnInstant="{minting.at(-5)}"',
    )
    content = base64.b64encode(minting.written(minting.encrypt(root, "ours", **how))).decode()
    monkeypatch.setattr(minting, "private_key", known)
    return Client().post(path_of(connection, "acs"), {"SAMLResponse": content}).headers["Location"]


def test_no_key_is_published_before_olga_switches_encryption_on(olga, live):
    assert published(live) == []
    assert "It is off" in olga.get(encryption(live)).content.decode()
    assert olga.get(encryption(live)).status_code == 200
    assert published(live) == [], "a look makes no key"
    assert "in our metadata" in olga.post(encryption(live), follow=True).content.decode()
    key = live.certificates.own().get()
    assert published(live) == [key.certificate]
    assert "PRIVATE" not in key.sealed_key
    assert Entry.objects.latest("pk").verb == "connection.key_made"
    assert key.fingerprint[:16] in olga.get(encryption(live)).content.decode()


@pytest.mark.postgres
@pytest.mark.parametrize("data", ["aes128-cbc", "aes256-gcm"])
def test_what_is_encrypted_for_either_key_opens_and_the_one_that_was_used_is_noted(
    olga, live, bruno, settings, monkeypatch, data
):
    olga.post(encryption(live))
    old = live.certificates.own().get()
    olga.post(encryption(live))
    new = live.certificates.own().exclude(pk=old.pk).get()
    assert published(live) == [new.certificate, old.certificate]
    method = f"{minting.XMLENC if 'cbc' in data else minting.XMLENC11}{data}"
    live.identities.create(subject=minting.ADA, account=bruno)
    for key in (old, new):
        browser = Client()
        where = answer(live, leave(browser, live), settings, monkeypatch, key, data=method)
        CompanySession.objects.all().delete()
        assert browser.get(where).status_code in (302, 403)
        key.refresh_from_db()
        assert key.last_used_at
    assert olga.post(f"{CONSOLE}{live.public_id}/certificates/{old.pk}/").headers["Location"] == encryption(
        live
    )
    assert live.certificates.own().get() == new


def test_every_failure_of_opening_reads_the_same(olga, live, settings, monkeypatch):
    """Whoever asks often enough would learn the text from what differs."""
    olga.post(encryption(live))
    key = live.certificates.own().get()
    stranger = ConnectionKey(pk=key.pk, sealed_key=key.sealed_key)
    tries = [
        {"change": lambda clear: b"<a/>"},
        {"change": lambda clear: clear[:-20]},
        {"change": lambda clear: re.sub(rb"<ds:SignatureValue>[^<]+", b"<ds:SignatureValue>AAAA", clear)},
        {"data": f"{minting.XMLENC}aes128-cbc", "change": lambda clear: clear[:37]},
        {"wrap": f"{minting.XMLENC}rsa-1_5", "scheme": padding.PKCS1v15()},
    ]
    pages = set()
    for how in tries:
        browser = Client()
        where = answer(live, leave(browser, live), settings, monkeypatch, stranger, **how)
        page = browser.get(where)
        assert page.status_code == 403
        judged = JudgedAnswer.objects.latest("pk")
        assert judged.reason == "decryption"
        shown = page.content.decode().partition("<footer")[0]  # its foot says the address again
        pages.add(shown.replace(judged.reference, "REFERENCE"))
        assert [one["code"] for one in judged.checks][-1] == "decryption"
        assert (judged.checks[-1]["expected"], judged.checks[-1]["seen"]) == ("", "")
    assert len({re.sub(r"[A-Za-z0-9_-]{64}", "", one) for one in pages}) == 1


def test_without_a_key_an_encrypted_answer_is_refused_as_encrypted(olga, live, settings, monkeypatch, bruno):
    key = make_own_key(connection=live, actor=bruno)
    browser = Client()
    where = answer(live, leave(browser, live), settings, monkeypatch, key)
    key.delete()
    assert browser.get(where).status_code == 403
    assert JudgedAnswer.objects.get().reason == "encrypted_assertion"


def test_the_last_key_goes_after_a_second_question_and_encryption_is_off(olga, live):
    olga.post(encryption(live))
    key = live.certificates.own().get()
    address = f"{CONSOLE}{live.public_id}/certificates/{key.pk}/"
    assert "Switch encryption off?" in olga.get(address).content.decode()
    olga.post(address, {"is_sure": ""})
    assert live.certificates.own().exists()
    olga.post(address, {"is_sure": "on"})
    assert published(live) == []
    assert live.certificates.signing().exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_two_keys_at_most_whoever_asks_at_once(olga, live, bruno):
    all_at_once(*[lambda: make_own_key(connection=live, actor=bruno)] * 4)
    assert live.certificates.own().count() == 2
    assert "Two keys are published already" in olga.post(encryption(live), follow=True).content.decode()


def test_private_keys_come_under_a_new_key_of_the_site(live, bruno, settings):
    key = make_own_key(connection=live, actor=bruno)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 10
    reseal_everything()
    settings.SECRET_KEY_FALLBACKS = []
    key.refresh_from_db()
    assert private_keys([key])
    settings.SECRET_KEY = "a third one" * 10
    assert private_keys([key]) == {}, "it opens nothing, and stops nobody else"
