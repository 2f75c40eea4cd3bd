"""Nobody learns from a page, or from how long it takes, whether an address is known here."""

from statistics import median
from time import perf_counter

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.test import Client

from conftest import PASSWORD
from matricula.security.models import Throttle

pytestmark = pytest.mark.django_db(transaction=True)
KNOWN, UNKNOWN = "chika@elsewhere.example", "nobody@elsewhere.example"
TRIES = 250
"""Of each kind; 500 measurements in all."""
ALIKE = 1.15


class CheapArgon2(Argon2PasswordHasher):
    """The real algorithm, small enough for hundreds of tries, large enough to show in what a page costs."""

    time_cost, memory_cost, parallelism = 3, 4096, 1


@pytest.fixture
def real_hash(settings, chika):
    settings.PASSWORD_HASHERS = ["matricula.accounts.tests.test_enumeration.CheapArgon2"]
    chika.password = make_password(PASSWORD)
    chika.save()


def seconds(client: Client, path: str, form: dict[str, str]) -> float:
    begun = perf_counter()
    client.post(path, form)
    return perf_counter() - begun


def medians(path: str, tries: int, **more: str) -> tuple[float, float]:
    """Of known and unknown, tried in turn so that whatever else the machine does meets both alike."""
    client, known, unknown = Client(), [], []
    for number in range(tries):
        if number % 10 == 0:
            Throttle.objects.all().delete()
        known.append(seconds(client, path, {"email": KNOWN, **more}))
        unknown.append(seconds(client, path, {"email": UNKNOWN, **more}))
    return median(known), median(unknown)


def test_enumeration_by_time_a_wrong_password_takes_as_long_for_known_and_unknown_addresses(real_hash):
    known, unknown = medians("/account/log-in/", TRIES, password="not the password")
    assert 1 / ALIKE < known / unknown < ALIKE


def test_enumeration_by_time_the_test_would_notice_a_missing_hash(real_hash, monkeypatch):
    """The same measurement, with the work for unknown addresses taken out."""
    monkeypatch.setattr("matricula.accounts.authentication.make_password", lambda password: "")
    known, unknown = medians("/account/log-in/", TRIES // 4, password="not the password")
    assert known / unknown > ALIKE


@pytest.mark.parametrize("path", ["/account/log-in/", "/account/forgotten/", "/join/lost-letter/"])
def test_enumeration_by_text_the_pages_are_the_same(client, chika, path):
    pages = []
    for address in (KNOWN, UNKNOWN):
        answer = client.post(path, {"email": address, "password": "not the password"})
        text = answer.content.decode().replace(address, "…")
        token = str(answer.context["csrf_token"])
        pages.append((answer.status_code, text.replace(token, "")))
    assert pages[0] == pages[1]
