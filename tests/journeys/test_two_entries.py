"""ACME lists Ada twice: Bruno reads so and has her asked; she asks which entry stays, combines, undoes."""

import pytest
from playwright.sync_api import expect

from conftest import PASSWORD
from matricula.leaving.tests.test_two_entries import THERE, Twice
from tests.journeys.walking import BROWSER_TEST, click, letter_link, open_window, sees, shoot, sign_in

pytestmark = BROWSER_TEST


@pytest.fixture
def ada(transactional_db):
    return Twice()


def test_bruno_reads_that_two_entries_have_one_name_and_has_them_asked(page, ada, worker):
    ada.there.full_name = "Ada Lovelace"
    ada.there.save()
    sign_in(page, ada.bruno)
    page.goto("/console/acme/people/")
    click(page, "Looks doubled", role="link")
    assert sees(page, "Looks doubled")
    shoot(page, "entries-same-name")
    click(page, THERE, role="link")
    expect(page.get_by_role("heading", name="Are they one person?")).to_be_visible()
    shoot(page, "entries-hint")
    click(page, "Suggest combining with .*")
    expect(page.get_by_text("A letter is on its way to both work e-mails")).to_be_visible()
    shoot(page, "entries-suggested")
    assert letter_link(THERE, "leaving.suggested") == "/account/combine/?language=en"
    click(page, "They are two people: .*")
    expect(page.get_by_text("Another person with the same name")).to_be_visible()
    shoot(page, "entries-two-people")
    page.goto("/console/acme/people/entries/twice/")
    shoot(page, "entries-none")
    page.go_back()
    click(page, "Undo: .*")
    expect(page.get_by_role("heading", name="Are they one person?")).to_be_visible()
    sign_in(page, ada.here)
    page.goto("/account/companies/acme/")
    expect(page.get_by_text("has another entry with your name")).to_be_visible()
    shoot(page, "entries-her-page")


def test_ada_asks_acme_combines_and_undoes_it(browser, page, live_server, ada, worker):
    sign_in(page, ada.here)
    page.goto("/account/combine/")
    page.get_by_label("Password").fill(PASSWORD)
    click(page, "Confirm")
    page.get_by_label("E-mail", exact=True).fill("king@home.example")
    page.get_by_label("Password").fill(PASSWORD)
    click(page, "Show that it is mine")
    assert sees(page, "Not yet")
    shoot(page, "entries-not-yet")
    click(page, "Ask ACME")
    expect(page.get_by_text("ACME was asked")).to_be_visible()
    shoot(page, "entries-asked")
    brunos = open_window(browser, live_server, page.size)
    sign_in(brunos, ada.bruno)
    brunos.goto(letter_link("bruno@acme.example", "leaving.entries_asked"))
    shoot(brunos, "entries-request")
    click(brunos, f"{THERE} stays")
    expect(brunos.get_by_text("Answered.")).to_be_visible()
    shoot(brunos, "entries-answered")
    page.goto(letter_link("ada@home.example", "leaving.entries_answered"))
    page.goto("/account/combine/preview/?keep=here")
    shoot(page, "entries-preview")
    page.get_by_label("Both accounts are mine").check()
    click(page, "Combine")
    assert sees(page, "Your two accounts are one")
    shoot(page, "entries-combined")
    brunos.goto("/console/acme/reports/")
    expect(brunos.get_by_text("two entries became one")).to_be_visible()
    shoot(brunos, "entries-chart")
    click(page, "Undo")
    assert sees(page, "Your accounts are two again")
    shoot(page, "entries-undone")


def test_bruno_says_who_decides(page, ada):
    sign_in(page, ada.bruno)
    page.goto("/console/acme/branding/")
    page.get_by_label("Who decides which entry stays").select_option("allow")
    shoot(page, "entries-setting")
    page.locator("main").get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_label("Who decides which entry stays")).to_have_value("allow")
