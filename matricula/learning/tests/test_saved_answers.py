"""Answers are saved as they are chosen, and are there again after a log-in: nothing typed is lost."""

import pytest
from django.test import Client

from conftest import PASSWORD, person
from matricula.accounts.models import Session
from matricula.learning.enrolments import start_course
from matricula.learning.models import Progress
from matricula.learning.tests.quizzes import filled, import_quiz, quiz_of
from matricula.programs.memberships import enter_program

pytestmark = pytest.mark.django_db
WHICH = "prompt: Which one, options: [{text: a, right: true}, {text: b}]"
ALL = "prompt: All, kind: choices, options: [{text: c, right: true}, {text: d, right: true}, {text: e}]"
WHO = "prompt: Who is it, accepted: [Ada]"


@pytest.fixture
def quiz(tmp_path, organization, program):
    course = import_quiz(tmp_path, organization, WHICH, ALL, WHO)
    program.courses.add(course)
    return quiz_of(course)


@pytest.fixture
def ada(program, quiz):
    account = person("Ada Okafor", "ada@home.example")
    start_course(course=quiz.course, membership=enter_program(program=program, account=account))
    return account


@pytest.fixture
def reader(ada) -> Client:
    return logged_in(Client())


def logged_in(browser, page="/account/log-in/", address="ada@home.example"):
    browser.answer = browser.post(page, {"email": address, "password": PASSWORD}, follow=True)
    return browser


def page_of(quiz, door=""):
    return f"{quiz.course.address}lessons/check/{door}"


def shown(reader, quiz):
    return reader.get(page_of(quiz)).content.decode()


def kept() -> list:
    return sorted(answer for one in Progress.objects.get().answers.values() for answer in one)


def test_save_keeps_answers_and_judges_nothing(reader, quiz):
    page = reader.post(
        page_of(quiz, "answers/"), filled(quiz, "b", ["c"], "Bob"), follow=True
    ).content.decode()
    assert "Your answers are saved." in page
    assert (page.count(" checked"), 'value="Bob"' in page) == (2, True)
    assert (Progress.objects.get().score, Progress.objects.get().done_at) == (None, None)


def test_what_is_changed_is_saved_beside_what_another_tab_saved(reader, quiz):
    reader.post(page_of(quiz, "answers/"), filled(quiz, "a", ["c", "d"], "Ada"))
    third = list(filled(quiz, "", "", "Bob"))[1]
    tab = {**filled(quiz, "b", "", "Bob"), "changed": [third]}
    assert reader.post(page_of(quiz, "answers/"), tab).status_code == 204
    page = shown(reader, quiz)
    assert (page.count(" checked"), 'value="Bob"' in page) == (3, True)


def test_a_choice_taken_back_is_saved_as_none(reader, quiz):
    reader.post(page_of(quiz, "answers/"), filled(quiz, "a", ["c"], ""))
    second = list(filled(quiz, "", ["c"], ""))[1]
    reader.post(page_of(quiz, "answers/"), {**filled(quiz, "a", [], ""), "changed": [second]})
    assert shown(reader, quiz).count(" checked") == 1


def test_answers_to_an_earlier_version_are_saved_where_they_still_fit(reader, quiz, tmp_path, organization):
    sent = {**filled(quiz, "b", ["c"], "Bob"), "changed": list(filled(quiz, "b", ["c"], "Bob"))[1:]}
    import_quiz(tmp_path, organization, WHICH, WHO)
    assert reader.post(page_of(quiz, "answers/"), sent).status_code == 204
    page = shown(reader, quiz)
    assert (page.count(" checked"), 'value="Bob"' in page) == (1, True)


def test_a_lesson_that_is_no_quiz_takes_no_answers(reader, quiz, program, course, ada):
    start_course(course=course, membership=ada.memberships.get())
    assert reader.post(f"{course.address}lessons/read/answers/", {"x": "y"}).status_code == 302
    assert not Progress.objects.exists()


@pytest.mark.parametrize("door", ["done/", "answers/"])
def test_answers_sent_after_the_session_ended_are_there_after_the_log_in(reader, quiz, door):
    Session.objects.all().delete()
    sent = reader.post(page_of(quiz, door), filled(quiz, "b", ["c"], "Bob"))
    assert not Progress.objects.exists()
    page = logged_in(reader, sent["Location"]).answer.content.decode()
    assert "They are here again" in page
    assert (page.count(" checked"), 'value="Bob"' in page) == (2, True)
    reader.post(page_of(quiz, "answers/"), filled(quiz, "a", ["c"], "Bob"))
    page = shown(reader, quiz)
    assert ("They are here again" in page, 'value="Bob"' in page) == (False, True)


def test_answers_that_ada_sent_are_not_shown_to_who_logs_in_next(reader, quiz, program):
    dana = person("Dana", "dana@home.example")
    start_course(course=quiz.course, membership=enter_program(program=program, account=dana))
    Session.objects.all().delete()
    sent = reader.post(page_of(quiz, "done/"), filled(quiz, "b", ["c"], "Bob"))
    page = logged_in(reader, sent["Location"], "dana@home.example").answer.content.decode()
    assert (page.count(" checked"), "Bob" in page) == (0, False)


def test_the_place_in_a_video_said_by_a_player_takes_no_answers_place(reader, quiz):
    Session.objects.all().delete()
    sent = reader.post(page_of(quiz, "done/"), filled(quiz, "b", ["c"], "Bob"))
    reader.post(page_of(quiz, "position/"), {"seconds": "12"})
    assert "Bob" in logged_in(reader, sent["Location"]).answer.content.decode()


def test_answers_are_saved_only_where_the_course_is_open(quiz, ada, chika):
    outsider = Client()
    outsider.force_login(chika)
    assert outsider.post(page_of(quiz, "answers/"), filled(quiz, "a", ["c"], "Ada")).status_code == 404
    ada.memberships.update(state="left", left_at=ada.created_at)
    leaver = Client()
    leaver.force_login(ada)
    assert leaver.post(page_of(quiz, "answers/"), filled(quiz, "a", ["c"], "Ada")).status_code == 403
    assert not Progress.objects.exists()


def test_after_a_hand_in_that_did_not_pass_every_answer_can_be_changed_and_sent_again(reader, quiz):
    """A browser sends nothing of a field that is disabled: the answers that were right would be gone."""
    page = reader.post(page_of(quiz, "done/"), filled(quiz, "b", ["c"], "Ada")).content.decode()
    assert "Hand in again" in page
    assert " disabled" not in page.partition("<main")[2]
    reader.post(page_of(quiz, "done/"), filled(quiz, "a", ["c", "d"], "Ada"))
    passed = shown(reader, quiz)
    assert "Passed." in passed
    assert passed.count(" disabled") == 6


def test_what_was_passed_is_shown_again_with_what_was_right_and_another_try_lowers_nothing(reader, quiz):
    """Two of three are enough here: the page says what the third would have been."""
    quiz.course.pass_mark = 60
    quiz.course.save()
    reader.post(page_of(quiz, "done/"), filled(quiz, "a", ["c"], "Ada"))
    for page in (shown(reader, quiz), reader.get(page_of(quiz)).content.decode()):
        assert "67 percent." in page
        assert page.count("This was right") == 1
        assert "Hand in" not in page
    again = reader.get(page_of(quiz) + "?again=1").content.decode()
    assert "with 67 percent at best" in again
    assert again.count(" checked") == 0
    reader.post(page_of(quiz, "done/"), filled(quiz, "b", ["e"], "Ada"))
    assert Progress.objects.get().score == 67
    page = shown(reader, quiz)
    assert "with 67 percent at best" in page
    assert "This was right" not in page


def test_what_should_have_been_typed_is_said_once_the_quiz_is_passed_and_not_before(reader, quiz):
    failed = reader.post(page_of(quiz, "done/"), filled(quiz, "b", ["c"], "Bob")).content.decode()
    assert "Right would have been" not in failed
    assert "This was right" not in failed
    quiz.course.pass_mark = 60
    quiz.course.save()
    reader.post(page_of(quiz, "done/"), filled(quiz, "a", ["c", "d"], "Bob"))
    passed = shown(reader, quiz)
    assert '<strong lang="en" dir="ltr">Ada</strong>' in passed
