"""What completes a course and a Specialization: what the person did, and nobody else."""

import pytest

from conftest import person
from matricula.learning.completing import complete_if_done, complete_series, finish_lesson, keep_answers
from matricula.learning.models import Enrolment, SpecializationEnrolment
from matricula.learning.starting import start_course, start_specialization
from matricula.programs.membership import enter_program

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(program):
    return enter_program(program=program, account=person("Ada Okafor", "ada@home.example"))


@pytest.fixture
def hugo(program):
    return enter_program(program=program, account=person("Hugo Marchetti", "hugo@home.example"))


def do_everything(course, membership):
    enrolment = start_course(course=course, membership=membership)
    for lesson in course.lessons.all():
        finish_lesson(enrolment=enrolment, lesson=lesson, score=100)


def test_lessons_that_ada_has_begun_and_hugo_has_done_do_not_complete_adas_course(course, ada, hugo):
    do_everything(course, hugo)
    begun = start_course(course=course, membership=ada)
    first, *rest = course.lessons.all()
    for lesson in rest:
        keep_answers(enrolment=begun, lesson=lesson, answers={"q1": ["0"]})
    finish_lesson(enrolment=begun, lesson=first)
    assert [one.account.full_name for one in Enrolment.objects.filter(completed_at__isnull=False)] == [
        "Hugo Marchetti"
    ]


def test_a_course_that_ada_has_begun_and_hugo_has_done_does_not_complete_adas_series(
    organization, course, ada, hugo
):
    second = organization.courses.create(slug="two", title="Two", topic="X")
    series = organization.specializations.create(slug="s", title="Trust", summary="S")
    for position, one in enumerate((course, second)):
        series.series.create(course=one, position=position)
    do_everything(course, hugo)
    start_course(course=course, membership=ada)
    start_specialization(specialization=series, membership=ada)
    complete_if_done(start_course(course=second, membership=ada))
    complete_series(SpecializationEnrolment.objects.all())
    assert SpecializationEnrolment.objects.get().completed_at is None
