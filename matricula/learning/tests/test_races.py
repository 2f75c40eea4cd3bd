"""One lesson in many tabs at once: the best score, the day it was done and the place in a film stay."""

import pytest
from django.test import Client

from conftest import person
from matricula.catalog.models import Lesson
from matricula.credentials.models import Certificate
from matricula.joining.tests.test_races import all_at_once
from matricula.learning.completion import add_answers, finish_lesson, move_video
from matricula.learning.enrolments import start_course
from matricula.learning.models import Enrolment, Progress
from matricula.learning.quizzes import version_of
from matricula.learning.tests.quizzes import filled, import_lesson, import_quiz, quiz_of
from matricula.programs.memberships import enter_program
from matricula.programs.models import Program

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
ROUNDS = 20


def learners(program, course) -> list[Enrolment]:
    """One a round."""
    Program.objects.update(seats=None)
    people = [person(f"Ada {number}", f"ada{number}@home.example") for number in range(ROUNDS)]
    members = [enter_program(program=program, account=one) for one in people]
    return [start_course(course=course, membership=one) for one in members]


def in_new_tabs(account, address):
    """Posts a form from a tab of its own of somebody who is logged in."""
    first = Client()
    first.force_login(account)

    def post(form):
        tab = Client()
        tab.cookies.update(first.cookies)
        return tab.post(address, form).status_code

    return post


def test_races_a_quiz_handed_in_in_eight_tabs_ends_with_the_best_score_and_done(program, course):
    forms = [filled(quiz_of(course), words) for words in ("Stop", "Go")] * 4
    ends = []
    for enrolment in learners(program, course):
        finish_lesson(enrolment=enrolment, lesson=course.lessons.get(key="read"))
        hand_in = in_new_tabs(enrolment.account, f"{course.address}lessons/quiz/done/")
        # Who completed the course by it, one of them, is led to the page that says so.
        assert sorted(all_at_once(hand_in, forms)) == [*[200] * 7, 302]
        row = Progress.objects.get(enrolment=enrolment, lesson__key="quiz")
        ends.append((row.score, row.done_at is not None))
    assert ends == [(100, True)] * ROUNDS
    assert Certificate.objects.count() == ROUNDS


def test_races_what_is_done_in_one_tab_puts_no_old_place_of_a_film_back(program, course):
    film = Lesson.objects.get(key="read")
    ends = []
    for enrolment in learners(program, course):
        move_video(enrolment=enrolment, lesson=film, seconds=10)
        work = [lambda one=enrolment: move_video(enrolment=one, lesson=film, seconds=500)]
        work += [lambda one=enrolment: finish_lesson(enrolment=one, lesson=film)] * 7
        assert all_at_once(lambda do: do(), work) == [None] * 8
        row = Progress.objects.get(enrolment=enrolment, lesson=film)
        ends.append((row.seconds, row.done_at is not None))
    assert ends == [(500, True)] * ROUNDS


def test_races_answers_from_pages_of_earlier_versions_are_all_kept(program, course):
    quiz = quiz_of(course)
    for enrolment in learners(program, course):
        keys = [f"question {number}" for number in range(8)]
        all_at_once(
            lambda key, one=enrolment: add_answers(enrolment=one, lesson=quiz, answers={key: ["x"]}), keys
        )
        assert sorted(Progress.objects.get(enrolment=enrolment, lesson=quiz).answers) == keys


def test_races_wrong_answers_stay_wrong_while_the_options_are_put_in_another_order(
    tmp_path, program, organization
):
    orders = [
        f"prompt: P, options: [{one}]"
        for one in ("{text: A, right: true}, {text: B}", "{text: B}, {text: A, right: true}")
    ]
    made = import_quiz(tmp_path, organization, orders[0])
    program.courses.add(made)
    form = filled(quiz_of(made), "B")
    for number, enrolment in enumerate(learners(program, made)):
        hand_in = in_new_tabs(enrolment.account, f"{made.address}lessons/check/done/")
        work = [lambda n=number: import_quiz(tmp_path, organization, orders[(n + 1) % 2])]
        work += [lambda post=hand_in: post(form)] * 7
        assert all_at_once(lambda do: do(), work) == [made, *[200] * 7]
    assert set(Progress.objects.values_list("score", "done_at")) == {(0, None)}


def test_races_a_reading_finished_while_it_becomes_a_quiz_is_no_passed_quiz(tmp_path, program, organization):
    reading = "---\ntitle: Look\n---\nRead this.\n"
    quiz = "---\ntitle: Check\nquestions:\n  - {prompt: P, answer: 2}\n---\n"
    made = import_lesson(tmp_path, organization, reading)
    program.courses.add(made)
    form = {"version": version_of(made.lessons.get())}
    for enrolment in learners(program, made):
        import_lesson(tmp_path, organization, reading)
        finish = in_new_tabs(enrolment.account, f"{made.address}lessons/check/done/")
        work = [lambda: import_lesson(tmp_path, organization, quiz)]
        work += [lambda post=finish: post(form)] * 7
        made_again, *answers = all_at_once(lambda do: do(), work)
        assert made_again == made
        assert set(answers) <= {200, 302}
    assert not Progress.objects.filter(lesson__kind="quiz", done_at__isnull=False).exists()
