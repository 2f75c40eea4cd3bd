"""Somebody who has a moment with Ada's account takes her address off it: what cannot be mended waits, and the
letters reach her."""

from datetime import timedelta

import pytest
from django.utils import timezone

from conftest import PASSWORD, person
from matricula.accounts.email_addresses import remove_address
from matricula.audit.models import Entry
from matricula.leaving.changed_hands import WAIT, changed_hands
from matricula.leaving.combining.combining import Asked, combine
from matricula.leaving.combining.reasons import Pair, reasons
from matricula.leaving.deletion.obstacles import obstacles
from matricula.leaving.models import Deletion
from matricula.leaving.tests.one_life import deleted
from matricula.leaving.tests.two_lives import TwoLives, proven
from matricula.mail.models import Letter

pytestmark = pytest.mark.django_db
HERS, ANOTHERS = "vera@home.example", "thief@evil.example"
AGES_AGO = timedelta(days=30)


@pytest.fixture
def vera(db):
    """Somebody else has added an address and confirmed it, and taken hers off."""
    vera = person("Vera", HERS)
    vera.addresses.create(address=ANOTHERS, confirmed_at=timezone.now())
    remove_address(email=vera.addresses.get(address=HERS))
    return vera


def sure():
    """A second factor was shown that the account has had for long."""
    return timezone.now() - AGES_AGO


def told(kind):
    return set(Letter.objects.filter(kind=kind).values_list("to", flat=True))


def test_deleting_waits_after_the_primary_address_was_taken_off(vera):
    assert [one.code for one in obstacles(vera)] == ["changed"]
    assert obstacles(vera, sure_since=sure()) == []


def test_combining_waits_after_the_primary_address_was_taken_off(vera):
    other = person("Vera", "other@home.example")
    assert "changed" in {one.code for one in reasons(Pair(kept=other, given_up=vera))}


def test_who_inherits_the_letters_is_written_down(vera):
    line = Entry.objects.get(verb="address.made_primary")
    assert (line.actor, line.subject_id) == (vera, vera.addresses.get(address=ANOTHERS).pk)


def test_deleting_waits_where_any_confirmed_address_was_taken_off(db):
    vera = person("Vera", HERS)
    remove_address(email=vera.addresses.create(address="two@home.example", confirmed_at=timezone.now()))
    assert changed_hands(vera, timezone.now() - WAIT)


def test_an_address_that_nobody_confirmed_is_taken_off_without_waiting(db):
    vera = person("Vera", HERS)
    remove_address(email=vera.addresses.create(address="typo@home.example"))
    assert obstacles(vera) == []


def test_the_letter_about_deleting_reaches_an_address_that_was_just_taken_off(vera):
    deleted(vera, sure_since=sure())
    assert told("leaving.deletion") == {HERS, ANOTHERS}


def test_who_was_taken_off_long_ago_is_told_nothing(vera, monkeypatch):
    monkeypatch.setattr("matricula.leaving.changed_hands.WAIT", timedelta(0))
    deleted(vera)
    assert told("leaving.deletion") == {ANOTHERS}


def test_by_an_address_that_was_just_taken_off_and_the_password_it_is_taken_back(vera, client):
    deleted(vera, sure_since=sure())
    answer = client.post("/account/log-in/", {"email": HERS, "password": PASSWORD})
    assert answer.status_code == 302
    assert Deletion.objects.open().exists()


def test_the_letter_about_combining_reaches_an_address_that_was_just_taken_off(db):
    two = TwoLives()
    two.there.addresses.create(address=ANOTHERS, confirmed_at=timezone.now())
    primary = two.there.primary_address
    remove_address(email=primary)
    asked = Asked(kept=proven(two.here), given_up=proven(two.there, sure_since=sure()))
    combine(asked=asked, digest=asked.ledger(now=timezone.now()).look()[1])
    assert primary.address in told("leaving.combining")
