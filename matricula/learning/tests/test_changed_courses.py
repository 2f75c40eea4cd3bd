"""Less is asked for: whoever has done all that is left is completed, and nobody loses anything."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from conftest import person
from matricula.catalog.course_import import import_course
from matricula.catalog.specializations import take_course_out
from matricula.catalog.tests.folders import packed
from matricula.catalog.withdrawal import withdraw_from_catalog
from matricula.credentials.models import Certificate
from matricula.jobs.models import Job
from matricula.learning import completion, jobs
from matricula.learning.completion import finish_lesson
from matricula.learning.enrolments import start_course, start_specialization
from matricula.learning.models import Enrolment, Progress, SpecializationEnrolment
from matricula.programs.memberships import enter_program
from matricula.programs.models import Program
from tests.learners import (
    do_everything,
    do_lessons,
    short_course,
    specialization_of,
    work_for_a_minute,
)

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
READING = "---\ntitle: {key}\nminutes: 10\nrequired: {required}\n---\nRead this.\n"
QUIZ = """---
title: quiz
minutes: 20
required: {required}
questions:
  - prompt: One?
    options: [{{text: a, right: true}}, {{text: b}}]
---
"""


@pytest.fixture
def taken_in(tmp_path, organization):
    """Take a course of these lessons in, for the first time or again."""

    def take_in(*keys, optional=(), pass_mark=80):
        lessons = {
            f"{key}.md": (QUIZ if key == "quiz" else READING).format(
                key=key, required="false" if key in optional else "true"
            )
            for key in keys
        }
        listed = ", ".join(lessons)
        head = f"title: T\nslug: t\nsummary: S\ntopic: X\npass_mark: {pass_mark}\n"
        files = {"course.yaml": f"{head}modules:\n  - title: M\n    lessons: [{listed}]\n", **lessons}
        return import_course(source=packed(tmp_path / "t.zip", files), organization=organization)

    return take_in


@pytest.fixture
def ada(program):
    return enter_program(program=program, account=person("Ada Okafor", "ada@home.example"))


@pytest.fixture
def hugo(program):
    return enter_program(program=program, account=person("Hugo Marchetti", "hugo@home.example"))


@pytest.fixture
def begun(taken_in, ada):
    """Ada has read a; b and the quiz, in which she had 70 percent, are left."""
    course = taken_in("a", "b", "quiz")
    enrolment = start_course(course=course, membership=ada)
    do_lessons(enrolment, "a")
    finish_lesson(enrolment=enrolment, lesson=course.lessons.get(key="quiz"), score=70)
    return enrolment


def who_completed(model=Enrolment):
    done = model.objects.filter(completed_at__isnull=False).order_by("pk")
    return [one.account.full_name for one in done]


@pytest.mark.parametrize(
    ("change", "minutes"),
    [
        ({"keys": ["a"]}, 10),
        ({"keys": ["a", "b", "quiz"], "optional": ["b", "quiz"]}, 10),
        ({"keys": ["a", "quiz"], "pass_mark": 70}, 30),
    ],
    ids=["lessons gone", "lessons made optional", "pass mark lowered"],
)
def test_whoever_has_done_all_that_is_left_is_completed_within_a_minute(
    begun, hugo, taken_in, change, minutes
):
    start_course(course=begun.course, membership=hugo)
    taken_in(*change.pop("keys"), **change)
    assert who_completed() == []
    work_for_a_minute()
    assert who_completed() == ["Ada Okafor"]
    certificate = Certificate.objects.get()
    assert (certificate.account, certificate.minutes) == (begun.account, minutes)
    work_for_a_minute()
    taken_in("a")
    work_for_a_minute()
    assert Certificate.objects.count() == 1


def test_what_is_still_missing_completes_nobody(begun, taken_in):
    taken_in("a", "b", pass_mark=60)
    work_for_a_minute()
    assert who_completed() == []
    taken_in("a", "quiz", pass_mark=71)
    work_for_a_minute()
    assert who_completed() == []


def test_a_lower_pass_mark_makes_the_quiz_done_though_other_lessons_are_left(begun, taken_in):
    taken_in("a", "b", "quiz", pass_mark=60)
    work_for_a_minute()
    assert set(begun.progress.filter(done_at__isnull=False).values_list("lesson__key", flat=True)) == {
        "a",
        "quiz",
    }
    do_lessons(begun, "b")
    assert who_completed() == ["Ada Okafor"]


def test_withdrawn_lessons_are_not_asked_for_when_the_last_other_one_is_done(ada, taken_in):
    enrolment = start_course(course=taken_in("a", "b", "c"), membership=ada)
    do_lessons(enrolment, "a")
    taken_in("a", "b")
    do_lessons(enrolment, "b")
    assert who_completed() == ["Ada Okafor"]


def test_nobody_completes_a_course_by_pressing_start(begun, hugo, taken_in):
    start_course(course=begun.course, membership=hugo)
    taken_in("a", "b", optional=["a", "b"])
    work_for_a_minute()
    assert who_completed() == ["Ada Okafor"]


def test_whoever_has_completed_loses_nothing_when_more_is_asked_for(begun, taken_in):
    taken_in("a")
    work_for_a_minute()
    before = (Enrolment.objects.get().completed_at, Certificate.objects.values().get())
    taken_in("a", "b", "quiz", "new", pass_mark=100)
    work_for_a_minute()
    assert (Enrolment.objects.get().completed_at, Certificate.objects.values().get()) == before


def test_a_change_that_was_undone_leaves_no_job_and_a_new_course_needs_none(begun, taken_in, organization):
    with transaction.atomic():
        taken_in("a")
        transaction.set_rollback(True)
    assert not Job.objects.filter(kind=jobs.CHANGED).exists()
    taken_in("a")
    assert [one.reference for one in Job.objects.filter(kind=jobs.CHANGED)] == [begun.course_id]


def test_whoever_comes_after_a_whole_batch_of_a_changed_course_is_completed_too(
    taken_in, program, monkeypatch
):
    monkeypatch.setattr(completion, "BATCH", 2)
    Program.objects.update(seats=None)
    course = taken_in("a", "b")
    for number in range(7):
        who = person(f"Person {number}", f"p{number}@home.example")
        enrolment = start_course(course=course, membership=enter_program(program=program, account=who))
        if number % 3:
            do_lessons(enrolment, "a")
    taken_in("a")
    work_for_a_minute()
    assert who_completed() == [f"Person {number}" for number in (1, 2, 4, 5)]
    assert Job.objects.get(kind=jobs.CHANGED).state == "done"


@pytest.mark.parametrize("people", [1, 3])
def test_a_step_asks_no_more_for_three_who_lack_a_lesson_than_for_one(
    taken_in, program, people, django_assert_num_queries
):
    course = taken_in("a", "b")
    for number in range(people):
        who = person(f"Person {number}", f"p{number}@home.example")
        enrolment = start_course(course=course, membership=enter_program(program=program, account=who))
        do_lessons(enrolment, "a")
    with django_assert_num_queries(4):
        assert jobs.complete_course_for_some(Job(reference=course.pk)) is False


def test_withdrawing_a_course_completes_the_specializations_it_was_the_last_of(organization, ada, bruno):
    one, two, three = (short_course(organization, name) for name in ("one", "two", "three"))
    both, longer = (
        specialization_of(one, two, title="Both"),
        specialization_of(one, two, three, title="Longer"),
    )
    for series in (both, longer):
        start_specialization(specialization=series, membership=ada)
    do_everything(one, ada)
    withdraw_from_catalog(offered=two, actor=bruno)
    work_for_a_minute()
    assert [row.specialization for row in SpecializationEnrolment.objects.exclude(completed_at=None)] == [
        both
    ]
    assert Certificate.objects.get(specialization=both).minutes == 10
    due = Job.objects.filter(kind=jobs.SHORTENED).values_list("due_at", flat=True)
    assert max(due) < timezone.now() + timedelta(minutes=1)


def test_a_changed_course_completes_the_specialization_as_well(begun, taken_in, ada):
    start_specialization(specialization=specialization_of(begun.course), membership=ada)
    taken_in("a")
    work_for_a_minute()
    assert who_completed(SpecializationEnrolment) == ["Ada Okafor"]
    assert Certificate.objects.count() == 2


def test_nobody_completes_a_specialization_of_which_they_did_nothing(organization, ada, hugo, bruno):
    courses = [short_course(organization, name) for name in ("one", "two")]
    series = specialization_of(*courses)
    for membership in (ada, hugo):
        start_specialization(specialization=series, membership=membership)
    do_everything(courses[0], ada)
    for one in courses:
        withdraw_from_catalog(offered=one, actor=bruno)
    work_for_a_minute()
    assert who_completed(SpecializationEnrolment) == ["Ada Okafor"]


def test_the_minutes_of_a_certificate_are_of_what_was_done(taken_in, organization, ada, bruno):
    course = taken_in("a", "b", "quiz", optional=["b"])
    enrolment = start_course(course=course, membership=ada)
    do_lessons(enrolment, "a")
    taken_in("a", "c", "d", "quiz", optional=["d"])
    do_lessons(enrolment, "c")
    finish_lesson(enrolment=enrolment, lesson=course.lessons.get(key="quiz"), score=100)
    assert Certificate.objects.get().minutes == 40
    second, gone = short_course(organization, "two"), short_course(organization, "gone", "x", "y")
    series = specialization_of(course, second, gone)
    start_specialization(specialization=series, membership=ada)
    do_everything(second, ada)
    take_course_out(specialization=series, course=gone, actor=bruno)
    work_for_a_minute()
    assert Certificate.objects.get(specialization=series).minutes == 50


@pytest.fixture
def reader(client, ada):
    client.force_login(ada.account)
    return client


def shown(reader, program, series):
    return reader.get(
        f"/learn/programs/{program.public_id}/specializations/{series.public_id}/"
    ).content.decode()


def test_no_course_is_named_next_that_was_withdrawn(reader, organization, program, ada, bruno):
    one, two, three = (short_course(organization, name) for name in ("one", "two", "three"))
    series = specialization_of(one, two, three)
    program.specializations.add(series)
    start_specialization(specialization=series, membership=ada)
    do_everything(one, ada)
    assert f"courses/{two.public_id}/" in shown(reader, program, series)
    withdraw_from_catalog(offered=two, actor=bruno)
    page = shown(reader, program, series)
    assert two.public_id not in page
    assert f'href="/learn/programs/{program.public_id}/courses/{three.public_id}/"' in page
    withdraw_from_catalog(offered=three, actor=bruno)
    assert "Your certificate comes within a minute" in shown(reader, program, series)
    work_for_a_minute()
    page = shown(reader, program, series)
    assert "Completed" in page
    assert "within a minute" not in page


def test_a_withdrawn_course_that_ada_is_in_stays_hers_and_is_not_the_next(
    reader, organization, program, ada, bruno
):
    one, two = (short_course(organization, name) for name in ("one", "two"))
    series = specialization_of(one, two)
    program.specializations.add(series)
    start_specialization(specialization=series, membership=ada)
    withdraw_from_catalog(offered=one, actor=bruno)
    page = shown(reader, program, series)
    assert f'action="/learn/programs/{program.public_id}/start/course/{two.public_id}/"' in page
    assert "no longer required" in page
    assert reader.get(one.address).status_code == 200


def test_the_next_course_of_a_specialization_withdrawn_since_can_be_started_by_whoever_is_in_it(
    reader, client, organization, program, ada, hugo, bruno
):
    one, two = (short_course(organization, name) for name in ("one", "two"))
    series = specialization_of(one, two)
    program.specializations.add(series)
    start_specialization(specialization=series, membership=ada)
    do_everything(one, ada)
    withdraw_from_catalog(offered=series, actor=bruno)
    base = f"/learn/programs/{program.public_id}"
    assert f'href="{base}/courses/{two.public_id}/"' in shown(reader, program, series)
    assert reader.get(f"{base}/courses/{two.public_id}/").status_code == 200
    assert reader.post(f"{base}/start/course/{two.public_id}/")["Location"] == two.address
    client.force_login(hugo.account)
    assert client.post(f"{base}/start/course/{two.public_id}/")["Location"] == f"{base}/"


def test_a_page_of_a_course_that_is_done_and_not_yet_completed_says_that_it_will_be(
    reader, program, begun, taken_in
):
    taken_in("a")
    page = reader.get(begun.course.address).content.decode()
    assert "You have done every lesson." in page
    work_for_a_minute()
    page = reader.get(begun.course.address).content.decode()
    assert "See your certificate" in page
    assert "You have done every lesson." not in page


def stuck(course, membership):
    """All lessons done, and nobody noticed."""
    enrolment = start_course(course=course, membership=membership)
    Progress.objects.bulk_create(
        Progress(enrolment=enrolment, lesson=lesson, done_at=timezone.now())
        for lesson in course.lessons.all()
    )


def test_whoever_is_stuck_is_completed_at_night_courses_before_specializations(organization, ada, hugo):
    one, two = (short_course(organization, name, "a", "b") for name in ("one", "two"))
    series = specialization_of(one, two)
    for course in (one, two):
        stuck(course, ada)
    start_course(course=one, membership=hugo)
    for membership in (ada, hugo):
        SpecializationEnrolment.objects.create(account=membership.account, specialization=series)
    night = Job(place=0)
    assert jobs.complete_any_course(night) is False
    assert who_completed() == ["Ada Okafor", "Ada Okafor"]
    assert jobs.complete_any_specializations(night) is False
    assert who_completed(SpecializationEnrolment) == ["Ada Okafor"]
    assert jobs.COURSES_AT < jobs.SPECIALIZATIONS_AT
