"""Ada deletes her account, thinks again, and the one who only missed a step begins anew."""

import pytest
from playwright.sync_api import expect

from conftest import PASSWORD, person
from matricula.invitations.invitations import invite_person
from matricula.leaving.tests.one_life import OneLife, deleted
from tests.journeys.walking import (
    BROWSER_TEST,
    click,
    letter_code,
    letter_link,
    log_in,
    open_link,
    sees,
    shoot,
    sign_in,
)

pytestmark = [*BROWSER_TEST, pytest.mark.postgres]


@pytest.fixture
def life(transactional_db):
    return OneLife()


def test_ada_deletes_her_account_and_takes_it_back_by_logging_in(page, life, worker):
    number = life.ada.certificates.get(course=life.done).public_id
    sign_in(page, life.ada)
    page.goto("/account/")
    shoot(page, "delete-door")
    click(page, "Delete my account", role="link")
    assert sees(page, "Delete my account")
    shoot(page, "delete")
    click(page, "Go on: confirm who you are", role="link")
    shoot(page, "delete-proof")
    page.get_by_label("Password").fill("not the password")
    click(page, "Confirm")
    page.get_by_role("alert").first.wait_for()
    page.get_by_label("Password").fill(PASSWORD)
    click(page, "Confirm")
    page.get_by_role("heading", name="Delete the account of Ada Lovelace").wait_for()
    shoot(page, "delete-now")
    page.get_by_label("I want all of this to go").check()
    click(page, "Delete my account")
    assert sees(page, "The account is deleted")
    shoot(page, "deleted")
    page.goto(f"/certificates/{number}/")
    assert sees(page, "Certificate withdrawn")
    shoot(page, "certificate-withdrawn")
    page.goto("/account/log-in/")
    log_in(page, "ada@home.example")
    page.get_by_role("heading", name="Take your account back?").wait_for()
    shoot(page, "take-back")
    click(page, "Take it back")
    assert sees(page, "Your account is there again")
    shoot(page, "taken-back")
    page.goto(f"/certificates/{number}/")
    expect(page.get_by_role("heading", name="Ada Lovelace")).to_be_visible()


def test_ada_takes_it_back_by_the_letter_and_reads_what_others_have_now(page, life, worker):
    deleted(life.ada)
    path = letter_link("ada@home.example", "leaving.deletion")
    person("Another Ada", "ada@home.example")
    person("A Third", "ada@acme.example")
    page.goto(path)
    shoot(page, "take-back-by-letter")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("A new e-mail").fill("ada@new.example")
    click(page, "Take it back")
    assert sees(page, "Your account is there again")
    expect(page.get_by_text("Another account has proven this address meanwhile").first).to_be_visible()
    shoot(page, "taken-back-lost")
    click(page, "Confirm ada@new.example", role="link")
    page.get_by_label("Code").fill(letter_code("ada@new.example"))
    click(page, "Confirm")
    expect(page.get_by_text("ada@new.example").first).to_be_visible()


def test_the_only_owner_reads_what_to_do_first(page, life):
    life.acme.roles.filter(account=life.bruno).delete()
    sign_in(page, life.ada)
    page.goto("/account/delete/")
    assert sees(page, "Not yet")
    shoot(page, "delete-not-yet")
    click(page, "Administrators of ACME", role="link")
    assert sees(page, "Administrators")


def test_d3_who_missed_the_link_step_deletes_the_second_account_and_links_the_first(
    page, live_server, worker, invitation, program, bruno, chika, course
):
    """Chika set up a second account by her work e-mail. It goes, Bruno invites again, and she links."""
    open_link(page, live_server, invitation)
    click(page, "Join now")
    click(page, course.title, role="link")
    click(page, "Start")
    page.get_by_label("Full name").fill("Chika Obi")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Alternative e-mail").fill("chika.second@home.example")
    click(page, "Sign up")
    page.get_by_label("Code").fill(letter_code("ada@nordlicht.example"))
    click(page, "Confirm")
    expect(page.get_by_role("heading", name=course.title)).to_be_visible()
    page.goto("/account/delete/")
    click(page, "Go on: confirm who you are", role="link")
    page.get_by_label("Password").fill(PASSWORD)
    click(page, "Confirm")
    page.get_by_label("I want all of this to go").check()
    click(page, "Delete my account")
    assert sees(page, "The account is deleted")
    program.refresh_from_db()
    assert program.seats_used == 0
    again = invite_person(program=program, address="ada@nordlicht.example", name="Ada", invited_by=bruno)
    open_link(page, live_server, again)
    click(page, "Join now")
    click(page, course.title, role="link")
    click(page, "Start")
    click(page, "Link your account", role="link")
    log_in(page, "chika@elsewhere.example")
    page.get_by_label("Code").fill(letter_code("ada@nordlicht.example"))
    click(page, "Confirm")
    expect(page.get_by_role("heading", name=course.title)).to_be_visible()
    assert chika.memberships.active().get().program == program


def test_bruno_reads_on_adas_page_that_she_deleted_her_account(page, life):
    deleted(life.ada)
    sign_in(page, life.bruno)
    page.goto(f"/console/acme/people/{life.ada.public_id}/")
    expect(page.get_by_text("deleted their account")).to_be_visible()
    shoot(page, "person-deleted")


def test_ada_shows_who_she_is_by_her_passkey(window, life):
    sign_in(window, life.ada)
    window.goto("/account/second-factors/passkey/")
    click(window, "Make recovery codes")
    click(window, "I kept them", role="link")
    window.get_by_label("Name of this passkey").fill("My laptop")
    click(window, "Add a passkey")
    window.wait_for_url("**/account/second-factors/")
    window.goto("/account/delete/proof/")
    shoot(window, "delete-proof-passkey")
    click(window, "Use your passkey")
    window.get_by_role("heading", name="Delete the account of Ada Lovelace").wait_for()
    window.get_by_label("I want all of this to go").check()
    click(window, "Delete my account")
    assert sees(window, "The account is deleted")
