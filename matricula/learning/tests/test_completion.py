"""What completes a course and a Specialization: what the person did, and nobody else."""

import pytest

from conftest import person
from matricula.audit.models import Entry
from matricula.catalog.specializations import take_course_out
from matricula.credentials.models import Certificate
from matricula.jobs.models import Job
from matricula.learning import completion, jobs
from matricula.learning.completion import complete_specializations, finish_lesson, keep_answers
from matricula.learning.enrolments import start_course, start_specialization
from matricula.learning.models import Enrolment, SpecializationEnrolment
from matricula.programs.memberships import enter_program
from matricula.programs.models import Program
from tests.learners import do_everything, short_course, specialization_of, work_for_a_minute

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def ada(program):
    return enter_program(program=program, account=person("Ada Okafor", "ada@home.example"))


@pytest.fixture
def hugo(program):
    return enter_program(program=program, account=person("Hugo Marchetti", "hugo@home.example"))


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
    second = short_course(organization, "two")
    series = specialization_of(course, second)
    do_everything(course, hugo)
    start_course(course=course, membership=ada)
    start_specialization(specialization=series, membership=ada)
    do_everything(second, ada)
    complete_specializations(SpecializationEnrolment.objects.all())
    assert SpecializationEnrolment.objects.get().completed_at is None


@pytest.fixture
def series(organization, course):
    """Three courses; the third is `course`."""
    return specialization_of(short_course(organization, "one"), short_course(organization, "two"), course)


def complete_all_but_the_last(series, membership):
    start_specialization(specialization=series, membership=membership)
    for step in list(series.steps.select_related("course"))[:-1]:
        do_everything(step.course, membership)


def test_taking_a_course_out_completes_those_who_have_all_the_rest(series, course, ada, hugo, bruno):
    complete_all_but_the_last(series, ada)
    start_specialization(specialization=series, membership=hugo)
    take_course_out(specialization=series, course=course, actor=bruno)
    assert not Certificate.objects.filter(specialization=series).exists()
    work_for_a_minute()
    issued = Certificate.objects.get(specialization=series)
    assert (issued.account, issued.title) == (ada.account, "Trust")
    lines = Entry.objects.filter(verb="certificate.issued", subject_id=issued.pk)
    assert [(one.organization_id, one.subject_type) for one in lines] == [
        (series.organization_id, "credentials.certificate")
    ]


def test_taking_out_course_after_course_issues_one_certificate_and_an_empty_series_none(series, ada, bruno):
    complete_all_but_the_last(series, ada)
    for step in reversed(series.steps.select_related("course")):
        take_course_out(specialization=series, course=step.course, actor=bruno)
        work_for_a_minute()
    assert Certificate.objects.filter(specialization=series).count() == 1
    assert Entry.objects.filter(verb="certificate.issued").count() == 3
    start_specialization(specialization=series, membership=ada)
    assert Certificate.objects.filter(specialization=series).count() == 1


def test_whoever_comes_after_a_whole_batch_is_completed_too(series, course, program, bruno, monkeypatch):
    monkeypatch.setattr(completion, "BATCH", 2)
    Program.objects.update(seats=None)
    for number in range(7):
        who = person(f"Person {number}", f"p{number}@home.example")
        membership = enter_program(program=program, account=who)
        if number % 3 == 0:
            start_specialization(specialization=series, membership=membership)
        else:
            complete_all_but_the_last(series, membership)
    take_course_out(specialization=series, course=course, actor=bruno)
    work_for_a_minute()
    done = SpecializationEnrolment.objects.filter(completed_at__isnull=False).order_by("pk")
    assert [one.account.full_name for one in done] == [f"Person {number}" for number in (1, 2, 4, 5)]
    assert Job.objects.get(kind=jobs.SHORTENED).state == "done"


@pytest.mark.parametrize("people", [1, 3])
def test_a_step_asks_no_more_for_three_who_lack_a_course_than_for_one(
    series, course, program, bruno, people, django_assert_num_queries
):
    for number in range(people):
        who = person(f"Person {number}", f"p{number}@home.example")
        start_specialization(specialization=series, membership=enter_program(program=program, account=who))
    take_course_out(specialization=series, course=course, actor=bruno)
    with django_assert_num_queries(4):
        assert jobs.complete_series_for_some(Job.objects.get(kind=jobs.SHORTENED)) is False
