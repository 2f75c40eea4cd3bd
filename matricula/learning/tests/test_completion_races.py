"""The last one closes it: when two are last at one moment, and when what is asked for changes meanwhile."""

from functools import partial
from threading import Event

import pytest
from django.db import transaction

from conftest import person
from matricula.catalog.signals import course_changed
from matricula.catalog.withdrawal import withdraw_from_catalog
from matricula.credentials.models import Certificate
from matricula.learning.enrolments import start_course, start_specialization
from matricula.learning.models import Enrolment, SpecializationEnrolment
from matricula.programs.memberships import enter_program
from tests.at_once import all_at_once, refusals
from tests.learners import (
    do_everything,
    do_lessons,
    short_course,
    specialization_of,
    work_for_a_minute,
)

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 20
MOMENT = 0.5
"""Seconds; whoever waits for a lock would be through long before without it."""


@pytest.fixture
def ada(program):
    return enter_program(program=program, account=person("Ada Okafor", "ada@home.example"))


def unfinished(model):
    return model.objects.filter(completed_at__isnull=True).count()


def test_races_the_last_two_lessons_finished_at_one_moment_complete_the_course(organization, ada):
    for number in range(ROUNDS):
        course = short_course(organization, f"c{number}", "a", "b")
        enrolment = start_course(course=course, membership=ada)
        results = all_at_once(*(partial(do_lessons, enrolment, key) for key in "ab"))
        assert refusals(results) == []
    assert (unfinished(Enrolment), Certificate.objects.count()) == (0, ROUNDS)


def test_races_the_last_two_courses_finished_at_one_moment_complete_the_specialization(organization, ada):
    """They are of two programs: the members of one are counted one after the other anyway."""
    second = organization.programs.create(slug="second", name="Second")
    memberships = [ada, enter_program(program=second, account=ada.account)]
    for number in range(ROUNDS):
        courses = [short_course(organization, f"{name}{number}") for name in ("one", "two")]
        start_specialization(specialization=specialization_of(*courses, title=f"T{number}"), membership=ada)
        pairs = zip(courses, memberships, strict=True)
        started = [start_course(course=course, membership=membership) for course, membership in pairs]
        assert refusals(all_at_once(*(partial(do_lessons, one, "a") for one in started))) == []
    assert unfinished(SpecializationEnrolment) == 0
    assert Certificate.objects.filter(specialization__isnull=False).count() == ROUNDS


def test_races_a_specialization_started_as_its_last_course_is_finished_is_completed(organization, ada):
    for number in range(ROUNDS):
        course = short_course(organization, f"c{number}")
        series = specialization_of(course, title=f"T{number}")
        enrolment = start_course(course=course, membership=ada)
        results = all_at_once(
            partial(do_lessons, enrolment, "a"),
            partial(start_specialization, specialization=series, membership=ada),
        )
        assert refusals(results) == []
    assert unfinished(SpecializationEnrolment) == 0


def ask_for_less(course):
    """Lesson b is made optional, and the worker looks through the course as soon as that is so."""
    with transaction.atomic():
        course.lessons.filter(key="b").update(required=False)
        course_changed.send(type(course), course=course)
    work_for_a_minute()


def test_races_the_worker_waits_for_whoever_is_finishing_a_lesson(organization, ada):
    """Ada finishes lesson a under the old rules, and it is not yet written as the worker comes by."""
    course = short_course(organization, "c", "a", "b")
    enrolment = start_course(course=course, membership=ada)
    finishing, changed = Event(), Event()

    def finish():
        with transaction.atomic():
            do_lessons(enrolment, "a")
            finishing.set()
            changed.wait(MOMENT)

    def change():
        finishing.wait(5)
        ask_for_less(course)
        changed.set()

    assert refusals(all_at_once(finish, change)) == []
    assert unfinished(Enrolment) == 0


def test_races_the_worker_waits_for_whoever_is_finishing_a_course(organization, ada, bruno):
    """The same of a Specialization, of which the other course is withdrawn."""
    courses = [short_course(organization, name) for name in ("one", "two")]
    start_specialization(specialization=specialization_of(*courses), membership=ada)
    enrolment = start_course(course=courses[0], membership=ada)
    finishing, changed = Event(), Event()

    def finish():
        with transaction.atomic():
            do_lessons(enrolment, "a")
            finishing.set()
            changed.wait(MOMENT)

    def change():
        finishing.wait(5)
        withdraw_from_catalog(offered=courses[1], actor=bruno)
        work_for_a_minute()
        changed.set()

    assert refusals(all_at_once(finish, change)) == []
    assert unfinished(SpecializationEnrolment) == 0


def test_races_two_workers_and_the_learners_complete_everybody_once(organization, program):
    type(program).objects.update(seats=None)
    people = [
        enter_program(program=program, account=person(f"P {number}", f"p{number}@home.example"))
        for number in range(12)
    ]
    courses = [short_course(organization, name, "a", "b") for name in ("one", "two")]
    series = specialization_of(*courses)
    for one in people:
        start_specialization(specialization=series, membership=one)
        do_everything(short_course(organization, f"own{one.pk}"), one)
    enrolments = [start_course(course=course, membership=one) for course in courses for one in people]
    for one in enrolments[::2]:
        do_lessons(one, "a")
    results = all_at_once(
        *(partial(ask_for_less, course) for course in courses),
        *(partial(do_lessons, one, "a") for one in enrolments[1::2]),
    )
    work_for_a_minute()
    assert refusals(results) == []
    assert (unfinished(Enrolment), unfinished(SpecializationEnrolment)) == (0, 0)
    assert Certificate.objects.count() == 4 * len(people)
