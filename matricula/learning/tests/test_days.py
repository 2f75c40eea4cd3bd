"""Courses open on the first day of a program and close after the last, at once and by the date alone."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from conftest import person
from matricula.credentials.models import Certificate
from matricula.learning.enrolments import start_course
from matricula.learning.models import Progress
from matricula.learning.tests.quizzes import filled, quiz_of
from matricula.programs.memberships import end_membership, enter_program
from matricula.programs.models import Membership, Program

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def membership(program):
    return enter_program(program=program, account=person("Ada Okafor", "ada@home.example"))


@pytest.fixture
def reader(client, membership) -> Client:
    client.force_login(membership.account)
    return client


def days(starts=None, ends=None):
    """Days from today."""
    today = timezone.localdate()
    Program.objects.update(
        starts_on=today + starts * DAY if starts is not None else None,
        ends_on=today + ends * DAY if ends is not None else None,
    )


def test_what_is_started_before_the_first_day_is_kept_and_opens_on_it(reader, program, course):
    days(starts=3)
    assert "This program begins on" in reader.get(f"/learn/programs/{program.public_id}/").content.decode()
    offered = f"/learn/programs/{program.public_id}/courses/{course.public_id}/"
    assert "Opens on" in reader.get(offered).content.decode()
    reader.post(f"/learn/programs/{program.public_id}/start/course/{course.public_id}/")
    waiting = reader.get(course.address)
    assert (waiting.status_code, "You are in." in waiting.content.decode()) == (403, True)
    assert reader.post(f"{course.address}lessons/read/done/").status_code == 403
    assert not Progress.objects.exists()
    assert "begins on" in reader.get("/learn/").content.decode()
    days(starts=0)
    assert reader.get(course.address).status_code == 200


def test_d5_by_the_programs_end_courses_close_with_the_day_and_what_was_earned_stays(
    reader, membership, program, course
):
    start_course(course=course, membership=membership)
    reader.post(f"{course.address}lessons/read/done/")
    reader.post(f"{course.address}lessons/quiz/done/", filled(quiz_of(course), "Stop"))
    certificate = Certificate.objects.get()
    days(ends=0)
    assert "This program runs until" in reader.get(f"/learn/programs/{program.public_id}/").content.decode()
    days(ends=-1)
    for place in (
        course.address,
        f"{course.address}lessons/read/",
        f"/learn/programs/{program.public_id}/",
        f"/learn/programs/{program.public_id}/courses/{course.public_id}/",
    ):
        answer = reader.get(place)
        assert (answer.status_code, "This program has ended" in answer.content.decode()) == (403, True)
    assert Progress.objects.filter(done_at__isnull=False).count() == 2
    page = reader.get("/learn/").content.decode()
    assert "You are in no program now" in page
    assert certificate.public_id in page
    assert Client().get(f"/certificates/{certificate.public_id}/pdf/").content.startswith(b"%PDF")


def test_d5_removing_ends_access_and_frees_the_seat_and_certificates_and_progress_stay(
    reader, membership, program, course, bruno
):
    start_course(course=course, membership=membership)
    reader.post(f"{course.address}lessons/read/done/")
    reader.post(f"{course.address}lessons/quiz/done/", filled(quiz_of(course), "Stop"))
    end_membership(membership=membership, actor=bruno, state=Membership.State.REMOVED)
    for place in (course.address, f"/learn/programs/{program.public_id}/"):
        answer = reader.get(place)
        assert (answer.status_code, "Your membership has ended" in answer.content.decode()) == (403, True)
    assert Program.objects.get().seats_used == 0
    assert Progress.objects.filter(done_at__isnull=False).count() == 2
    certificate = Certificate.objects.get(account=membership.account)
    assert Client().get(f"/certificates/{certificate.public_id}/").status_code == 200


def test_d6_coming_back_opens_the_course_where_it_was_left(reader, membership, program, course, bruno):
    start_course(course=course, membership=membership)
    reader.post(f"{course.address}lessons/read/done/")
    end_membership(membership=membership, actor=bruno, state=Membership.State.REMOVED)
    again = enter_program(program=program, account=membership.account, invited_at=timezone.now())
    assert again.pk == membership.pk
    assert "1 of 2 lessons" in reader.get(course.address).content.decode()
