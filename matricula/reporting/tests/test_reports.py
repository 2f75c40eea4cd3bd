"""What Bruno reads and takes away: numbers, charts, files."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from conftest import person
from matricula.audit.models import Entry, record
from matricula.files.tables import escape_formula, to_csv, to_xlsx
from matricula.invitations.invitations import invite_person
from matricula.invitations.models import Invitation
from matricula.jobs.queue import perform_due
from matricula.joining.requests import ask_administrator
from matricula.learning.enrolments import start_course
from matricula.learning.models import Enrolment
from matricula.organizations.models import Role
from matricula.programs.memberships import enter_program
from matricula.programs.terms import Terms
from matricula.reporting.numbers import HEIGHT, by_course, by_group, curves, funnel, over_time

pytestmark = pytest.mark.django_db
FORMULAS = ["=cmd|' /C calc'!A0", "+1", "-2+3", "@SUM(A1)", "\tx", "\rx", "  =1", "＝1"]


@pytest.fixture
def story(organization, program, course, bruno):
    """Three invited, one of them opened; two joined, started; one completed."""
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    group = program.groups.create(name="Grid")
    for name in ("ada", "hugo", "ines"):
        invite_person(
            program=program,
            address=f"{name}@nordlicht.example",
            invited_by=bruno,
            terms=Terms(groups=[group]),
        )
    Invitation.objects.filter(canonical__startswith="ada").update(opened_at=timezone.now())
    for name in ("Ada", "Hugo"):
        membership = enter_program(program=program, account=person(name, f"{name}@home.example"))
        membership.groups.add(group)
        start_course(course=course, membership=membership)
    Enrolment.objects.filter(account__full_name="Ada").update(completed_at=timezone.now())
    return organization


def test_f4_the_funnel_counts_each_step(story):
    assert funnel(story) == {"invited": 3, "opened": 1, "joined": 2, "started": 2, "completed": 1}


def test_f4_by_group_and_by_course(story, course):
    (group,), (taken,) = by_group(story), by_course(story)
    assert (group.name, group.invited, group.joined, group.started, group.completed) == ("Grid", 3, 2, 2, 1)
    assert (taken.name, taken.started, taken.completed) == (course.title, 2, 1)


def test_f4_over_time_puts_each_day_into_its_week(story):
    Invitation.objects.filter(canonical__startswith="ines").update(
        created_at=timezone.now() - timedelta(weeks=3)
    )
    weeks = over_time(story)
    assert (len(weeks), weeks[-1][1], weeks[-4][1]) == (12, (2, 2, 1), (1, 0, 0))


def test_a_chart_reaches_its_top_and_stays_in_its_frame():
    (curve,), top = curves([("Joined", [0, 5, 10])])
    assert (top, curve.points) == (10, f"0.0,{HEIGHT}.0 300.0,{HEIGHT / 2} 600.0,0.0")


def test_the_overview_says_what_needs_attention_and_offers_to_invite(client, story, program, bruno):
    Invitation.objects.filter(canonical__startswith="hugo").update(state="failed")
    ask_administrator(reason="expired", address="ines@nordlicht.example")
    while perform_due():
        pass
    program.seats = 2
    program.save()
    client.force_login(bruno)
    page = client.get("/console/nordlicht/overview/").content.decode()
    for words in ("1 letter could not be delivered", "1 person asks", "2 of 2 seats", "Invite people"):
        assert words in page


@pytest.mark.parametrize("formula", FORMULAS)
def test_spreadsheets_formulas_are_harmless_in_csv_and_typed_in_xlsx(formula):
    read = list(csv.reader(io.StringIO(to_csv([[formula]]).decode("utf-8-sig"), newline="")))
    assert read == [["'" + formula]]
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(to_xlsx([["Name"], [formula]]))).get_sheet_by_index(0)
    assert sheet.to_python()[1][0].strip() == formula.strip()
    assert b"<f>" not in to_xlsx([["Name"], [formula]])


@pytest.mark.parametrize("within", ["Ada;=1+1", "Ada; @SUM(A1)", "Ada|-1", "Ada\n=1+1", "Ada;;+1"])
def test_spreadsheets_that_split_lines_at_semicolons_run_no_formula_either(within):
    for separator in ";|\n":
        for cell in to_csv([[within]]).decode("utf-8-sig").replace('"', "").split(separator):
            assert not cell.strip(";| ").startswith(("=", "+", "-", "@"))


def test_numbers_stay_numbers_and_plain_names_stay_as_they_are():
    assert [escape_formula(value) for value in (-3, "Ada", "a=b", "a; b", "")] == [
        -3,
        "Ada",
        "a=b",
        "a; b",
        "",
    ]


def test_f4_the_report_as_csv_and_xlsx(client, story, course, bruno):
    client.force_login(bruno)
    answer = client.get("/console/nordlicht/reports/report.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[1:] == [
        ["Group", "Grid", "Welcome", "3", "2", "2", "1"],
        ["Course", course.title, "", "", "", "2", "1"],
    ]
    assert answer["Content-Disposition"] == 'attachment; filename="nordlicht-report.csv"'
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(client.get("/console/nordlicht/reports/report.xlsx").content)
    )
    assert book.get_sheet_by_index(0).to_python()[1] == ["Group", "Grid", "Welcome", 3, 2, 2, 1]
    assert client.get("/console/nordlicht/reports/report.exe").status_code == 404


def test_the_audit_log_is_filtered_by_verb_person_and_day_and_its_export_is_recorded(client, story, bruno):
    client.force_login(bruno)
    shown = lambda query: client.get(f"/console/nordlicht/audit/{query}").context["page"].rows  # noqa: E731
    assert {one.verb for one in shown("?verb=invitation")} == {"invitation.created"}
    assert {one.actor for one in shown(f"?person={bruno.public_id}")} == {bruno}
    assert shown("?until=2001-01-01") == []
    answer = client.get("/console/nordlicht/audit/audit.csv?verb=invitation")
    assert len(answer.getvalue().decode().splitlines()) == 4
    assert Entry.objects.latest("id").verb == "audit.exported"


def test_another_organizations_data_is_in_no_audit_log_or_export(client, story, bruno):
    record("program.changed", organization=story.pk + 1, after={"name": "Secret plans"})
    client.force_login(bruno)
    for path in ("audit/", "audit/audit.csv"):
        assert "Secret plans" not in client.get(f"/console/nordlicht/{path}").getvalue().decode()
