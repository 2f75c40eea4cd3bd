"""Learning in a real browser: going on, quizzes, two tabs, the back button, and what is kept for life."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from pypdf import PdfReader

from conftest import person
from matricula.accounts.models import Session
from matricula.catalog.course_import import import_course
from matricula.catalog.models import Course, Lesson, Module, Specialization, SpecializationCourse
from matricula.catalog.tests.folders import written
from matricula.learning.enrolments import start_course
from matricula.learning.models import Progress
from matricula.learning.tests.quizzes import import_quiz
from matricula.programs.memberships import end_membership, enter_program
from matricula.programs.models import Membership
from tests.journeys.walking import BROWSER_TEST, click, log_in, sees, shoot, sign_in

pytestmark = BROWSER_TEST
SECURITY = Path(__file__).parents[2] / "matricula/demo/courses/security-every-day"


@pytest.fixture
def ada():
    return person("Ada Okafor", "ada@home.example")


@pytest.fixture
def membership(program, ada):
    return enter_program(program=program, account=ada)


def hand_in(page):
    click(page, "Hand in( again)?")


def test_f1_ada_goes_on_where_she_stopped_and_tries_the_quiz_until_she_passes(page, program, membership, ada):
    made = import_course(source=SECURITY, organization=program.organization)
    start_course(course=made, membership=membership)
    sign_in(page, ada)
    page.goto(made.address)
    click(page, "Begin", role="link")
    click(page, "Done, next lesson")
    page.wait_for_url("**/lessons/three-signs-film/")
    stopped = page.get_by_role("heading", level=1).inner_text()
    page.goto("/learn/")
    shoot(page, "learning-in-progress")
    click(page, made.title, role="link")
    click(page, "Continue", role="link")
    assert sees(page, stopped)
    page.goto(f"{made.address}lessons/check-security/")
    page.get_by_role("radio").first.check()
    hand_in(page)
    page.get_by_text("Your answers so far are kept.").wait_for()
    shoot(page, "quiz-unanswered")
    page.reload()
    page.goto(f"{made.address}lessons/check-security/")
    expect(page.get_by_role("radio").first).to_be_checked()


def test_back_button_and_two_tabs_finish_a_lesson_once(desk, membership, course, ada):
    start_course(course=course, membership=membership)
    sign_in(desk, ada)
    other = desk.context.new_page()
    for tab in (desk, other):
        tab.goto(f"{course.address}lessons/read/")
    click(desk, "Done, next lesson")
    assert sees(desk, "Check")
    desk.go_back()
    assert sees(desk, "Read this")
    click(desk, "Done, next lesson")
    assert sees(desk, "Check")
    click(other, "Done, next lesson")
    for tab in (desk, other):
        tab.get_by_label("Stop").check()
        hand_in(tab)
        tab.get_by_text("Passed.").wait_for()
    assert Progress.objects.filter(done_at__isnull=False).count() == 2
    assert ada.certificates.count() == 1


def test_a_lost_session_and_a_lesson_taken_out_lead_back_into_the_course(page, membership, course, ada):
    start_course(course=course, membership=membership)
    sign_in(page, ada)
    page.goto(f"{course.address}lessons/quiz/")
    Session.objects.all().delete()
    page.get_by_label("Stop").check()
    hand_in(page)
    assert sees(page, "Log in")
    log_in(page, "ada@home.example")
    expect(page).to_have_url(re.compile(f"^{page.base}{course.address}"))
    page.goto(f"{course.address}lessons/quiz/")
    Lesson.objects.filter(key="quiz").update(withdrawn_at=timezone.now())
    page.get_by_label("Stop").check()
    hand_in(page)
    assert sees(page, course.title)
    page.get_by_text("That lesson was taken out of the course.").wait_for()
    shoot(page, "lesson-taken-out")


def test_answers_sent_as_the_session_ended_are_there_after_the_log_in(page, membership, course, ada):
    start_course(course=course, membership=membership)
    page.goto(f"/account/log-in/?next={course.address}lessons/quiz/")
    log_in(page, "ada@home.example")
    page.get_by_label("Go").wait_for()
    Session.objects.all().delete()
    page.get_by_label("Go").check()
    hand_in(page)
    log_in(page, "ada@home.example")
    page.get_by_text("They are here again").wait_for()
    expect(page.get_by_label("Go")).to_be_checked()
    shoot(page, "quiz-brought-back")
    click(page, "Save")
    page.get_by_text("Your answers are saved. Hand in when you are ready.").wait_for()
    shoot(page, "quiz-saved")
    assert list(Progress.objects.get().answers.values()) != [[]]


def test_answers_are_saved_as_they_are_chosen_and_go_on_after_a_log_in_in_another_tab(
    desk, membership, course, ada
):
    start_course(course=course, membership=membership)
    quiz = f"{course.address}lessons/quiz/"
    desk.goto(f"/account/log-in/?next={quiz}")
    log_in(desk, "ada@home.example")
    desk.get_by_label("Go").check()
    desk.get_by_text("Your answers are saved as you choose them.").wait_for()
    desk.reload()
    expect(desk.get_by_label("Go")).to_be_checked()
    Session.objects.all().delete()
    desk.get_by_label("Stop").check()
    desk.get_by_text("You are logged out.").wait_for()
    shoot(desk, "quiz-logged-out")
    other = desk.context.new_page()
    other.goto(f"/account/log-in/?next={quiz}")
    log_in(other, "ada@home.example")
    expect(other.get_by_label("Stop")).to_be_checked()
    desk.get_by_label("Go").check()
    desk.get_by_text("Your answers are saved as you choose them.").wait_for()
    desk.get_by_label("Stop").check()
    hand_in(desk)
    desk.get_by_text("Passed.").wait_for()


@pytest.fixture
def series(organization, program, course):
    """A Specialization of the course and one more that is a single page."""
    second = Course.objects.create(organization=organization, slug="two", title="Safe every week")
    module = Module.objects.create(course=second, position=0, title="One")
    Lesson.objects.create(
        course=second, module=module, key="read", position=0, kind="reading", title="Read on"
    )
    made = Specialization.objects.create(organization=organization, slug="safe", title="Safe for good")
    for place, one in enumerate((course, second)):
        SpecializationCourse.objects.create(specialization=made, course=one, position=place)
    program.specializations.add(made)
    return made


def test_f2_d1_the_specialization_certificate_is_kept_after_leaving(
    page, series, membership, course, ada, program, bruno
):
    sign_in(page, ada)
    page.goto(f"/learn/programs/{program.public_id}/")
    click(page, series.title, role="link")
    shoot(page, "specialization")
    click(page, "Start")
    assert sees(page, "Read this")
    page.goto("/learn/")
    shoot(page, "specialization-started")
    click(page, "Continue.*", role="link")
    click(page, "Done, next lesson")
    page.get_by_label("Stop").check()
    hand_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("You completed Safe every day")
    page.goto("/learn/")
    shoot(page, "specialization-second-course")
    click(page, "Continue.*", role="link")
    assert sees(page, "Read on")
    click(page, "Done")
    page.goto("/learn/")
    expect(page.locator(".sealed")).to_contain_text(series.title)
    shoot(page, "specialization-completed")
    end_membership(membership=membership, actor=bruno, state=Membership.State.REMOVED)
    page.context.clear_cookies()
    page.goto("/account/log-in/")
    log_in(page, "ada@home.example")
    page.goto("/certificates/")
    shoot(page, "certificates-kept")
    expect(page.locator(".card")).to_have_count(3)
    page.goto(course.address)
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Your membership has ended"))
    shoot(page, "membership-ended")
    page.goto("/certificates/")
    click(page, series.title, role="link")
    assert sees(page, "Ada Okafor")
    expect(page.get_by_text("Specialization Certificate")).to_be_visible()
    shoot(page, "certificate-specialization")
    with page.expect_download() as started:
        click(page, "Download as PDF", role="link")
    text = PdfReader(BytesIO(Path(started.value.path()).read_bytes())).pages[0].extract_text()
    assert "Safe for good" in text
    assert "Ada Okafor" in text


ARABIC = """---
title: السلامة في كل يوم
---
## القواعد

{table}

```
{code}
```

::: warning انتبه
لا تفتح رابطا لا تعرفه.
:::
"""
TABLE = "\n".join(["|".join(["عمود"] * 12), "|".join(["---"] * 12), "|".join(["قيمة طويلة"] * 12)])


@pytest.fixture
def arabic(tmp_path, organization, program, membership):
    """A course in Arabic: a table wider than a phone, code wider still, and a callout."""
    text = ARABIC.format(table=TABLE, code="x = " + "1234567890" * 20)
    yaml = "title: السلامة\nslug: salama\nsummary: عادات صغيرة\ntopic: X\nlanguage: ar\nmodules:\n"
    files = {"course.yaml": f"{yaml}  - title: الأول\n    lessons: [read.md]\n", "read.md": text}
    made = import_course(source=written(tmp_path / "ar", files), organization=organization)
    program.courses.add(made)
    start_course(course=made, membership=membership)
    return made


def test_a_course_in_arabic_reads_from_the_right_and_nothing_widens_the_phone(page, arabic, ada, program):
    sign_in(page, ada)
    for place in ("/learn/", f"/learn/programs/{program.public_id}/", arabic.address):
        page.goto(place)
        heading = page.locator(':is(h1, h3)[lang="ar"][dir="rtl"]').first
        expect(heading).to_contain_text("السلامة")
        shoot(page, f"arabic-{place.strip('/').split('/')[-2 if 'programs' in place else 0][:8]}")
    page.goto(f"{arabic.address}lessons/read/")
    assert page.locator('.prose[lang="ar"][dir="rtl"] .callout.warning .callout-title').count() == 1
    for scrolled in (".prose pre", ".prose .table-scroll"):
        page.locator(scrolled).focus()
        expect(page.locator(scrolled)).to_be_focused()
    shoot(page, "lesson-arabic")


BEFORE = [
    "prompt: 'A letter asks for gift cards. What first?', options: [{text: Answer it}, {text: Buy them},"
    " {text: Ring the director, right: true}]",
    "prompt: 'How many signs make you stop?', answer: 1",
]
AFTER = [
    "kind: choices, prompt: 'Which are signs?', options: [{text: Hurry, right: true}, {text: A logo}]",
    BEFORE[1],
    BEFORE[0].replace("[{text: Answer it}", "[{text: Ask a colleague}"),
]


def test_a_quiz_that_was_changed_meanwhile_is_asked_again_with_what_still_fits(
    page, program, membership, ada, tmp_path
):
    made = import_quiz(tmp_path, program.organization, *BEFORE)
    start_course(course=made, membership=membership)
    sign_in(page, ada)
    page.goto(f"{made.address}lessons/check/")
    page.get_by_label("Ring the director").check()
    page.get_by_label("Your answer").fill("1")
    import_quiz(tmp_path, program.organization, *AFTER)
    hand_in(page)
    page.get_by_text("This quiz has changed.").wait_for()
    expect(page.get_by_label("Ring the director")).to_be_checked()
    expect(page.get_by_label("Your answer")).to_have_value("1")
    expect(page.get_by_text("Changed since you answered it")).to_have_count(1)
    shoot(page, "quiz-changed")
    page.get_by_label("Hurry").check()
    hand_in(page)
    page.get_by_text("Passed.").wait_for()
    shoot(page, "quiz-passed-after-change")
