"""SET UP YOUR ACCOUNT and LINK YOUR ACCOUNT, by every way that leads through them."""

import re

import pyotp
import pytest
from playwright.sync_api import expect

from conftest import PASSWORD, person
from matricula.accounts.models import Confirmation, EmailAddress
from matricula.accounts.second_factors import add_authenticator, renew_recovery_codes
from matricula.invitations.invitations import invite_person
from matricula.joining.direct_links import make_direct_link
from matricula.learning.models import Enrolment
from matricula.mail.models import Letter
from matricula.programs.models import Membership
from matricula.programs.terms import Terms
from tests.journeys.walking import (
    BROWSER_TEST,
    click,
    letter_code,
    letter_link,
    log_in,
    open_link,
    open_window,
    sees,
    shoot,
    sign_in,
    when,
)

pytestmark = BROWSER_TEST


def start(page, course):
    """JOIN NOW, look into the course, START."""
    click(page, "Join now")
    click(page, course.title, role="link")
    click(page, "Start")


def sign_up(page, *, work_email=None):
    page.get_by_label("Full name").fill("Ada Okafor")
    if work_email:
        page.get_by_label("Work e-mail").fill(work_email)
    page.get_by_label("Alternative e-mail").fill("ada@home.example")
    page.get_by_label("Password").fill(PASSWORD)
    click(page, "Sign up")


def test_b5_c1_c4_c7_by_direct_link_to_a_course_with_a_mistyped_address(page, program, course, bruno, worker):
    _, address = make_direct_link(program=program, actor=bruno, terms=Terms(course=course))
    page.goto("/join/" + address.split("/join/")[1])
    shoot(page, "welcome-direct")
    click(page, "Join now")
    assert sees(page, course.title)
    click(page, "Start")
    shoot(page, "account-direct")
    sign_up(page, work_email="ada@nordlihct.example")
    letter_code("ada@nordlihct.example")
    Letter.objects.filter(to="ada@nordlihct.example").update(state=Letter.State.FAILED)
    page.reload()
    expect(page.get_by_text("The letter came back")).to_be_visible()
    shoot(page, "confirm-came-back")
    click(page, "Correct the address", role="link")
    shoot(page, "work-email")
    page.get_by_label("Work e-mail").fill("ada@nordlicht.example")
    click(page, "Go on")
    page.get_by_label("Code").fill(letter_code("ada@nordlicht.example"))
    click(page, "Confirm")
    assert sees(page, course.title)
    page.goto(letter_link("ada@home.example", "accounts.confirmation"))
    shoot(page, "confirm-alternative")
    click(page, "Confirm")
    expect(page.get_by_text("Your e-mail is confirmed.")).to_be_visible()
    assert EmailAddress.objects.confirmed().filter(address="ada@home.example").exists()
    assert not EmailAddress.objects.filter(address="ada@nordlihct.example").exists()


def test_c4_the_link_pressed_on_the_phone_takes_the_desk_into_the_course(
    desk, phone, invitation, course, worker, live_server
):
    open_link(desk, live_server, invitation)
    start(desk, course)
    sign_up(desk)
    assert sees(desk, "Confirm your e-mail")
    phone.goto(letter_link("ada@nordlicht.example", "accounts.confirmation"))
    shoot(phone, "confirm-elsewhere")
    phone.get_by_label("Password").fill("not the password")
    click(phone, "Confirm")
    expect(phone.get_by_text("This is not the password of that account.")).to_be_visible()
    phone.get_by_label("Password").fill(PASSWORD)
    click(phone, "Confirm")
    assert sees(phone, "My learning")
    desk.wait_for_url(f"**{course.address}")
    assert sees(desk, course.title)
    assert Membership.objects.count() == Enrolment.objects.count() == 1


def test_c4_the_holder_of_a_mistyped_address_takes_it_off_and_nothing_else(
    page, browser, program, invitation, course, worker, live_server
):
    phone = open_window(browser, live_server, "phone")
    program.trusts_the_link = True
    program.save()
    open_link(phone, live_server, invitation)
    start(phone, course)
    sign_up(phone)
    assert sees(phone, course.title)
    address = letter_link("ada@home.example", "accounts.confirmation")
    page.goto(address)
    expect(page).to_have_url(re.compile("/account/confirm/"))
    assert not address.endswith(page.url.split("/account/")[1])
    click(page, "I did not set up this account", role="link")
    shoot(page, "release")
    click(page, "Take my address off")
    assert sees(page, "Your address is free")
    shoot(page, "released")
    assert not EmailAddress.objects.filter(address="ada@home.example").exists()
    assert Membership.objects.get().account.full_name == "Ada Okafor"


def test_c4_c6_bad_input_wrong_code_five_wrong_codes_and_another_letter(
    page, invitation, course, worker, live_server
):
    open_link(page, live_server, invitation)
    start(page, course)
    sign_up(page)
    right = letter_code("ada@nordlicht.example")
    wrong = "000000" if right != "000000" else "111111"
    for tries_left in (4, 3, 2, 1, 0):
        page.get_by_label("Code").fill(wrong)
        click(page, "Confirm")
        told = {0: "it was the last try", 1: "1 try is left"}.get(tries_left, f"{tries_left} tries are left")
        page.get_by_text(told).wait_for()
    shoot(page, "code-wrong")
    page.get_by_label("Code").fill(right)
    click(page, "Confirm")
    page.get_by_text("This code no longer works. Ask for a new letter below.").wait_for()
    click(page, "Send another letter")
    page.get_by_text("A new letter is on its way.").wait_for()
    latest = Confirmation.objects.latest("pk")
    sent = Letter.objects.filter(reference=latest.pk, state=Letter.State.SENT)
    when(sent.exists, "the second letter")
    page.get_by_label("Code").fill(letter_code("ada@nordlicht.example"))
    click(page, "Confirm")
    assert sees(page, course.title)


def test_c2_d2_an_invited_mailbox_that_has_an_account_asks_for_its_password(
    page, program, course, bruno, live_server
):
    person("Ada Okafor", "ada@home.example")
    invitation = invite_person(program=program, address="ada@home.example", invited_by=bruno)
    open_link(page, live_server, invitation)
    start(page, course)
    assert sees(page, "Set up your account")
    expect(page.get_by_label("E-mail", exact=True)).to_have_value("ada@home.example")
    shoot(page, "existing-password")
    log_in(page, "ada@home.example", "not the password")
    page.get_by_role("alert").first.wait_for()
    expect(page.get_by_label("E-mail", exact=True)).to_have_value("ada@home.example")
    log_in(page, "ada@home.example")
    assert sees(page, course.title)
    assert Membership.objects.get().account.full_name == "Ada Okafor"


@pytest.fixture
def app(chika):
    """Chika's authenticator app."""
    secret = pyotp.random_base32()
    add_authenticator(account=chika, secret=secret, code=pyotp.TOTP(secret).now())
    chika.second_factors.update(counter=0)
    return pyotp.TOTP(secret)


def test_c3_chika_links_her_account_with_its_second_factor(
    page, invitation, course, chika, app, worker, live_server
):
    """At a desk with the app's code, on the phone with a recovery code; both come back to where she was."""
    recovery = renew_recovery_codes(account=chika)[0]
    open_link(page, live_server, invitation)
    start(page, course)
    click(page, "Link your account", role="link")
    shoot(page, "link-account")
    log_in(page, "chika@elsewhere.example")
    assert sees(page, "One more step")
    if page.size == "desktop":
        page.get_by_label("Code").fill(app.now())
    else:
        page.get_by_role("link", name="recovery code").click()
        page.get_by_label("Recovery code").fill(recovery)
    click(page, "Confirm")
    assert sees(page, "Link your account")
    shoot(page, "link-account-signed-in")
    click(page, "Join as Chika Obi")
    page.get_by_label("Code").fill(letter_code("ada@nordlicht.example"))
    click(page, "Confirm")
    assert sees(page, course.title)
    assert chika.primary_address.address == "chika@elsewhere.example"


def test_c3_a_forgotten_password_comes_back_to_the_arrival(
    page, invitation, course, chika, worker, live_server
):
    open_link(page, live_server, invitation)
    start(page, course)
    click(page, "Link your account", role="link")
    click(page, "Forgot your password\\?", role="link")
    shoot(page, "forgotten")
    page.get_by_label("E-mail").fill("chika@elsewhere.example")
    click(page, "Send me a letter")
    assert sees(page, "Look at your mail")
    page.goto(letter_link("chika@elsewhere.example", "accounts.password_reset"))
    page.get_by_label("Password").fill("password")
    click(page, "Save and log in")
    page.get_by_role("alert").first.wait_for()
    shoot(page, "reset-weak")
    page.get_by_label("Password").fill("a new long password")
    click(page, "Save and log in")
    click(page, "Join as Chika Obi")
    page.get_by_label("Code").fill(letter_code("ada@nordlicht.example"))
    click(page, "Confirm")
    assert sees(page, course.title)


def test_two_tabs_join_at_once_and_make_one_membership(desk, invitation, course, chika, worker, live_server):
    sign_in(desk, chika)
    open_link(desk, live_server, invitation)
    click(desk, "Join as Chika Obi")
    click(desk, course.title, role="link")
    click(desk, "Start")
    other = desk.context.new_page()
    other.goto(desk.url)
    code = letter_code("ada@nordlicht.example")
    for tab in (desk, other):
        tab.get_by_label("Code").fill(code)
    click(desk, "Confirm")
    assert sees(desk, course.title)
    click(other, "Confirm")
    assert sees(other, course.title)
    assert Membership.objects.count() == 1


def test_another_browser_without_the_session_is_told_to_open_the_link_again(
    phone, browser, invitation, course, live_server
):
    open_link(phone, live_server, invitation)
    start(phone, course)
    stranger = open_window(browser, live_server, "phone")
    stranger.goto(phone.url)
    assert sees(stranger, "Open your link again")
    phone.context.clear_cookies()
    click(phone, "Sign up")
    assert sees(phone, "This page has grown old")


def test_a_course_taken_out_meanwhile_leads_to_what_is_still_offered(
    page, program, invitation, course, chika, worker, live_server
):
    sign_in(page, chika)
    open_link(page, live_server, invitation)
    click(page, "Join as Chika Obi")
    click(page, course.title, role="link")
    program.courses.remove(course)
    click(page, "Start")
    assert sees(page, "What would you like to start with\\?")
    expect(page.get_by_text("That was taken out of the program a moment ago.")).to_be_visible()
    shoot(page, "taken-out")
    program.courses.add(course)
    page.reload()
    click(page, course.title, role="link")
    click(page, "Start")
    program.courses.remove(course)
    page.get_by_label("Code").fill(letter_code("ada@nordlicht.example"))
    click(page, "Confirm")
    assert sees(page, program.name)
    expect(page.get_by_text("was taken out of the program meanwhile")).to_be_visible()
    assert not Enrolment.objects.exists()
