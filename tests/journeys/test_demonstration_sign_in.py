"""A newcomer plays with the demonstration's company sign-in, from its address to My learning and back."""

import re

import pytest

from matricula.demo.company_sign_in import EMPLOYEES
from matricula.demo.data import fill
from tests.counterparts.running import LOOPBACK
from tests.journeys.walking import BROWSER_TEST, click, sees, shoot

pytestmark = BROWSER_TEST
EMRE, GRACE, _WANDA, PIA = EMPLOYEES


@pytest.fixture
def demonstration(transactional_db, settings, live_server):
    """As `matricula demo --serve` has it: the site knows its own address, and may call it."""
    settings.BASE_URL = live_server.url
    settings.PRIVATE_NETWORKS = LOOPBACK
    fill()


def go_to_provider(page):
    page.goto("/sso/nordlicht/")
    shoot(page, "company-sign-in")
    click(page, "Continue with Nordlicht Energie")
    assert sees(page, r"Who do you want to be\?")


def sign_in_as(page, employee):
    go_to_provider(page)
    page.get_by_label(employee.name).check()
    shoot(page, "company-sign-in-provider")
    click(page, "Sign in")


def test_e2_emre_who_is_linked_comes_straight_in(page, demonstration):
    sign_in_as(page, EMRE)
    assert sees(page, "My learning")
    page.get_by_text("Welcome to Nordlicht").first.wait_for()
    shoot(page, "company-sign-in-my-learning")


def test_e6_pia_who_left_is_told_so_and_whoever_cancels_too(page, demonstration):
    sign_in_as(page, PIA)
    assert sees(page, "Your company has ended this sign-in")
    shoot(page, "company-sign-in-ended")
    go_to_provider(page)
    click(page, "Cancel")
    assert sees(page, "The sign-in was cancelled")
    shoot(page, "company-sign-in-cancelled")
    page.get_by_role("link", name="Try again").click()
    assert page.get_by_role("button", name=re.compile("^Continue with")).count() == 1
