"""Bruno reads his program's page, the funnel's bars, and who learned what; Grace sees her groups only."""

import io
from datetime import date
from zipfile import ZipFile

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from conftest import person
from matricula.invitations.invitations import invite_person
from matricula.joining.requests import ask_administrator
from matricula.learning.completion import finish_lesson
from matricula.learning.enrolments import start_course
from matricula.organizations.models import Role
from matricula.programs.memberships import enter_program
from matricula.reporting.models import ListReading

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
CONSOLE = "/console/nordlicht/"


@pytest.fixture
def owner(organization, bruno, client):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    client.force_login(bruno)
    return bruno


@pytest.fixture
def ada(program, course, owner):
    """She started a course; Zoe has not; and one invitation is unanswered."""
    account = person("Ada Okafor", "ada@home.example")
    membership = enter_program(program=program, account=account)
    enrolment = start_course(course=course, membership=membership)
    finish_lesson(enrolment=enrolment, lesson=course.lessons.get(key="read"))
    enter_program(program=program, account=person("Zoe Baker", "zoe@home.example"))
    invite_person(program=program, address="late@nordlicht.example", invited_by=owner)
    return membership


def test_a_programs_page_has_its_seats_people_invitations_groups_and_courses(client, program, ada):
    program.groups.create(name="Crew").memberships.add(ada)
    page = client.get(f"{CONSOLE}programs/{program.public_id}/").content.decode()
    for words in ("2 of 5 seats", "1 invitation is unanswered", "Zoe Baker", "Crew", "Safe every day"):
        assert words in page
    assert f"?program={program.public_id}&amp;state=unanswered" in page


def test_a_bar_opens_the_list_of_exactly_those_it_counts(client, organization, program, ada):
    page = client.get(f"{CONSOLE}overview/?program={program.public_id}")
    funnel = {one.label: one for one in page.context["funnel"]}
    for label, rows in (("Invited", 1), ("Joined", 2), ("Started", 1)):
        assert funnel[label].number == rows
        assert len(client.get(funnel[label].page).context["rows"]) == rows
    assert (funnel["Started"].rate, funnel["Invited"].rate) == (50, None)


@pytest.mark.parametrize(("asked", "weeks"), [("", 12), ("?weeks=4", 4), ("?weeks=52", 52), ("?weeks=9", 12)])
def test_the_chart_has_the_weeks_that_were_chosen(client, ada, asked, weeks):
    assert len(client.get(f"{CONSOLE}overview/{asked}").context["weeks"]) == weeks


def test_another_programs_numbers_are_left_out(client, organization, ada):
    other = organization.programs.create(slug="other", name="Other")
    page = client.get(f"{CONSOLE}overview/?program={other.public_id}")
    assert not page.context["anybody"]


def test_people_are_sorted_by_name_both_ways_and_pages_lead_forth_and_back(client, program, owner):
    program.seats = None
    program.save()
    for n in range(60):
        enter_program(program=program, account=person(f"Person {n:02}", f"p{n}@home.example"))
    names = [f"Person {n:02}" for n in range(60)]
    for sort, expected in (("name", names), ("name-back", names[::-1])):
        first = client.get(f"{CONSOLE}people/?sort={sort}").context
        second = client.get(f"{CONSOLE}people/{first['page'].older}").context
        seen = [[one.values["name"] for one in some["rows"]] for some in (first, second)]
        assert seen[0] + seen[1] == expected
        back = client.get(f"{CONSOLE}people/{second['page'].newer}").context["rows"]
        assert [one.values["name"] for one in back] == seen[0]
        assert first["words"] == "60 in all"
    found = client.get(f"{CONSOLE}people/?sort=name&q=person 1").context
    assert [one.values["name"] for one in found["rows"]] == names[10:20]
    assert found["words"] == "10 match"


def test_totals_are_those_of_the_state_and_program_that_were_chosen(client, program, ada):
    words = lambda asked: client.get(f"{CONSOLE}{asked}").context["words"]  # noqa: E731
    assert words("people/?state=active") == "2 match"
    assert words("people/?state=left") == "0 match"
    assert words("people/?learned=started") == "1 match"
    assert words("people/") == "2 in all"
    assert words("invitations/?state=unanswered") == "1 match"
    assert words("invitations/?q=late") == "1 match"


def test_records_have_each_person_with_each_course_and_those_without(client, ada):
    page = client.get(f"{CONSOLE}reports/people/?sort=name")
    told = [(one.member.full_name, one.course, one.done) for one in page.context["records"]]
    assert told == [("Ada Okafor", "Safe every day", None), ("Zoe Baker", "", None)]


def test_records_are_taken_as_csv_and_as_a_workbook_with_days_and_a_heading_that_stays(client, ada):
    lines = client.get(f"{CONSOLE}reports/people.csv").getvalue().decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines] == ["Name", "Zoe Baker", "Ada Okafor"]
    book = io.BytesIO(client.get(f"{CONSOLE}reports/people.xlsx").content)
    rows = CalamineWorkbook.from_filelike(book).get_sheet_by_index(0).to_python()
    assert isinstance(rows[1][4], date)
    assert '<pane ySplit="1"' in ZipFile(book).read("xl/worksheets/sheet1.xml").decode()
    assert ListReading.objects.get().what == "people"


@pytest.mark.parametrize("people", [1, 3])
def test_records_ask_the_same_for_one_person_and_for_three(
    client, program, course, owner, people, django_assert_max_num_queries
):
    for n in range(people):
        membership = enter_program(program=program, account=person(f"P {n}", f"p{n}@home.example"))
        start_course(course=course, membership=membership)
    with django_assert_max_num_queries(13):
        client.get(f"{CONSOLE}reports/people/")


def test_the_menu_says_how_many_requests_wait(client, program, owner):
    address = reverse("requests:requests", args=["nordlicht"])
    assert 'class="badge"' not in client.get(address).content.decode()
    made = invite_person(program=program, address="late@nordlicht.example", invited_by=owner)
    ask_administrator(reason="expired", invitation=made)
    assert '<span class="badge">1<span' in client.get(address).content.decode()
