"""Ada's way in a real browser, from the letter to the certificate: on every database, a worker beside."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from conftest import PASSWORD, person
from matricula.catalog.course_import import import_course
from matricula.learning.enrolments import start_course
from matricula.organizations.models import Role
from matricula.programs.memberships import enter_program
from tests.journeys.walking import BROWSER_TEST, click, letter_code, log_in, open_link, shoot, sign_in

pytestmark = BROWSER_TEST


@pytest.mark.postgres
def test_b1_b2_c1_c4_f1_f2_ada_joins_with_a_new_account_and_keeps_the_certificate(
    page, live_server, worker, invitation, course
):
    open_link(page, live_server, invitation)
    expect(page).to_have_url(live_server.url + "/join/welcome/")
    shoot(page, "welcome")
    click(page, "Join now")
    shoot(page, "browse")
    click(page, course.title, role="link")
    shoot(page, "course")
    click(page, "Start")
    expect(page.get_by_role("heading", name=re.compile("set up your account", re.I))).to_be_visible()
    page.get_by_label("Full name").fill("Ada Okafor")
    expect(page.get_by_label("Work e-mail")).to_have_value("ada@nordlicht.example")
    page.get_by_label("Password").fill("short")
    page.get_by_label("Alternative e-mail").fill("ada@home.example")
    click(page, "Sign up")
    page.get_by_role("alert").first.wait_for()
    expect(page.get_by_label("Alternative e-mail")).to_have_value("ada@home.example")
    shoot(page, "account")
    page.get_by_label("Password").fill(PASSWORD)
    click(page, "Sign up")
    shoot(page, "confirm")
    page.get_by_label("Code").fill(letter_code("ada@nordlicht.example"))
    click(page, "Confirm")
    shoot(page, "started")
    click(page, "Begin", role="link")
    shoot(page, "lesson")
    page.get_by_role("button", name="Done, next lesson").click()
    page.get_by_label("Stop").check()
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Passed.")).to_be_visible()
    shoot(page, "quiz")
    page.get_by_role("link", name="Back to the course").click()
    page.get_by_role("link", name="See your certificate").click()
    expect(page.get_by_role("heading", name="Ada Okafor")).to_be_visible()
    shoot(page, "certificate")
    page.goto("/learn/")
    shoot(page, "learning")


def test_b3_chika_is_signed_in_and_joins_as_herself(page, live_server, worker, invitation, chika, course):
    page.goto("/account/log-in/")
    log_in(page, "chika@elsewhere.example")
    open_link(page, live_server, invitation)
    expect(page.get_by_role("button", name="Use another account")).to_be_visible()
    shoot(page, "signed-in")
    click(page, "Join as Chika Obi")
    click(page, course.title, role="link")
    click(page, "Start")
    page.get_by_label("Code").fill(letter_code("ada@nordlicht.example"))
    click(page, "Confirm")
    expect(page.get_by_role("heading", name=course.title)).to_be_visible()
    open_link(page, live_server, invitation)
    expect(page).to_have_url(re.compile("/learn/programs/"))


def test_a7_an_unknown_link_says_what_to_do(page, live_server):
    page.goto("/join/" + "x" * 43 + "/")
    expect(page.get_by_role("heading", name="We do not know this link")).to_be_visible()
    shoot(page, "unknown-link")


def test_the_other_pages_are_accessible(page, live_server, worker, organization, invitation, bruno):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    for path in ("/account/log-in/", "/account/forgotten/", "/join/lost-letter/", "/_mail/", "/nowhere/"):
        page.goto(live_server.url + path)
        shoot(page, path.strip("/").replace("/", "-"))
    sign_in(page, bruno)
    for path in ("/account/", "/console/nordlicht/invitations/", "/certificates/"):
        page.goto(live_server.url + path)
        shoot(page, path.strip("/").replace("/", "-"))


def test_c3_d1_chika_links_the_account_she_already_owns(page, live_server, worker, invitation, chika, course):
    open_link(page, live_server, invitation)
    click(page, "Join now")
    click(page, course.title, role="link")
    click(page, "Start")
    click(page, "Link your account", role="link")
    log_in(page, "chika@elsewhere.example", "wrong password")
    page.get_by_role("alert").wait_for()
    log_in(page, "chika@elsewhere.example")
    page.get_by_label("Code").fill(letter_code("ada@nordlicht.example"))
    click(page, "Confirm")
    expect(page.get_by_role("heading", name=course.title)).to_be_visible()


def test_f1_ada_watches_a_video_with_captions_and_goes_on_where_she_stopped(page, live_server, program):
    folder = Path(__file__).parents[2] / "matricula/demo/courses/security-every-day"
    made = import_course(source=folder, organization=program.organization)
    ada = person("Ada Okafor", "ada@home.example")
    start_course(course=made, membership=enter_program(program=program, account=ada))
    sign_in(page, ada)
    page.goto(f"{made.address}lessons/three-signs-film/")
    shoot(page, "lesson-video")
    if page.size == "desktop":
        page.wait_for_function("document.querySelector('video').readyState >= 1")
        assert page.evaluate("document.querySelector('video').textTracks[0].label") == "English"
        page.evaluate("document.querySelector('video').currentTime = 12")
        with page.expect_response("**/position/"):
            page.evaluate("document.querySelector('video').dispatchEvent(new Event('pause'))")
        page.reload()
        page.wait_for_function("document.querySelector('video').currentTime >= 12")
    else:
        page.get_by_text("Transcript").click()
        expect(page.get_by_text("A dishonest letter is built")).to_be_visible()
    click(page, "Done, next lesson")
    expect(page.get_by_role("heading", name="One password")).to_be_visible()
