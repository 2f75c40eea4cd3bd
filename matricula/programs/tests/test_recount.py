"""Every night the kept numbers are counted from scratch, in small steps; a wrong one is mended and logged."""

import logging
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.utils import timezone

from conftest import person
from matricula.invitations.invitations import invite_person
from matricula.jobs.models import Job
from matricula.jobs.queue import perform_due, schedule_recurring
from matricula.learning import recount as courses
from matricula.learning.completion import finish_lesson
from matricula.learning.enrolments import start_course
from matricula.programs.counting import counted_numbers, fold_changes, registered_counters
from matricula.programs.memberships import end_membership, enter_program
from matricula.programs.models import Count, Membership, Program
from matricula.programs.recount import differing, mend_number, recount_programs, recount_seats, wrong_numbers

pytestmark = pytest.mark.postgres

NIGHTLY = ("learning.recount", "programs.recount")


@pytest.fixture
def two_programs(program, bruno, course):
    """In each somebody is invited and somebody completed a course and is in a group."""
    other = Program.objects.create(organization=program.organization, slug="two", name="Two")
    for one in (program, other):
        invite_person(program=one, address=f"{one.slug}@nordlicht.example", invited_by=bruno)
        member = enter_program(program=one, account=person(one.name, f"{one.slug}@home.example"))
        member.groups.add(one.groups.create(name="Grid"))
        enrolment = start_course(course=course, membership=member)
        for lesson in course.lessons.all():
            finish_lesson(enrolment=enrolment, lesson=lesson, score=100)
    fold_changes()
    return program, other


def night():
    """The steps of both nightly jobs, as the worker takes them."""
    schedule_recurring()
    Job.objects.exclude(kind__in=NIGHTLY).delete()
    Job.objects.update(due_at=timezone.now())
    steps = 0
    while perform_due():
        steps += 1
    return steps


@pytest.mark.django_db
def test_a_quiet_night_says_nothing_and_changes_nothing(two_programs, caplog):
    before = list(Count.objects.order_by("pk").values())
    steps = night()
    assert steps == 2 + 2 * len(registered_counters()) + 1
    assert (caplog.text, wrong_numbers()) == ("", [])
    fold_changes()
    assert list(Count.objects.order_by("pk").values()) == before
    assert set(Job.objects.values_list("state", "place")) == {("queued", 0)}


@pytest.mark.django_db
def test_a_number_that_somebody_changed_is_right_in_the_morning_and_logged(two_programs, caplog):
    program, other = two_programs
    Count.objects.filter(program=other, what="standing").update(n=7)
    Count.objects.filter(program=program, what="group_joined").delete()
    assert len(wrong_numbers()) == 2
    with caplog.at_level(logging.WARNING):
        night()
    assert wrong_numbers() == []
    group = program.groups.get()
    assert sorted(one.message for one in caplog.records) == sorted(
        [
            f"Program {other.pk}: standing queued was wrong by -6 and is right again.",
            f"Program {program.pk}: group_joined {group.pk} was wrong by +1 and is right again.",
        ]
    )
    assert counted_numbers([other.pk], "standing")["standing"] == {"queued": 1}


@pytest.mark.django_db
def test_the_courses_of_a_member_are_counted_again_before_who_started_is(two_programs, caplog, monkeypatch):
    monkeypatch.setattr(courses, "BATCH", 1)
    program, _other = two_programs
    Membership.objects.filter(program=program).update(courses_started=0, courses_completed=4)
    with caplog.at_level(logging.WARNING):
        night()
    member = Membership.objects.get(program=program)
    assert (member.courses_started, member.courses_completed) == (1, 1)
    assert [one.message for one in caplog.records] == [
        f"Courses were counted wrong and are right again; memberships: 1, the first: {member.pk}."
    ]
    assert wrong_numbers() == []


@pytest.mark.django_db
def test_seats_that_somebody_changed_are_right_in_the_morning_and_never_more_than_there_are(
    two_programs, caplog
):
    program, other = two_programs
    enter_program(program=program, account=person("Chika", "chika@home.example"))
    Program.objects.filter(pk=program.pk).update(seats=1, seats_used=0)
    Program.objects.filter(pk=other.pk).update(seats=None, seats_used=9)
    assert wrong_numbers() == [(program.pk, "seats", "taken", 1), (other.pk, "seats", "taken", -8)]
    with caplog.at_level(logging.WARNING):
        night()
    assert [one.message for one in caplog.records] == [
        f"Program {program.pk}: seats taken was wrong by +1 and is right again.",
        f"Program {other.pk}: seats taken was wrong by -8 and is right again.",
    ]
    assert set(Program.objects.values_list("seats_used", flat=True)) == {1}
    Program.objects.update(seats_used=0)
    recount_programs()
    assert wrong_numbers() == []


@pytest.mark.django_db
def test_the_seat_of_a_membership_that_was_deleted_is_free_in_the_morning(program, chika):
    enter_program(program=program, account=chika).delete()
    assert Program.objects.get().seats_used == 1
    night()
    assert Program.objects.get().seats_used == 0


@pytest.mark.django_db(transaction=True)
def test_races_people_who_join_and_leave_while_seats_are_recounted_are_counted(program):
    Program.objects.update(seats=None)
    people = [person(f"P {n}", f"p{n}@home.example") for n in range(20)]
    leaving = [enter_program(program=program, account=one) for one in people[:10]]
    Program.objects.update(seats_used=77)

    def act(n):
        try:
            if n < 10:
                end_membership(membership=leaving[n], actor=None, state=Membership.State.LEFT)
            elif n < 20:
                enter_program(program=program, account=people[n])
            else:
                recount_seats(program.pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(act, [20, 0, 10, 1, 11, 21, *range(2, 10), 22, *range(12, 20), 23]))
    assert (Program.objects.get().seats_used, wrong_numbers()) == (10, [])


@pytest.mark.django_db(transaction=True)
def test_races_a_wrong_number_that_four_mend_at_once_is_mended_once(two_programs):
    Count.objects.filter(what="joined").update(n=40)

    def mend_it(_):
        try:
            return mend_number(differing())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(mend_it, range(4)))
    assert sorted(map(len, found)) == [0, 0, 0, 2]
    assert wrong_numbers() == []


@pytest.mark.django_db(transaction=True)
def test_races_people_who_start_while_members_are_counted_again_are_counted(program, course):
    Program.objects.update(seats=None)
    members = [
        enter_program(program=program, account=person(f"P {n}", f"p{n}@home.example")) for n in range(20)
    ]
    Membership.objects.update(courses_started=3)

    def act(n):
        try:
            if n < 20:
                start_course(course=course, membership=members[n])
            else:
                courses.recount_courses()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(24) as pool:
        list(pool.map(act, [*range(10), 20, 21, *range(10, 20), 22, 23]))
    assert set(Membership.objects.values_list("courses_started", flat=True)) == {1}
    assert wrong_numbers() == []
