"""G1: Bruno gives Nordlicht its logo, colours and words, reads the letter, and gives a program its days."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

import matricula
from conftest import person
from matricula.learning.enrolments import start_course
from matricula.organizations.models import Organization, Role
from matricula.programs.memberships import enter_program
from matricula.programs.models import Program
from tests.chromium import SIZES
from tests.journeys.walking import BROWSER_TEST, click, faults, is_wider_than, open_link, shoot, sign_in

pytestmark = BROWSER_TEST
LOGO = Path(matricula.__file__).parent / "demo/logos/nordlicht.svg"
UNSAFE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">\n<script>alert(1)</script></svg>'


@pytest.fixture
def owner(page, organization, bruno):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    sign_in(page, bruno)
    return page


def shoot_small_too(page, name):
    """At a desk, where axe can run, also as narrow as a phone; the colours are the same there."""
    shoot(page, name)
    if page.size == "desktop":
        page.set_viewport_size(SIZES["phone"])
        page.evaluate("scrollTo({top: 0, behavior: 'instant'})")  # nothing is half below the bar that stays
        assert not is_wider_than(SIZES["phone"], page), f"{name}, narrow"
        assert faults(page) == [], f"{name}, narrow"
        page.set_viewport_size(SIZES["desktop"])


def test_g1_branding_looked_at_first_and_then_saved(live_server, worker, owner, organization):
    owner.goto(f"{live_server.url}/console/nordlicht/branding/")
    shoot_small_too(owner, "branding-without-logo")
    owner.get_by_label("Picture", exact=True).set_input_files(
        {"name": "logo.png", "mimeType": "image/png", "buffer": UNSAFE.encode()}
    )
    click(owner, "Upload")
    expect(owner.get_by_role("alert")).to_contain_text("There is nothing to see", timeout=30_000)
    shoot_small_too(owner, "branding-refused-logo")
    owner.get_by_label("Picture", exact=True).set_input_files(LOGO)
    click(owner, "Upload")
    expect(owner.get_by_role("heading", name="This is your logo")).to_be_visible(timeout=30_000)
    shoot_small_too(owner, "branding-logo-shown")
    click(owner, "Back to Branding", "link")
    expect(owner.locator("header img")).to_have_attribute("alt", "Nordlicht Energie")
    if owner.size == "desktop":
        owner.wait_for_function("document.querySelector('header img').naturalWidth > 0")
    owner.get_by_label("Colour", exact=True).fill("#ffe14d")
    if owner.size == "phone":
        click(owner, "Look at it first")
    owner.get_by_text("As text your colour becomes").first.wait_for()
    assert Organization.objects.get().brand_colour == "#0b6e4f"
    shoot_small_too(owner, "branding-sample")
    owner.get_by_label("Greeting in invitations").fill("Good that you are here!")
    click(owner, "Save")
    expect(owner.get_by_role("status").first).to_contain_text("Saved.")
    assert Organization.objects.get().brand_colour == "#ffe14d"
    shoot_small_too(owner, "branding")


def test_g1_the_letter_is_read_before_it_is_sent(live_server, owner, program):
    Organization.objects.update(greeting="Good that you are here!")
    owner.goto(f"{live_server.url}/console/nordlicht/invitations/new/")
    click(owner, "See the letter", "link")
    frame = owner.frame_locator("iframe")
    expect(frame.get_by_text("Good that you are here!")).to_be_visible()
    expect(frame.get_by_role("link", name="JOIN NOW")).to_have_attribute("href", "#")
    expect(owner.locator(".letter-text")).to_contain_text("Good that you are here!")
    shoot_small_too(owner, "letter")
    owner.get_by_label("Language").select_option("de")
    if owner.size == "phone":
        click(owner, "Show")
    owner.locator(".letter-text[lang=de]").wait_for()
    shoot(owner, "letter-german")


def test_g1_a_program_gets_its_days_and_the_invited_read_them(live_server, owner, program, invitation):
    begins, ends = timezone.localdate() + timedelta(days=9), timezone.localdate() + timedelta(days=90)
    owner.goto(f"{live_server.url}/console/nordlicht/programs/{program.public_id}/change/")
    owner.get_by_label("First day").fill(ends.isoformat())
    owner.get_by_label("Last day").fill(begins.isoformat())
    click(owner, "Save")
    expect(owner.get_by_role("alert")).to_contain_text("The last day is before the first.")
    shoot_small_too(owner, "program-refused-days")
    owner.get_by_label("First day").fill(begins.isoformat())
    owner.get_by_label("Last day").fill(ends.isoformat())
    owner.get_by_label("Remind people").check()
    click(owner, "Save")
    expect(owner.get_by_text("Saved.")).to_be_visible()
    owner.goto(f"{live_server.url}/console/nordlicht/programs/")
    expect(owner.locator("main")).to_contain_text("begins on")
    shoot_small_too(owner, "programs-with-days")
    owner.context.clear_cookies()
    open_link(owner, live_server, invitation)
    expect(owner.locator("main")).to_contain_text("Begins on")
    shoot_small_too(owner, "welcome-before-the-first-day")
    Program.objects.update(starts_on=None, ends_on=timezone.localdate() - timedelta(days=1))
    open_link(owner, live_server, invitation)
    expect(owner.get_by_role("heading", name="This program has ended")).to_be_visible()
    shoot_small_too(owner, "program-ended")


def test_d5_a_member_reads_when_the_program_opens_and_that_it_has_ended(live_server, page, program, course):
    ada = person("Ada Okafor", "ada@home.example")
    start_course(course=course, membership=enter_program(program=program, account=ada))
    today = timezone.localdate()
    Program.objects.update(starts_on=today + timedelta(days=9), ends_on=today + timedelta(days=90))
    sign_in(page, ada)
    for path, name in (
        ("/learn/", "learn-before-the-first-day"),
        (f"/learn/programs/{program.public_id}/", "program-before-the-first-day"),
        (course.address, "course-before-the-first-day"),
    ):
        page.goto(live_server.url + path)
        shoot_small_too(page, name)
    expect(page.get_by_role("heading", name=re.compile("^Opens on"))).to_be_visible()
    click(page, "Look around", "link")
    expect(page.locator("main")).to_contain_text("This program begins on")
    Program.objects.update(starts_on=None, ends_on=today - timedelta(days=1))
    page.goto(live_server.url + course.address)
    expect(page.get_by_role("heading", name="This program has ended")).to_be_visible()
    shoot_small_too(page, "course-after-the-last-day")
