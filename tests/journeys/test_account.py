"""The account pages: what is Chika's own, changed by her on a phone and at a desk."""

from playwright.sync_api import expect

from conftest import PASSWORD
from matricula.accounts.models import Account, Session
from tests.journeys.walking import (
    BROWSER_TEST,
    click,
    letter_code,
    letter_to,
    log_in,
    log_out,
    open_account_page,
    open_window,
    sees,
    shoot,
    sign_in,
)

pytestmark = BROWSER_TEST


def test_chika_changes_her_name_her_addresses_and_her_password(page, chika, worker):
    sign_in(page, chika, fresh=False)
    page.goto("/account/")
    page.get_by_label("Full name").fill("")
    click(page, "Save")
    page.get_by_role("alert").wait_for()
    page.get_by_label("Full name").fill("Chika Obi-Lang")
    page.get_by_label("Name on certificates").fill("Dr Chika Obi-Lang")
    click(page, "Save")
    expect(page.get_by_text("Saved.")).to_be_visible()
    shoot(page, "account-name")
    open_account_page(page, "E-mail addresses")
    click(page, "Add an address", role="link")
    assert sees(page, "Confirm it is you")
    shoot(page, "prove")
    page.get_by_label("Password").fill("not the password")
    click(page, "Confirm")
    page.get_by_role("alert").first.wait_for()
    page.get_by_label("Password").fill(PASSWORD)
    click(page, "Confirm")
    assert sees(page, "Add an address")
    shoot(page, "add-address")
    page.get_by_label("E-mail").fill("chika at home")
    click(page, "Send the letter")
    page.get_by_role("alert").first.wait_for()
    expect(page.get_by_label("E-mail")).to_have_value("chika at home")
    page.get_by_label("E-mail").fill("chika@home.example")
    click(page, "Send the letter")
    shoot(page, "confirm-address")
    click(page, "Later", role="link")
    shoot(page, "addresses-unconfirmed")
    click(page, "Confirm chika@home.example", role="link")
    page.get_by_label("Code").fill(letter_code("chika@home.example"))
    click(page, "Confirm")
    click(page, "Make primary chika@home.example")
    expect(page.get_by_text("Letters go to this address from now on.")).to_be_visible()
    click(page, "Remove chika@elsewhere.example")
    expect(page.get_by_text("The address is removed.")).to_be_visible()
    click(page, "Remove chika@home.example")
    expect(page.get_by_text("This is the only address that reaches you.")).to_be_visible()
    shoot(page, "addresses-last")
    open_account_page(page, "Password")
    page.get_by_label("Password").fill("qwertyuiop")
    click(page, "Save")
    page.get_by_role("alert").first.wait_for()
    shoot(page, "password-weak")
    page.get_by_label("Password").fill("a new long password")
    click(page, "Save")
    expect(page.get_by_text("Your password is changed")).to_be_visible()
    assert "password" in letter_to("chika@home.example", "accounts.password")
    log_out(page)
    log_in(page, "chika@home.example", "a new long password")
    assert sees(page, "My learning")
    assert Account.objects.get(pk=chika.pk).name_for_certificates == "Dr Chika Obi-Lang"


def test_chika_ends_one_session_and_then_all_others(page, browser, live_server, chika):
    others = [open_window(browser, live_server, "phone") for _ in range(3)]
    for one in others:
        sign_in(one, chika)
    Session.objects.filter(account_id=chika.pk).update(browser="Mozilla/5.0 (iPhone) Safari/600")
    sign_in(page, chika)
    page.goto("/account/sessions/")
    shoot(page, "sessions")
    expect(page.get_by_text("In use now")).to_have_count(1)
    click(page.locator(".list li").nth(1), "End Safari on iPhone")
    expect(page.get_by_text("That session has ended.")).to_be_visible()
    click(page, "End all others")
    expect(page.get_by_text("Every other session has ended.")).to_be_visible()
    shoot(page, "sessions-alone")
    for one in others:
        one.goto("/learn/")
        assert sees(one, "Log in")


def test_a_lost_session_comes_back_to_the_page_that_was_wanted(page, chika):
    page.goto("/account/addresses/")
    assert sees(page, "Log in")
    log_in(page, "chika@elsewhere.example", "not the password")
    page.get_by_text("E-mail and password do not fit together.").wait_for()
    shoot(page, "log-in-wrong")
    log_in(page, "chika@elsewhere.example")
    assert sees(page, "E-mail addresses")
