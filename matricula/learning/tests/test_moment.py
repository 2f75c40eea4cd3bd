"""The moment of completion: one page, whatever the last lesson was; what it names can be started."""

import pytest
from django.utils import timezone

from conftest import person
from matricula.credentials.models import Certificate
from matricula.learning.enrolments import start_course, start_specialization
from matricula.learning.holding_back import _held_back, holds_back
from matricula.learning.models import Enrolment
from matricula.learning.tests.quizzes import filled, quiz_of
from matricula.learning.what_next import what_follows
from matricula.programs.memberships import enter_program
from tests.learners import do_everything, short_course, specialization_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def membership(program):
    return enter_program(program=program, account=person("Ada Okafor", "ada@home.example"))


@pytest.fixture
def ada(client, membership):
    client.force_login(membership.account)
    return client


def offered(program, *slugs):
    made = [short_course(program.organization, slug) for slug in slugs]
    program.courses.add(*made)
    return made


def page(ada, course, asked=""):
    return ada.get(f"{course.address}completed/{asked}")


def test_the_page_has_the_certificate_with_her_name_and_one_button(ada, course, membership):
    do_everything(course, membership)
    shown = page(ada, course).content.decode()
    address = f"/certificates/{Certificate.objects.get().public_id}/"
    assert (shown.count(f'href="{address}"'), shown.count('class="button big caps"')) == (1, 1)
    assert "Ada Okafor" in shown


def test_before_the_course_is_completed_the_page_leads_to_the_course(ada, course, membership):
    start_course(course=course, membership=membership)
    assert page(ada, course)["Location"] == course.address


def test_the_page_is_hers_alone(client, course, membership, chika):
    do_everything(course, membership)
    client.force_login(chika)
    assert page(client, course).status_code == 404


def test_while_the_certificate_is_held_back_the_page_says_when_it_comes(ada, course, membership):
    def everything(rows):
        return {one.pk for one in rows}

    holds_back(everything)
    try:
        do_everything(course, membership)
    finally:
        _held_back.remove(everything)
    shown = page(ada, course).content.decode()
    assert "The certificate follows on the day" in shown
    assert "/certificates/" not in shown.split("<main")[1].split("</main>")[0].replace(
        'href="/certificates/"', ""
    )


def test_a_quiz_that_was_the_last_lesson_shows_its_answers_again(ada, course, membership):
    do_everything(course, membership)
    quiz = quiz_of(course)
    ada.post(f"{course.address}lessons/quiz/done/", filled(quiz, "Stop"))
    again = ada.get(f"{course.address}lessons/quiz/").content.decode()
    assert ("Passed." in again, "Hand in" in again) == (True, False)


def test_answers_of_a_quiz_that_was_not_passed_are_not_judged_by_looking(ada, course, membership):
    start_course(course=course, membership=membership)
    ada.post(f"{course.address}lessons/quiz/done/", filled(quiz_of(course), "Go"))
    assert "Not quite" not in ada.get(f"{course.address}lessons/quiz/").content.decode()


def test_the_next_course_of_the_specialization_comes_first(ada, course, membership, program):
    first, second = offered(program, "aaa", "zzz")
    series = specialization_of(course, second)
    program.specializations.add(series)
    start_specialization(specialization=series, membership=membership)
    done = do_everything(course, membership)
    found = [(one.course, one.specialization) for one in what_follows(done, membership)]
    assert found == [(second, "Trust"), (first, "")]
    assert "Next in Trust" in page(ada, course).content.decode()


def test_what_is_under_way_comes_before_what_is_new(course, membership, program):
    _new, begun = offered(program, "aaa", "zzz")
    start_course(course=begun, membership=membership)
    found = what_follows(do_everything(course, membership), membership)
    assert [(one.course.slug, one.is_started) for one in found] == [("zzz", True), ("aaa", False)]


def test_nothing_is_named_that_cannot_be_started(ada, course, membership, program):
    (withdrawn,) = offered(program, "aaa")
    type(course).objects.filter(pk=withdrawn.pk).update(withdrawn_at=timezone.now())
    do_everything(course, membership)
    assert "You have completed everything this program has for you." in page(ada, course).content.decode()


def test_the_last_course_of_a_specialization_names_both_certificates(ada, course, membership, program):
    series = specialization_of(course)
    program.specializations.add(series)
    start_specialization(specialization=series, membership=membership)
    do_everything(course, membership)
    shown = page(ada, course).content.decode()
    assert "And with it the whole Specialization" in shown
    assert all(f"/certificates/{one.public_id}/" in shown for one in Certificate.objects.all())
    assert Enrolment.objects.get().completed_at is not None
