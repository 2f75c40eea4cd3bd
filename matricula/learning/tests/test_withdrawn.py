"""Courses and Specializations that were withdrawn: open to those who started them, and to nobody new."""

import pytest

from conftest import person
from matricula.audit.models import Entry
from matricula.learning.enrolments import start_course, start_specialization
from matricula.learning.models import SpecializationEnrolment
from matricula.organizations.models import Role
from matricula.programs.memberships import enter_program
from tests.learners import do_everything, short_course, specialization_of

pytestmark = pytest.mark.django_db
CONTENT = "/console/nordlicht/content/"


@pytest.fixture(autouse=True)
def at_the_console(client, organization, bruno):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.PROGRAM_ADMINISTRATOR)
    client.force_login(bruno)


@pytest.fixture
def three(organization):
    return [short_course(organization, name) for name in ("one", "two", "three")]


def shown(client, page):
    return client.get(page).content.decode()


def test_a_withdrawn_course_goes_on_for_who_started_and_for_nobody_else(client, program, course, bruno):

    ada = person("Ada", "ada@nordlicht.example")
    membership = enter_program(program=program, account=ada)
    dana = person("Dana", "dana@nordlicht.example")
    enter_program(program=program, account=dana)
    start_course(course=course, membership=membership)
    page = client.post(f"{CONTENT}courses/{course.public_id}/withdrawal/", follow=True).content.decode()
    assert "Withdrawn on" in page
    start = f"/learn/programs/{program.public_id}/start/course/{course.public_id}/"
    client.force_login(dana)
    assert client.post(start).headers["Location"] == f"/learn/programs/{program.public_id}/"
    assert not dana.enrolments.exists()
    assert course.title not in shown(client, f"/learn/programs/{program.public_id}/")
    client.force_login(ada)
    assert client.get(course.address).status_code == 200
    client.force_login(bruno)
    client.post(f"{CONTENT}courses/{course.public_id}/comeback/")
    client.force_login(dana)
    assert client.post(start).status_code == 302
    verbs = Entry.objects.filter(verb__startswith="course.").values_list("verb", flat=True)
    assert list(verbs) == ["course.started", "course.withdrawn", "course.brought_back", "course.started"]


def test_a_withdrawn_specialization_starts_for_nobody_new_and_stays_open_to_who_started(
    client, program, course, bruno
):

    series = program.organization.specializations.create(slug="s", title="Trust", summary="S")
    series.steps.create(course=course, position=0)
    program.specializations.add(series)
    ada = person("Ada", "ada@nordlicht.example")
    start_specialization(specialization=series, membership=enter_program(program=program, account=ada))
    dana = person("Dana", "dana@nordlicht.example")
    enter_program(program=program, account=dana)
    client.post(f"{CONTENT}specializations/{series.public_id}/withdrawal/")
    page = f"/learn/programs/{program.public_id}/specializations/{series.public_id}/"
    start = f"/learn/programs/{program.public_id}/start/specialization/{series.public_id}/"
    client.force_login(dana)
    for answer in (client.get(page), client.post(start)):
        assert answer.headers["Location"] == f"/learn/programs/{program.public_id}/"
    assert not dana.specialization_enrolments.exists()
    client.force_login(ada)
    assert client.get(page).status_code == 200
    client.force_login(bruno)
    client.post(f"{CONTENT}specializations/{series.public_id}/comeback/")
    client.force_login(dana)
    assert client.post(start).status_code == 302


def test_a_withdrawn_course_no_longer_stands_between_ada_and_the_specialization(client, program, three):

    series = specialization_of(*three)
    membership = enter_program(program=program, account=person("Ada", "ada@nordlicht.example"))
    client.post(f"{CONTENT}courses/{three[0].public_id}/withdrawal/")
    start_specialization(specialization=series, membership=membership)
    assert list(membership.enrolments.values_list("course__title", flat=True)) == ["two"]
    for course in three[1:]:
        do_everything(course, membership)
    assert SpecializationEnrolment.objects.get().completed_at is not None
