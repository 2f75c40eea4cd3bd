"""A program that requires its company's sign-in opens in a browser that has it, and is a door in others."""

import hashlib
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conftest import person
from matricula.catalog.course_import import keep_file
from matricula.identities.models import CompanySession, Connection
from matricula.identities.tests.company import live_connection, signed_in_by_company
from matricula.learning.enrolments import start_course
from matricula.learning.models import Enrolment, Progress
from matricula.learning.tests.quizzes import filled, import_quiz, quiz_of
from matricula.organizations.models import Organization
from matricula.programs.memberships import enter_program
from matricula.programs.models import Membership, Program
from matricula.programs.sign_in_requirement import is_admitted
from tests.house.addresses import all_addresses
from tests.learners import do_everything, short_course

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
WORDS = hashlib.sha256(b"words").hexdigest()
DOOR = "asks for its own sign-in"


@pytest.fixture
def connection(organization) -> Connection:
    return live_connection(organization)


@pytest.fixture
def ada(program, course) -> Membership:
    """In the program, with its course started."""
    membership = enter_program(program=program, account=person("Ada Okafor", "ada@home.example"))
    start_course(course=course, membership=membership)
    return membership


@pytest.fixture
def requiring(program, connection) -> Program:
    program.requires_sign_in = True
    program.save()
    return program


@pytest.fixture
def reader(ada) -> Client:
    """Logged in with her own password, and by no company."""
    client = Client()
    client.force_login(ada.account)
    return client


@pytest.fixture
def other(organization, course) -> Program:
    """A second program of the company with the same course, that requires nothing."""
    made = Program.objects.create(organization=organization, slug="other", name="Second year")
    made.courses.add(course)
    return made


def by_company(ada, organization):
    return signed_in_by_company(ada.account, organization, in_person=True)


def pages(program, course):
    """Of each kind one, and a file."""
    course.files.create(digest=WORDS, name="words.txt", content_type="text/plain", size=5)
    return [
        f"/learn/programs/{program.public_id}/",
        f"/learn/programs/{program.public_id}/courses/{course.public_id}/",
        course.address,
        f"{course.address}lessons/read/",
        f"{course.address}lessons/quiz/",
        f"{course.address}files/{WORDS}/words.txt",
    ]


def test_without_the_companys_sign_in_every_page_is_a_door_that_leads_there_and_back(
    reader, requiring, course, organization
):
    for path in pages(requiring, course):
        page = reader.get(path)
        assert (page.status_code, DOOR in page.content.decode()) == (403, True), path
        there = reverse("sso:company", args=[organization.slug])
        assert f"{there}?next={path.replace('/', '%2F')}" in page.content.decode()


@pytest.mark.parametrize("in_person", [True, False])
def test_with_it_every_page_opens(requiring, course, ada, organization, in_person):
    keep_file(BytesIO(b"words"), WORDS)
    browser = signed_in_by_company(ada.account, organization, in_person=in_person)
    for path in pages(requiring, course):
        assert browser.get(path).status_code == 200, path


def test_my_learning_certificates_and_the_account_stay_open(reader, requiring, organization, ada):
    done = short_course(organization, "done")
    requiring.courses.add(done)
    do_everything(done, ada)
    home = reader.get("/learn/").content.decode()
    assert (requiring.name in home, "Safe every day" in home, "Not open now" in home) == (True, True, False)
    assert reader.get("/certificates/").status_code == 200
    assert reader.get("/account/").status_code == 200


def test_the_sign_in_of_another_company_opens_nothing(requiring, ada, course):
    stranger = Organization.objects.create(slug="other", name="Other Works")
    assert by_company(ada, stranger).get(course.address).status_code == 403


def test_what_ended_at_the_company_is_a_door_at_the_next_page(requiring, ada, course, organization):
    browser = by_company(ada, organization)
    assert browser.get(course.address).status_code == 200
    CompanySession.objects.update(ended_at=timezone.now())
    assert browser.get(course.address).status_code == 403


def test_a_course_opens_through_another_program_that_requires_nothing(reader, requiring, ada, course, other):
    assert reader.get(course.address).status_code == 403
    enter_program(program=other, account=ada.account)
    page = reader.get(course.address)
    assert (page.status_code, "Second year" in page.content.decode()) == (200, True)
    assert reader.get(f"/learn/programs/{requiring.public_id}/").status_code == 403
    reader.post(f"{course.address}lessons/read/done/")
    assert Enrolment.objects.get().resumed_in is None, "it counts where it was started"


def test_two_programs_that_both_require_it_are_one_door_and_one_sign_in(
    reader, requiring, ada, course, other, organization
):
    enter_program(program=other, account=ada.account)
    Program.objects.update(requires_sign_in=True)
    assert reader.get(course.address).status_code == 403
    assert by_company(ada, organization).get(course.address).status_code == 200


def test_a_program_that_has_ended_says_so_and_asks_for_no_sign_in(reader, requiring, course, ada, bruno):
    Membership.objects.update(state="removed", left_at=timezone.now())
    assert DOOR not in reader.get(course.address).content.decode()


@pytest.mark.parametrize("state", ["off", "draft"])
def test_while_no_connection_is_on_the_door_says_so_and_stays_closed(reader, requiring, course, state):
    Connection.objects.update(state=state)
    page = reader.get(course.address)
    words = page.content.decode()
    assert (page.status_code, "switched off at the moment" in words) == (403, True)
    assert "/sso/nordlicht/" not in words
    assert "switched off at the moment" in Client().get("/sso/nordlicht/").content.decode()


def test_nothing_is_written_through_the_door(reader, requiring, course, other):
    start = f"/learn/programs/{requiring.public_id}/start/course/{course.public_id}/"
    assert reader.post(start)["Location"] == f"/learn/programs/{requiring.public_id}/"
    done = reader.post(f"{course.address}lessons/read/done/")
    assert done["Location"] == f"{course.address}lessons/read/"
    assert not Progress.objects.exists()


@pytest.mark.parametrize("door", ["done/", "answers/"])
def test_answers_sent_after_the_companys_session_ended_are_there_when_it_is_back(
    requiring, ada, organization, tmp_path, door
):
    which = "prompt: Which one, options: [{text: a, right: true}, {text: b}]"
    course = import_quiz(tmp_path, organization, which, "prompt: Who is it, accepted: [Ada]")
    requiring.courses.add(course)
    start_course(course=course, membership=ada)
    quiz, browser = quiz_of(course), by_company(ada, organization)
    page = f"{course.address}lessons/check/"
    assert browser.get(page).status_code == 200
    CompanySession.objects.update(ended_at=timezone.now())
    sent = browser.post(f"{page}{door}", filled(quiz, "b", "Bob"))
    assert (sent["Location"], browser.get(page).status_code) == (page, 403)
    assert not Progress.objects.filter(lesson=quiz).exclude(answers={}).exists()
    CompanySession.objects.update(ended_at=None)
    shown = browser.get(page).content.decode()
    assert ("They are here again" in shown, 'value="Bob"' in shown, shown.count(" checked")) == (
        True,
        True,
        1,
    )
    browser.post(f"{page}answers/", filled(quiz, "a", "Ada"))
    assert "They are here again" not in browser.get(page).content.decode()


def test_the_answers_of_ada_are_not_shown_to_whoever_logs_in_next(requiring, ada, organization, tmp_path):
    course = import_quiz(tmp_path, organization, "prompt: Who is it, accepted: [Ada]")
    requiring.courses.add(course)
    start_course(course=course, membership=ada)
    browser = by_company(ada, organization)
    CompanySession.objects.update(ended_at=timezone.now())
    browser.post(f"{course.address}lessons/check/answers/", filled(quiz_of(course), "Bob"))
    dana = person("Dana", "dana@home.example")
    start_course(course=course, membership=enter_program(program=requiring, account=dana))
    browser.post("/account/log-out/")
    browser.force_login(dana)
    Program.objects.update(requires_sign_in=False)
    assert "Bob" not in browser.get(f"{course.address}lessons/check/").content.decode()


def test_every_page_of_a_program_is_behind_the_rules_that_ask(requiring):
    """A page of learning that hands out a program's content wears `member` or `enrolled`; My learning alone
    is a list."""
    learning = [one for one in all_addresses() if one.name.startswith("learning:")]
    assert {one.name for one in learning if one.view.access not in ("member", "enrolled")} == {
        "learning:home"
    }


@pytest.mark.parametrize(("requires", "more"), [(False, 0), (True, 1)])
def test_a_page_of_a_program_that_requires_nothing_costs_what_it_did(
    reader, program, ada, course, organization, connection, rf, requires, more, django_assert_num_queries
):
    Program.objects.update(requires_sign_in=requires)
    browser = by_company(ada, organization)
    browser.get(course.address)
    request = rf.get("/")
    request.session, request.user = dict(browser.session.items()), ada.account
    found = Program.objects.select_related("organization").get()
    with django_assert_num_queries(more):
        assert is_admitted(request, found)
        assert is_admitted(request, found)
