"""One lesson in many tabs at once: the best score, the day it was done and the place in a film stay."""

import pytest
from django.test import Client

from conftest import person
from matricula.catalog.models import Lesson
from matricula.credentials.models import Certificate
from matricula.joining.tests.test_races import all_at_once
from matricula.learning.completing import finish_lesson, move_video
from matricula.learning.models import Enrolment, Progress
from matricula.learning.starting import start_course
from matricula.programs.membership import enter_program
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
    forms = [{"q1": "0"}, {"q1": "1"}] * 4
    ends = []
    for enrolment in learners(program, course):
        finish_lesson(enrolment=enrolment, lesson=course.lessons.get(key="read"))
        hand_in = in_new_tabs(enrolment.account, f"{course.address}lessons/quiz/done/")
        assert all_at_once(hand_in, forms) == [200] * 8
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
