"""Certificates end: Olga is told in time, adds the next one, and retires the old one after it was used."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from matricula.audit.models import Entry
from matricula.identities.models import ConnectionKey
from matricula.mail.composition import compose_message
from matricula.mail.models import Letter
from matricula.sso.certificates import ENDING, retire_certificate, tell_ending_certificates
from matricula.sso.tests import minting
from matricula.sso.tests.company import CONSOLE
from tests.at_once import all_at_once

pytestmark = pytest.mark.django_db


def end_in(connection, days, **of):
    ends = timezone.now() + timedelta(days=days, minutes=-1)
    connection.certificates.filter(**of).update(ends_at=ends)


def told():
    return list(Letter.objects.filter(kind=ENDING).order_by("pk"))


@pytest.mark.postgres
def test_the_owners_get_a_letter_30_7_and_1_days_before_the_end_each_once(live):
    counts = []
    for days in (31, 30, 29, 7, 6, 1, 0.5, -1):
        end_in(live, days)
        tell_ending_certificates()
        tell_ending_certificates()
        counts.append(len(told()))
    assert counts == [0, 1, 1, 2, 2, 3, 3, 3]
    assert told()[0].to == "bruno@nordlicht.example"


def test_one_found_late_is_told_once_and_not_three_times(live):
    end_in(live, 0.5)
    tell_ending_certificates()
    assert len(told()) == 1


@pytest.mark.parametrize("state", ["draft", "off"])
def test_of_a_connection_that_is_not_live_nobody_is_told(live, state):
    type(live).objects.update(state=state)
    end_in(live, 3)
    tell_ending_certificates()
    assert not told()


def test_one_with_a_successor_ends_in_silence_and_a_letter_on_its_way_is_moot(live):
    end_in(live, 3)
    tell_ending_certificates()
    (letter,) = told()
    assert compose_message([letter])
    successor = pin(live, "next")
    assert not compose_message([letter])
    Letter.objects.all().delete()
    ConnectionKey.objects.update(told_days=None)
    tell_ending_certificates()
    assert not told()
    successor.delete()
    tell_ending_certificates()
    assert told()


def pin(connection, name):
    certificate = minting.certificate(name)
    return connection.certificates.create(
        certificate=certificate.to_text(),
        fingerprint=certificate.fingerprint,
        starts_at=certificate.not_before,
        ends_at=timezone.now() + timedelta(days=300),
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "A certificate of Nordlicht ADFS ends on"),
        ("de", "Ein Zertifikat von Nordlicht ADFS endet am"),
        ("es", "Un certificado de Nordlicht ADFS termina el"),
        ("ar", "تنتهي شهادة"),
    ],
)
def test_the_letter_is_in_the_language_of_its_reader(live, language, words):
    live.certificates.update(ends_at=timezone.now() + timedelta(days=3))
    tell_ending_certificates()
    Letter.objects.update(language=language)
    (letter,) = told()
    message = compose_message([letter])[letter.pk]
    assert words in message.subject
    assert f"{CONSOLE}{live.public_id}/certificates/" in message.text


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_of_two_workers_one_writes(live):
    end_in(live, 3)
    all_at_once(*[tell_ending_certificates] * 4)
    assert len(told()) == 1


# -- what the page does ---------------------------------------------------------------------------


def add(olga, connection, **given):
    return olga.post(f"{CONSOLE}{connection.public_id}/certificates/", given)


def pem(name="next"):
    return minting.certificate(name).loaded.public_bytes(Encoding.PEM)


@pytest.mark.parametrize(
    "given",
    [
        {"certificate": pem().decode()},
        {"certificate": minting.certificate("next").to_text()},
        {"certificate_file": pem()},
        {"certificate_file": minting.certificate("next").der},
        {"certificate_file": minting.certificate("next").to_text().encode()},
    ],
)
def test_olga_adds_the_next_one_beside_the_old(olga, saml, given):
    sent = {
        name: SimpleUploadedFile("c.cer", value) if isinstance(value, bytes) else value
        for name, value in given.items()
    }
    assert add(olga, saml, **sent).status_code == 302
    assert saml.certificates.signing().count() == 2
    assert Entry.objects.latest("pk").verb == "connection.certificate_added"
    page = olga.get(f"{CONSOLE}{saml.public_id}/certificates/").content.decode()
    assert page.count("never used") == 2


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"certificate": ""}, "Give the certificate once"),
        ({"certificate": "x", "certificate_file": b"x"}, "Give the certificate once"),
        ({"certificate": "no certificate"}, "not an X.509 certificate"),
        ({"certificate": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"}, "not an X.509"),
        ({"certificate": "ä\u2028"}, "not an X.509 certificate"),
        ({"certificate_file": b"\x30\x82\xff\xff"}, "not an X.509 certificate"),
        ({"certificate_file": b"\xff\xfe\x00"}, "not an X.509 certificate"),
        ({"certificate_file": b"0" * 70_000}, "The file is too large"),
        ({"certificate": pem("short").decode()}, "too weak"),
        ({"certificate": pem("acme").decode()}, "in force already"),
    ],
)
def test_what_is_no_fitting_certificate_is_refused_in_words(olga, saml, given, words):
    sent = {
        name: SimpleUploadedFile("c.cer", value) if isinstance(value, bytes) else value
        for name, value in given.items()
    }
    answer = add(olga, saml, **sent)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert saml.certificates.signing().count() == 1


def test_an_eleventh_is_not_taken(olga, saml):
    for number in range(9):
        saml.certificates.create(fingerprint=f"{number}", starts_at=timezone.now(), ends_at=timezone.now())
    assert "10 certificates are in force" in add(olga, saml, certificate=pem().decode()).content.decode()


def test_after_the_new_one_was_used_the_old_one_retires_without_a_second_question(olga, saml):
    old, new = saml.certificates.get(), pin(saml, "next")
    address = f"{CONSOLE}{saml.public_id}/certificates/{old.pk}/"
    assert "is_sure" in olga.get(address).content.decode()
    ConnectionKey.objects.filter(pk=new.pk).update(last_used_at=timezone.now())
    assert "is_sure" not in olga.get(address).content.decode()
    assert olga.post(address).headers["Location"] == f"{CONSOLE}{saml.public_id}/certificates/"
    assert saml.certificates.signing().get() == new


@pytest.mark.parametrize(
    ("days", "words"), [(20, "The last certificate ends on"), (-2, "The last certificate ended")]
)
def test_its_page_and_that_of_the_connection_warn(olga, saml, days, words):
    end_in(saml, days)
    for rest in ("", "certificates/"):
        assert words in olga.get(f"{CONSOLE}{saml.public_id}/{rest}").content.decode()
    end_in(saml, 300)
    assert "The last certificate end" not in olga.get(f"{CONSOLE}{saml.public_id}/").content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_of_two_owners_who_retire_one_each_the_second_finds_the_last(olga, saml, bruno):
    old, new = saml.certificates.get(), pin(saml, "next")
    outcomes = all_at_once(
        lambda: retire_certificate(key=old, actor=bruno, is_sure=True),
        lambda: retire_certificate(key=new, actor=bruno, is_sure=True),
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["LastCertificate", "NoneType"]
    assert saml.certificates.signing().count() == 1


def test_openid_connect_has_no_certificates(olga, organization):
    made = organization.connections.create(kind="oidc", name="Okta")
    for rest in ("certificates/", "encryption/", "provider/", "renewal/"):
        assert olga.get(f"{CONSOLE}{made.public_id}/{rest}").status_code == 404
        assert olga.post(f"{CONSOLE}{made.public_id}/{rest}").status_code == 404


def test_dates_are_told_as_they_are(olga, saml):
    saml.certificates.update(ends_at=datetime(2031, 5, 4, tzinfo=UTC))
    page = olga.get(f"{CONSOLE}{saml.public_id}/certificates/").content.decode()
    assert "May 4, 2031" in page or "4 May 2031" in page
