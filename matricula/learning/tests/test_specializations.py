"""One is in a Specialization: START opens its first lesson, and the next course starts by itself."""

import pytest
from django.utils import timezone

from conftest import person
from matricula.learning.completion import finish_lesson
from matricula.learning.models import Enrolment, SpecializationEnrolment
from matricula.programs.memberships import end_membership, enter_program
from matricula.programs.models import Membership

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada():
    return person("Ada Okafor", "ada@home.example")


@pytest.fixture
def membership(program, ada):
    return enter_program(program=program, account=ada)


@pytest.fixture
def reader(client, ada, membership):
    client.force_login(ada)
    return client


@pytest.fixture
def series(organization, program):
    """Three courses of one page each."""
    made = organization.specializations.create(slug="trust", title="Trust", summary="S")
    for place, name in enumerate(("one", "two", "three")):
        course = organization.courses.create(slug=name, title=f"Course {name}", topic="X")
        module = course.modules.create(position=0, title="M")
        course.lessons.create(module=module, key="read", position=0, kind="reading", title=f"Read {name}")
        made.steps.create(course=course, position=place)
    program.specializations.add(made)
    return made


def start(reader, program, series):
    return reader.post(f"/learn/programs/{program.public_id}/start/specialization/{series.public_id}/")


def course_of(series, slug):
    return series.steps.get(course__slug=slug).course


def finish(account, course):
    enrolment = Enrolment.objects.get(account=account, course=course)
    finish_lesson(enrolment=enrolment, lesson=course.lessons.get())


def in_page(reader, address="/learn/"):
    return " ".join(reader.get(address).content.decode().split())


def test_start_opens_the_first_lesson_and_my_learning_shows_one_card(reader, program, series):
    answer = start(reader, program, series)
    assert answer["Location"] == f"{course_of(series, 'one').address}lessons/read/"
    page = in_page(reader)
    assert page.count('class="card series-card"') == 1
    assert "0 of 3 courses" in page
    assert "Nothing in progress" not in page
    assert page.count("go-on") == 0


def test_the_next_course_starts_by_itself_and_continue_leads_into_it(
    reader, program, series, ada, membership
):
    start(reader, program, series)
    finish(ada, course_of(series, "one"))
    second = Enrolment.objects.get(account=ada, course=course_of(series, "two"))
    assert second.membership == membership
    page = in_page(reader)
    assert "1 of 3 courses" in page
    assert f'<a class="button big" href="{second.course.address}lessons/read/">Continue' in page


def test_what_the_program_no_longer_offers_does_not_start_by_itself(
    reader, program, series, ada, bruno, membership
):
    start(reader, program, series)
    program.specializations.remove(series)
    program.courses.add(course_of(series, "one"))
    finish(ada, course_of(series, "one"))
    assert Enrolment.objects.filter(account=ada).count() == 1


def test_nothing_starts_for_whoever_left_meanwhile_or_is_in_no_specialization(
    reader, program, series, ada, bruno, membership
):
    one = course_of(series, "one")
    reader.post(f"/learn/programs/{program.public_id}/start/course/{one.public_id}/")
    finish(ada, one)
    assert Enrolment.objects.filter(account=ada).count() == 1
    assert start(reader, program, series)["Location"].startswith(course_of(series, "two").address)
    end_membership(membership=membership, actor=bruno, state=Membership.State.LEFT)
    finish(ada, course_of(series, "two"))
    assert Enrolment.objects.filter(account=ada).count() == 2


def test_a_next_course_that_did_not_start_is_one_click_away(reader, program, series, ada):
    start(reader, program, series)
    Enrolment.objects.filter(account=ada).update(completed_at=timezone.now())
    two = course_of(series, "two")
    action = f"/learn/programs/{program.public_id}/start/course/{two.public_id}/"
    for address in ("/learn/", f"/learn/programs/{program.public_id}/specializations/{series.public_id}/"):
        assert f'action="{action}"' in in_page(reader, address)
    reader.post(action)
    assert Enrolment.objects.filter(account=ada, course=two).exists()


def test_a_finished_specialization_stands_among_what_is_completed_with_its_seal(reader, program, series, ada):
    start(reader, program, series)
    for slug in ("one", "two", "three"):
        finish(ada, course_of(series, slug))
    done = SpecializationEnrolment.objects.get()
    page = in_page(reader)
    assert done.completed_at
    assert f"/certificates/{done.certificate.public_id}/" in page
    assert page.index("Completed") < page.index('class="sealed"')
    assert "series-card" not in page
    shown = in_page(reader, f"/learn/programs/{program.public_id}/specializations/{series.public_id}/")
    assert 'class="seal"' in shown
    assert "See your certificate" in shown
    assert start(reader, program, series)["Location"].endswith(f"/specializations/{series.public_id}/")


def test_each_card_of_a_program_says_where_one_stands_and_what_is_under_way_comes_first(
    reader, program, series, ada, course
):
    start(reader, program, series)
    page = in_page(reader, f"/learn/programs/{program.public_id}/")
    cards = [card.split("</li>")[0] for card in page.split('<li class="card">')[1:]]
    told = {card.split("</a>")[0].rsplit(">", 1)[1]: card for card in cards}
    assert "Continue" in told["Trust"]
    assert list(told)[1] == "Course one"
    assert "Continue" in told["Course one"]
    assert f'href="{course_of(series, "one").address}"' in told["Course one"]
    assert "New" in told["Course two"]
    finish(ada, course_of(series, "one"))
    page = in_page(reader, f"/learn/programs/{program.public_id}/")
    assert page.index("Course two") < page.index(course.title) < page.index("Course one")
    assert page.count("Completed") == 1
    assert "1 of 3" in page


def test_how_far_one_has_come_counts_what_is_required_as_the_course_does(reader, program, course, ada):
    course.lessons.filter(key="quiz").update(required=False)
    reader.post(f"/learn/programs/{program.public_id}/start/course/{course.public_id}/")
    enrolment = Enrolment.objects.get()
    catalog = f"/learn/programs/{program.public_id}/"
    assert "0 of 1" in in_page(reader, catalog)
    course.lessons.update(required=False)
    finish_lesson(enrolment=enrolment, lesson=course.lessons.get(key="read"))
    Enrolment.objects.update(completed_at=None)
    assert "1 of 2" in in_page(reader, catalog)


def test_whoever_administers_and_learns_nothing_lands_in_the_console_and_may_leave_it(
    client, organization, bruno, program
):
    organization.roles.create(account=bruno, kind="owner")
    client.force_login(bruno)
    answer = client.get("/learn/")
    assert answer["Location"] == "/console/"
    from_console = {"referer": "http://testserver/console/nordlicht/"}
    page = client.get("/learn/", headers=from_console).content.decode()
    assert "Nothing in progress" in page
    assert 'href="/console/"' in page.partition("</header>")[0]
    enter_program(program=program, account=bruno)
    assert client.get("/learn/").status_code == 200


def test_the_header_says_who_is_logged_in_and_leads_nobody_else_to_a_console(reader):
    header = in_page(reader).partition("</header>")[0]
    assert "Ada Okafor" in header
    assert "Log out" in header
    assert "/console/" not in header
