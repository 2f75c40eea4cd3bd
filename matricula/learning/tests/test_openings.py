"""A course that two programs offer is open while one of them is, and counts for those it was learned in."""

from datetime import timedelta
from functools import partial

import pytest
from django.test import Client
from django.utils import timezone

from conftest import person
from matricula.learning.completion import finish_lesson
from matricula.learning.enrolments import start_course, start_specialization
from matricula.learning.models import Enrolment
from matricula.organizations.models import Role
from matricula.programs.counting import counted_numbers
from matricula.programs.memberships import end_membership, enter_program
from matricula.programs.models import Membership, Program
from matricula.programs.recount import wrong_numbers
from tests.at_once import all_at_once, refusals
from tests.learners import do_everything, do_lessons, short_course, specialization_of

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
DAY = timedelta(days=1)


@pytest.fixture
def other(organization, course) -> Program:
    made = Program.objects.create(organization=organization, slug="other", name="Second year")
    made.courses.add(course)
    return made


@pytest.fixture
def ada(program, other) -> Membership:
    """In both; the course is started in the first."""
    account = person("Ada Okafor", "ada@home.example")
    enter_program(program=other, account=account)
    return enter_program(program=program, account=account)


@pytest.fixture
def second(ada, other) -> Membership:
    return Membership.objects.get(account=ada.account, program=other)


@pytest.fixture
def reader(ada, course, client) -> Client:
    start_course(course=course, membership=ada)
    client.force_login(ada.account)
    return client


def removed(membership, bruno):
    end_membership(membership=membership, actor=bruno, state=Membership.State.REMOVED)


def ended(membership, bruno):
    Program.objects.filter(pk=membership.program_id).update(ends_on=timezone.localdate() - DAY)


def not_begun(membership, bruno):
    Program.objects.filter(pk=membership.program_id).update(starts_on=timezone.localdate() + DAY)


closing = pytest.mark.parametrize("close", [removed, ended, not_begun])


@closing
def test_a_course_stays_open_through_the_other_program(reader, ada, course, bruno, close):
    close(ada, bruno)
    assert reader.get(course.address).status_code == 200
    assert reader.post(f"{course.address}lessons/read/done/").status_code == 302
    assert "Not open now" not in reader.get("/learn/").content.decode()
    assert "Second year" in reader.get(course.address).content.decode()


@closing
def test_starting_it_in_the_second_program_too_leaves_it_open_through_the_first(
    reader, ada, second, course, bruno, close
):
    reader.post(f"/learn/programs/{second.program.public_id}/start/course/{course.public_id}/")
    close(second, bruno)
    assert reader.get(course.address).status_code == 200


@closing
def test_a_course_of_a_specialization_of_the_second_program_stays_open_too(
    reader, ada, second, course, close
):
    second.program.courses.clear()
    second.program.specializations.add(specialization_of(course))
    close(ada, None)
    assert reader.get(course.address).status_code == 200


def test_it_closes_when_no_program_that_offers_it_is_left(reader, ada, second, course, bruno):
    removed(ada, bruno)
    second.program.courses.clear()
    assert reader.get(course.address).status_code == 403
    assert "Not open now" in reader.get("/learn/").content.decode()
    second.program.courses.add(course)
    removed(second, bruno)
    assert reader.get(course.address).status_code == 403


def test_it_says_when_the_second_program_begins_once_the_first_is_over(reader, ada, second, course, bruno):
    removed(ada, bruno)
    not_begun(second, bruno)
    page = reader.get(course.address)
    assert (page.status_code, "Second year begins on that day" in page.content.decode()) == (403, True)


def test_a_program_that_somebody_else_is_in_opens_nothing(reader, ada, second, course, bruno, chika):
    removed(ada, bruno)
    removed(second, bruno)
    enter_program(program=second.program, account=chika)
    assert reader.get(course.address).status_code == 403


def numbers(membership) -> tuple[int, int, int, int]:
    """Of the member: courses started and completed; of its program: the same, of courses."""
    membership.refresh_from_db()
    found = counted_numbers([membership.program_id], "course_started", "course_completed")
    by_course = (sum(found[what].values()) for what in ("course_started", "course_completed"))
    return (membership.courses_started, membership.courses_completed, *by_course)


def test_what_was_completed_in_one_program_stays_its_own(ada, second, course):
    do_everything(course, ada)
    start_course(course=course, membership=second)
    assert (numbers(ada), numbers(second)) == ((1, 1, 1, 1), (0, 0, 0, 0))
    assert wrong_numbers() == []


@pytest.mark.parametrize("close", [removed, ended])
def test_what_was_completed_stays_its_own_after_the_program_too(ada, second, course, bruno, close):
    do_everything(course, ada)
    close(ada, bruno)
    start_course(course=course, membership=second)
    assert (numbers(ada), numbers(second)) == ((1, 1, 1, 1), (0, 0, 0, 0))


@pytest.mark.parametrize("pressed", [True, False])
def test_what_is_gone_on_with_in_another_program_was_started_in_both_and_completed_there(
    ada, second, course, bruno, pressed
):
    enrolment = start_course(course=course, membership=ada)
    do_lessons(enrolment, "read")
    removed(ada, bruno)
    if pressed:
        start_course(course=course, membership=second)
    enrolment = Enrolment.objects.get()
    finish_lesson(enrolment=enrolment, lesson=course.lessons.get(key="quiz"), score=100)
    assert (numbers(ada), numbers(second)) == ((1, 0, 1, 0), (1, 1, 1, 1))
    assert wrong_numbers() == []


def test_a_third_program_takes_the_place_of_the_second_in_the_numbers_and_nothing_is_lost_of_the_first(
    ada, second, course, bruno, organization
):
    """Decision 39 says why the second one's start is not kept."""
    start_course(course=course, membership=ada)
    removed(ada, bruno)
    start_course(course=course, membership=second)
    removed(second, bruno)
    last = Program.objects.create(organization=organization, slug="last", name="Third year")
    last.courses.add(course)
    third = enter_program(program=last, account=ada.account)
    do_everything(course, third)
    assert [numbers(one) for one in (ada, second, third)] == [(1, 0, 1, 0), (0, 0, 0, 0), (1, 1, 1, 1)]
    assert wrong_numbers() == []


def test_pressing_start_again_in_a_program_that_has_it_too_counts_nothing(ada, second, course):
    start_course(course=course, membership=ada)
    start_course(course=course, membership=second)
    assert (numbers(ada)[:2], numbers(second)[:2]) == ((1, 0), (0, 0))


def test_the_second_program_sees_on_ada_s_page_what_she_goes_on_with_there(
    client, organization, ada, second, course, bruno
):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.PROGRAM_ADMINISTRATOR)
    start_course(course=course, membership=ada)
    removed(ada, bruno)
    start_course(course=course, membership=second)
    group = second.program.groups.create(name="Team")
    second.groups.add(group)
    group.managers.add(bruno)
    Role.objects.update(kind=Role.Kind.GROUP_MANAGER)
    client.force_login(bruno)
    page = client.get(f"/console/{organization.slug}/people/{ada.account.public_id}/").content.decode()
    assert course.title in page


@pytest.mark.django_db(transaction=True)
def test_races_start_and_entering_again_and_the_last_lesson_wait_for_each_other_in_one_order(
    organization, program, bruno
):
    """Entering holds the membership, completing a course counts on it: both take the enrolment before."""
    Program.objects.update(seats=None)
    account = person("Ada Okafor", "ada@home.example")
    membership = enter_program(program=program, account=account)
    for number in range(10):
        first, next_one = (short_course(organization, f"{name}{number}") for name in ("one", "two"))
        series = specialization_of(first, next_one, title=f"T{number}")
        program.specializations.add(series)
        enrolment = start_course(course=first, membership=membership)
        results = all_at_once(
            partial(do_lessons, enrolment, "a"),
            partial(start_specialization, specialization=series, membership=membership),
            partial(start_course, course=next_one, membership=membership),
            partial(start_specialization, specialization=series, membership=membership),
        )
        assert refusals(results) == []
    assert wrong_numbers() == []
