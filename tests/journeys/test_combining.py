"""Ada has two accounts: she brings them together on a phone and at a desk, and takes them apart again."""

import pytest
from playwright.sync_api import expect

from conftest import PASSWORD
from matricula.leaving.tests.two_lives import TwoLives, combined
from tests.journeys.walking import BROWSER_TEST, click, letter_link, sees, shoot, sign_in

pytestmark = BROWSER_TEST


@pytest.fixture
def ada(transactional_db):
    return TwoLives()


def test_ada_combines_her_two_accounts_and_undoes_it(page, ada, worker):
    sign_in(page, ada.here)
    page.goto("/account/")
    click(page, "Other accounts", role="link")
    shoot(page, "combinings-none")
    click(page, "I have another account", role="link")
    shoot(page, "combine-own")
    page.get_by_label("Password").fill("not the password")
    click(page, "Confirm")
    page.get_by_role("alert").first.wait_for()
    page.get_by_label("Password").fill(PASSWORD)
    click(page, "Confirm")
    assert sees(page, "Now log in to your other account")
    page.get_by_label("E-mail", exact=True).fill("king@home.example")
    page.get_by_label("Password").fill(PASSWORD)
    shoot(page, "combine-other")
    click(page, "Show that it is mine")
    page.get_by_role("heading", name="What becomes of everything").wait_for()
    shoot(page, "combine-preview")
    page.goto("/account/combine/preview/?keep=here")
    page.get_by_label("Both accounts are mine").check()
    click(page, "Combine")
    assert sees(page, "Your two accounts are one")
    shoot(page, "combining")
    page.goto("/account/combinings/")
    shoot(page, "combinings")
    click(page, "Look at it Ada King", role="link")
    click(page, "Undo")
    expect(page.get_by_role("heading", name="Your accounts are two again")).to_be_visible()
    shoot(page, "combining-undone")


def test_ada_is_told_what_stands_against_it(page, ada):
    ada.acme.affiliations.create(account=ada.there, work_email="king@acme.example")
    ada.acme.roles.create(account=ada.there, kind="viewer")
    ada.acme.roles.create(account=ada.here, kind="owner")
    sign_in(page, ada.here)
    page.goto("/account/combine/")
    page.get_by_label("Password").fill(PASSWORD)
    click(page, "Confirm")
    page.get_by_label("E-mail", exact=True).fill("king@home.example")
    page.get_by_label("Password").fill(PASSWORD)
    click(page, "Show that it is mine")
    assert sees(page, "Not yet")
    expect(page.get_by_text("ACME lists you twice")).to_be_visible()
    expect(page.get_by_text("You have a role at ACME in both accounts")).to_be_visible()
    shoot(page, "combine-not-yet")


def test_ada_undoes_it_from_a_letter(page, ada, worker):
    combined(ada.here, ada.there)
    page.goto(letter_link("king@home.example", "leaving.combining"))
    shoot(page, "undo-by-letter")
    page.get_by_label("Password").fill(PASSWORD)
    click(page, "Undo")
    assert sees(page, "Your accounts are two again")
    page.goto("/account/")
    expect(page.get_by_label("Full name")).to_have_value("Ada King")
