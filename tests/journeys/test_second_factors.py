"""Chika adds a passkey and an authenticator app, and logs in with them, in a real browser."""

import re
from pathlib import Path

import pyotp
from playwright.sync_api import expect

from matricula.accounts.models import SecondFactor
from tests.journeys.walking import (
    BROWSER_TEST,
    click,
    letter_link,
    log_in,
    log_out,
    open_link,
    sees,
    shoot,
    sign_in,
)

pytestmark = BROWSER_TEST


def chika_logs_in(page):
    page.goto("/account/log-in/")
    log_in(page, "chika@elsewhere.example")


def add_passkey(page):
    page.goto("/account/second-factors/passkey/")
    click(page, "Make recovery codes")
    assert sees(page, "Keep these codes")
    click(page, "I kept them", role="link")
    shoot(page, "passkey")
    page.get_by_label("Name of this passkey").fill("My laptop")
    click(page, "Add a passkey")
    page.wait_for_url("**/account/second-factors/")


def test_a_passkey_signs_in_alone_and_as_second_step(window, chika):
    chika_logs_in(window)
    add_passkey(window)
    expect(window.get_by_text("My laptop").first).to_be_visible()
    shoot(window, "second-factors")
    log_out(window)
    click(window, "Log in with a passkey")
    window.wait_for_url("**/learn/")
    log_out(window)
    chika_logs_in(window)
    expect(window.get_by_role("heading", name="One more step")).to_be_visible()
    shoot(window, "second-step-passkey")
    click(window, "Use your passkey")
    window.wait_for_url("**/learn/")
    assert SecondFactor.objects.get().last_used_at is not None


CANCELS = """() => { navigator.credentials.get = () => Promise.reject(
    new DOMException("The operation timed out or was not allowed. See: w3.org", "NotAllowedError")) }"""


def test_b7_link_your_account_takes_a_passkey_and_comes_back(window, chika, invitation, course, live_server):
    chika_logs_in(window)
    add_passkey(window)
    log_out(window)
    open_link(window, live_server, invitation)
    click(window, "Join now")
    click(window, course.title, role="link")
    click(window, "Start")
    click(window, "Link your account", role="link")
    window.evaluate(CANCELS)
    click(window, "Log in with a passkey")
    window.get_by_text("The passkey was not used: you or your device stopped.").wait_for()
    expect(window.get_by_text("w3.org")).to_have_count(0)
    shoot(window, "link-account-passkey-cancelled")
    window.reload()
    click(window, "Log in with a passkey")
    click(window, "Join as Chika Obi")
    assert sees(window, "Confirm your e-mail")


def test_a_passkey_of_somebody_else_is_no_second_step(window, chika, bruno):
    chika_logs_in(window)
    add_passkey(window)
    SecondFactor.objects.update(account=bruno)
    SecondFactor.objects.create(account=chika, kind="totp", name="App", sealed="x")
    log_out(window)
    click(window, "Log in with a passkey")
    window.get_by_text("This passkey does not fit.").wait_for()
    window.goto("/learn/")
    assert "/account/log-in/" in window.url


def test_an_account_with_nothing_but_a_passkey_confirms_who_it_is(window, chika):
    sign_in(window, chika)
    add_passkey(window)
    chika.set_unusable_password()
    chika.save()
    window.context.clear_cookies()
    sign_in(window, chika, fresh=False)
    window.goto("/account/password/")
    assert sees(window, "Confirm it is you")
    expect(window.get_by_label("Password").or_(window.get_by_label("Code"))).to_have_count(0)
    shoot(window, "prove-passkey")
    click(window, "Use your passkey")
    window.wait_for_url("**/account/password/")
    assert sees(window, "Choose a password")


def test_the_authenticator_app_is_set_up_and_asked_for(page, chika):
    chika_logs_in(page)
    page.goto("/account/second-factors/")
    shoot(page, "no-second-factor")
    click(page, "Set up the app", role="link")
    shoot(page, "authenticator")
    page.get_by_text("I cannot scan it").click()
    secret = page.locator("code").inner_text()
    page.get_by_label("Code").fill(pyotp.TOTP(secret).now())
    click(page, "Confirm")
    expect(page.get_by_role("heading", name="Keep these codes")).to_be_visible()
    recovery = page.locator("code").first.inner_text()
    shoot(page, "recovery-codes")
    with page.expect_download() as saved:
        click(page, "Download", role="link")
    assert recovery in Path(saved.value.path()).read_text()
    log_out(page)
    chika_logs_in(page)
    shoot(page, "second-step")
    page.get_by_role("link", name=re.compile("recovery code")).click()
    shoot(page, "recovery-step")
    page.get_by_label("Recovery code").fill(recovery)
    click(page, "Confirm")
    expect(page.get_by_role("heading", name="My learning")).to_be_visible()


def test_recovery_codes_are_copied_and_printed_without_the_frame_of_the_page(window, chika):
    window.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(window, chika)
    window.goto("/account/second-factors/passkey/")
    click(window, "Make recovery codes")
    shown = window.locator("#codes code").all_inner_texts()
    click(window, "Copy")
    window.get_by_text("Copied").first.wait_for()
    assert window.evaluate("navigator.clipboard.readText()").splitlines() == shown
    window.emulate_media(media="print")
    expect(window.get_by_role("link", name="Download")).to_be_hidden()
    expect(window.locator("#codes")).to_be_visible()
    window.emulate_media(media="screen")


def test_chika_without_device_and_codes_asks_and_stops_it_from_her_letter(page, worker, chika):
    SecondFactor.objects.create(account=chika, kind="totp", name="App", sealed="x")
    chika_logs_in(page)
    click(page, "I do not have my device", role="link")
    shoot(page, "without-device")
    click(page, "Write to my addresses")
    assert sees(page, "We wrote to all your addresses")
    shoot(page, "without-device-waits")
    page.goto(letter_link("chika@elsewhere.example", "accounts.factor_removal"))
    shoot(page, "stop-removal")
    click(page, "Stop it")
    assert sees(page, "Stopped")
