"""What a learner meets every day: cards that say where one stands, notes, words found, keys."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from conftest import person
from matricula.catalog.course_import import import_course
from matricula.learning.enrolments import start_course
from matricula.learning.models import LessonNote, Progress
from matricula.programs.memberships import enter_program
from tests.journeys.walking import BROWSER_TEST, click, sees, shoot, sign_in

pytestmark = BROWSER_TEST
SECURITY = Path(__file__).parents[2] / "matricula/demo/courses/security-every-day"


@pytest.fixture
def ada():
    return person("Ada Okafor", "ada@home.example")


@pytest.fixture
def security(program, ada):
    made = import_course(source=SECURITY, organization=program.organization)
    program.courses.add(made)
    start_course(course=made, membership=enter_program(program=program, account=ada))
    return made


def test_ada_sees_where_she_stands_and_folds_the_filters_out(page, security, program, ada):
    sign_in(page, ada)
    page.goto(f"/learn/programs/{program.public_id}/")
    expect(page.locator(".card").first).to_contain_text("Continue")
    expect(page.locator(".card").last).to_contain_text("New")
    shoot(page, "program-standing")
    if page.size == "phone":
        page.locator(".more-filters > summary").click()
    page.get_by_label("Level").select_option("beginner")
    click(page, "Show")
    expect(page.get_by_label("Level")).to_have_value("beginner")
    shoot(page, "program-filtered")
    page.locator(".card h3 a").first.click()
    assert sees(page, security.title)


def test_ada_keeps_a_note_and_finds_words_in_the_course(page, security, ada):
    sign_in(page, ada)
    page.goto(f"{security.address}lessons/hurried-letters/")
    page.locator("#note > summary").click()
    page.get_by_label("Only you see it").fill("Ring the director back.")
    click(page, "Keep the note")
    page.get_by_text("Your note is kept.").wait_for()
    shoot(page, "lesson-note")
    page.goto(security.address)
    expect(page.get_by_text("Ring the director back.")).to_be_visible()
    expect(page.locator(".time-left")).to_contain_text("left")
    shoot(page, "course-home")
    page.get_by_label("Search in this course").fill("detour")
    click(page, "Search")
    expect(page.locator("mark").first).to_have_text("detour")
    shoot(page, "course-found")
    assert LessonNote.objects.get().text == "Ring the director back."


def test_the_name_in_the_header_opens_a_menu_with_and_without_javascript(page, security, ada):
    sign_in(page, ada)
    page.goto("/learn/")
    page.locator(".name-menu > summary").click()
    expect(page.get_by_text("Logged in as")).to_be_visible()
    shoot(page, "name-menu")
    if page.size == "desktop":
        page.keyboard.press("Escape")
        expect(page.get_by_text("Logged in as")).to_be_hidden()
        page.locator(".name-menu > summary").click()
    click(page, "Account", role="link")
    assert sees(page, "Your account")


def test_keys_lead_through_the_course_and_can_be_turned_off(desk, security, ada):
    sign_in(desk, ada)
    desk.goto(f"{security.address}lessons/hurried-letters/")
    desk.keyboard.press("?")
    expect(desk.get_by_role("heading", name="Keys on this page")).to_be_visible()
    shoot(desk, "lesson-keys")
    desk.keyboard.press("Escape")
    desk.keyboard.press("n")
    desk.wait_for_url("**/lessons/three-signs-film/")
    expect(desk.get_by_label("Speed")).to_be_visible()
    desk.keyboard.press(">")
    expect(desk.get_by_label("Speed")).to_have_value("1.25")
    desk.keyboard.press("c")
    expect(desk.get_by_role("button", name="Captions")).to_have_attribute("aria-pressed", "false")
    desk.keyboard.press("?")
    desk.get_by_label("Use these keys in this browser").uncheck()
    click(desk, "Close")
    desk.keyboard.press("p")
    desk.reload()
    assert desk.url.endswith("/three-signs-film/")
    expect(desk.get_by_label("Speed")).to_have_value("1.25")
    desk.evaluate("localStorage.clear()")


def test_a_text_opens_where_it_was_left(desk, security, ada):
    desk.set_viewport_size({"width": 600, "height": 400})
    sign_in(desk, ada)
    desk.goto(f"{security.address}lessons/hurried-letters/")
    with desk.expect_response("**/position/"):
        desk.evaluate("scrollTo(0, document.querySelector('[data-text]').offsetTop + 600)")
    assert Progress.objects.get().place > 100
    desk.goto(security.address)
    desk.goto(f"{security.address}lessons/hurried-letters/")
    desk.wait_for_function("scrollY > 300")


def test_a_passed_quiz_shows_what_was_right_and_takes_another_try(page, program, course, ada):
    start_course(course=course, membership=enter_program(program=program, account=ada))
    sign_in(page, ada)
    page.goto(f"{course.address}lessons/quiz/")
    page.get_by_label("Stop").check()
    click(page, "Hand in")
    page.get_by_text("Passed.").wait_for()
    page.goto(f"{course.address}lessons/quiz/")
    page.get_by_text("Passed.").wait_for()
    shoot(page, "quiz-review")
    click(page, "Try again", role="link")
    page.get_by_text("Another try never lowers that.").wait_for()
    expect(page.get_by_label("Stop")).not_to_be_checked()
    shoot(page, "quiz-again")
