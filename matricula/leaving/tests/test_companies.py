"""What companies see: one row for the person, where they knew them, and not one thing of another company."""

import re

import pytest
from django.test import Client

from matricula.leaving.combining.combining import undo_combining
from matricula.leaving.models import Combining
from matricula.leaving.tests.two_lives import TwoLives, combined
from matricula.programs.counting import counted_numbers

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(db) -> TwoLives:
    return TwoLives()


def console_of(organization, owner):
    organization.roles.create(account=owner, kind="owner")
    browser = Client()
    browser.force_login(owner)
    return browser


def page(browser, address):
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return re.sub(r'"[A-Za-z0-9]{64}"', "", answer.content.decode())  # without the tokens of forms


def test_whoever_knew_the_account_given_up_finds_the_person_at_their_old_address(ada, bruno):
    browser = console_of(ada.globex, bruno)
    old = f"/console/globex/people/{ada.there.public_id}/"
    assert "Ada King" in page(browser, old)
    combining = combined(ada.here, ada.there)
    answer = browser.get(old)
    assert (answer.status_code, answer["Cache-Control"]) == (307, "no-store")
    there = page(browser, answer["Location"])
    assert "Ada Lovelace" in there
    for word in ("ACME", "home.example", "acme.example"):
        assert word not in there
    assert "Ada King" not in page(browser, "/console/globex/people/")
    undo_combining(combining=combining, side=Combining.Side.KEPT)
    assert "Ada King" in page(browser, old)


def test_whoever_knew_only_the_account_that_was_kept_learns_nothing(ada, bruno):
    browser = console_of(ada.acme, bruno)
    pages = ["/console/acme/people/", f"/console/acme/people/{ada.here.public_id}/", "/console/acme/audit/"]
    before = [page(browser, one) for one in pages]
    numbers = counted_numbers([ada.welcome.pk], "joined", "started", "course_started")
    combined(ada.here, ada.there)
    assert [page(browser, one) for one in pages][0::2] == before[0::2]
    assert "Globex" not in page(browser, pages[1])
    assert browser.get(f"/console/acme/people/{ada.there.public_id}/").status_code == 404
    assert counted_numbers([ada.welcome.pk], "joined", "started", "course_started") == numbers
