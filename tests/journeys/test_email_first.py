"""Ada types her e-mail; her company's domain leads to its sign-in, any other to the password."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from conftest import PASSWORD, person
from matricula.identities.tests.company import live_connection, signed_in_by_company
from matricula.programs.memberships import enter_program
from tests.journeys.test_keyboard import press, write
from tests.journeys.walking import BROWSER_TEST, click, letter_link, log_in, sees, shoot

pytestmark = BROWSER_TEST
WORK, HOME = "ada@nordlicht.example", "ada@home.example"


@pytest.fixture
def company(organization):
    live_connection(organization, name="Nordlicht Entra")
    organization.domains.create(name="nordlicht.example", secret="0" * 32, proven_at=timezone.now())
    return organization


@pytest.fixture
def ada(company, program):
    account = person("Ada Okafor", HOME)
    account.addresses.create(address=WORK, confirmed_at=timezone.now())
    enter_program(program=program, account=account)
    return account


def email_goes_on(page, address):
    page.get_by_label("E-mail", exact=True).fill(address)
    click(page, "Continue")


def test_e2_the_work_e_mail_leads_to_the_company_and_ones_own_password_stays(page, ada, live_server):
    page.goto("/account/addresses/")
    assert sees(page, "Log in")
    shoot(page, "log-in-email")
    email_goes_on(page, "ada at work")
    page.get_by_role("alert").first.wait_for()
    expect(page.get_by_label("E-mail", exact=True)).to_have_value("ada at work")
    shoot(page, "log-in-email-wrong")
    email_goes_on(page, WORK)
    assert sees(page, "Sign in with your company")
    expect(page.get_by_role("button", name="Continue with Nordlicht Entra")).to_be_visible()
    shoot(page, "log-in-company")
    click(page, "Use my own password", role="link")
    assert sees(page, "Enter your password")
    expect(page.get_by_label("E-mail", exact=True)).to_have_value(WORK)
    shoot(page, "log-in-password")
    log_in(page, WORK, "not the password")
    page.get_by_text("E-mail and password do not fit together.").wait_for()
    expect(page.get_by_label("E-mail", exact=True)).to_have_value(WORK)
    shoot(page, "log-in-password-wrong")
    log_in(page, WORK)
    assert sees(page, "E-mail addresses")


def test_e2_another_e_mail_is_asked_for_a_password_and_can_still_go_by_the_company(page, ada, company):
    live_connection(company, name="Nordlicht ADFS of the works council", issuer="https://adfs.example")
    page.goto("/account/log-in/?next=/certificates/")
    email_goes_on(page, HOME)
    assert sees(page, "Enter your password")
    click(page, "My company signs me in", role="link")
    email_goes_on(page, WORK)
    shoot(page, "log-in-company-several")
    click(page, "Log in with another e-mail", role="link")
    log_in(page, HOME)
    page.wait_for_url("**/certificates/")


def test_e5_what_is_adas_own_asks_for_her_and_never_sends_her_back_to_the_company(page, ada, company, worker):
    ada.set_unusable_password()
    ada.save()
    session = signed_in_by_company(ada, company).cookies["matricula"].value
    page.context.add_cookies([{"name": "matricula", "value": session, "url": page.base}])
    page.goto("/learn/")
    assert sees(page, "My learning")
    page.goto("/account/addresses/")
    assert sees(page, "This page is yours alone")
    shoot(page, "log-in-in-person")
    click(page, "Choose one by letter", role="link")
    page.get_by_label("E-mail").fill(HOME)
    click(page, "Send me a letter")
    page.goto(letter_link(HOME, "accounts.password_reset"))
    page.get_by_label("Password").fill(PASSWORD)
    click(page, "Save and log in")
    assert sees(page, "E-mail addresses")


def test_a_password_manager_that_fills_both_logs_in_with_one_press(desk, ada):
    desk.goto("/account/log-in/?next=/certificates/")
    desk.get_by_label("E-mail", exact=True).fill(WORK)
    desk.evaluate("given => document.querySelector('[type=password]').value = given", PASSWORD)
    click(desk, "Continue")
    desk.wait_for_url("**/certificates/")


def test_both_steps_work_by_keyboard_and_the_unseen_field_is_passed_over(desk, ada):
    desk.goto("/account/log-in/?next=/certificates/")
    write(desk, "E-mail", HOME)
    desk.keyboard.press("Tab")
    assert desk.evaluate("document.activeElement.innerText.trim().toLowerCase()") == "continue"
    with desk.expect_navigation():
        desk.keyboard.press("Enter")
    assert desk.evaluate("document.activeElement.type") == "password"
    desk.keyboard.type(PASSWORD)
    press(desk, "Log in")
    desk.wait_for_url("**/certificates/")
