"""G1: a role offered by letter and accepted; a course uploaded, looked at and taken in."""

import re
import zipfile
from io import BytesIO

import pytest
from playwright.sync_api import expect

from conftest import PASSWORD
from matricula.catalog.preview import sample_zip
from matricula.organizations.models import Role
from tests.journeys.walking import (
    BROWSER_TEST,
    click,
    letter_code,
    letter_link,
    log_in,
    sees,
    shoot,
    sign_in,
    when,
)

pytestmark = BROWSER_TEST
DANA = "dana@nordlicht.example"


@pytest.fixture
def owner(organization, bruno):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    return bruno


def test_g1_bruno_offers_dana_a_role_and_she_accepts_it_with_a_new_account(page, worker, program, owner):
    program.groups.create(name="Crew")
    sign_in(page, owner, fresh=False)
    page.goto("/console/nordlicht/administrators/")
    click(page, "Add an administrator", role="link")
    assert sees(page, "Confirm it is you")
    page.get_by_label("Password").fill(PASSWORD)
    click(page.locator("main"), "Confirm")
    page.get_by_label("E-mail").fill(DANA)
    page.get_by_label("Group manager").check()
    click(page, "Send the offer")
    page.get_by_role("alert").first.wait_for()
    expect(page.get_by_label("E-mail")).to_have_value(DANA)
    shoot(page, "role-offer-refused")
    page.get_by_label("Crew").check()
    click(page, "Send the offer")
    expect(page.get_by_role("heading", name="Waiting to be accepted")).to_be_visible()
    shoot(page, "administrators")
    page.context.clear_cookies()
    page.goto(letter_link(DANA, "roles.offer"))
    expect(page).to_have_url(re.compile("/account/roles/$"))
    shoot(page, "role-offer")
    click(page, "Set up your account", role="link")
    page.get_by_label("Full name").fill("Dana Weiss")
    page.get_by_label("Password").fill(PASSWORD)
    shoot(page, "role-account")
    click(page, "Sign up")
    assert sees(page, "Confirm your e-mail")
    shoot(page, "role-code")
    page.get_by_label("Code").fill(letter_code(DANA))
    click(page, "Confirm")
    expect(page.get_by_text("in Nordlicht Energie you are now Group manager")).to_be_visible()
    shoot(page, "role-accepted")
    page.goto("/account/roles/")
    assert sees(page, "You have accepted this role")
    shoot(page, "role-offer-ended")


def test_g1_chika_logs_in_to_accept_with_the_account_she_has(page, worker, organization, owner, chika):
    sign_in(page, owner)
    page.goto("/console/nordlicht/administrators/new/")
    page.get_by_label("E-mail").fill("chika@elsewhere.example")
    page.get_by_label("Viewer").check()
    click(page, "Send the offer")
    page.goto(letter_link("chika@elsewhere.example", "roles.offer"))
    expect(page.get_by_text("this mailbox belongs to another account")).to_be_visible()
    shoot(page, "role-offer-other-account")
    click(page, "Log in to accept", role="link")
    log_in(page, "chika@elsewhere.example")
    click(page, "Accept as Chika Obi")
    expect(page.get_by_text("you are now Viewer")).to_be_visible()


def test_g1_bruno_uploads_a_course_mends_it_and_takes_it_in(page, worker, organization, owner):
    sign_in(page, owner)
    page.goto("/console/nordlicht/content/")
    shoot(page, "content-empty")
    click(page, "Upload a course", role="link")
    send(page, broken())
    expect(page.get_by_role("heading", name="Not yet: mend these first")).to_be_visible(timeout=30_000)
    shoot(page, "upload-problems")
    click(page, "Upload it again", role="link")
    send(page, sample_zip())
    expect(page.get_by_role("heading", name="A new course")).to_be_visible(timeout=30_000)
    shoot(page, "upload-preview")
    click(page, "Take the course in")
    taken_in = page.get_by_role("heading", level=1, name="A sample course")
    when(lambda: page.goto(page.url) and taken_in.count(), "the course")
    shoot(page, "content-course")
    click(page, "Check what you know.*", role="link")
    shoot(page, "content-lesson")


def send(page, content):
    page.get_by_label("Course").set_input_files(
        {"name": "course.zip", "mimeType": "application/zip", "buffer": content}
    )
    click(page, "Upload and check")


def broken():
    """The sample without one of its lessons."""
    whole, packed = zipfile.ZipFile(BytesIO(sample_zip())), BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in whole.namelist():
            if not name.endswith("check.md"):
                archive.writestr(name, whole.read(name))
    return packed.getvalue()
