"""Ada reads what Nordlicht sees of her, and who looked: Bruno administers, Chika is outside."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conftest import person
from matricula.api.tokens import grant_token
from matricula.invitations.models import ImportedFile, Invitation
from matricula.jobs.retention import known_rules
from matricula.learning.enrolments import start_course
from matricula.leaving.tests.two_lives import TwoLives, combined
from matricula.organizations.models import Affiliation, Organization, Role
from matricula.programs.memberships import end_membership, enter_program
from matricula.programs.models import Membership, Program
from matricula.reporting.models import How, ListReading, Reading
from matricula.reporting.person_pages import as_administrator
from matricula.reporting.readings import list_readings_with, note_list_reading, note_reading, readings_of
from tests.at_once import all_at_once
from tests.learners import do_everything

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
HERS = "/account/companies/nordlicht/"


@pytest.fixture
def owner(organization, bruno):
    return Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)


@pytest.fixture
def ada(program):
    account = person("Ada Okafor", "ada@home.example")
    tie = {"organization": program.organization, "account": account}
    Affiliation.objects.create(**tie, work_email="ada@nordlicht.example")
    return enter_program(program=program, account=account)


@pytest.fixture
def invitation(program):
    return Invitation.objects.create(program=program, address="ada@nordlicht.example")


def browser_of(account):
    browser = Client()
    browser.force_login(account)
    return browser


def opens(account, membership, method="get"):
    browser = browser_of(account)
    return getattr(browser, method)(f"/console/nordlicht/people/{membership.account.public_id}/")


def reads(membership, address=HERS):
    return browser_of(membership.account).get(address).content.decode()


def the_part(page):
    """What both pages show of a person, from the first heading of it to the last line."""
    begin = page.index("<h2>Programs</h2>")
    return page[begin : page.index("</ul>", page.index("<h2>What was done</h2>")) + len("</ul>")]


def test_ada_reads_the_very_page_that_is_shown_to_who_administers(ada, owner, organization, course):
    do_everything(course, ada)
    connection = organization.connections.create(
        kind="oidc", name="Sign-in", state="live", tested_at=timezone.now()
    )
    connection.identities.create(subject="s", account=ada.account, email="ada@nordlicht.example")
    viewer = person("Vera Lind", "vera@nordlicht.example")
    Role.objects.create(organization=organization, account=viewer, kind=Role.Kind.VIEWER)
    theirs, hers = opens(viewer, ada).content.decode(), reads(ada)
    assert "<h2>Certificates</h2>" in the_part(hers)
    assert "<h2>Company sign-in</h2>" in the_part(hers)
    assert the_part(theirs) == the_part(hers)
    with_buttons = the_part(opens(owner.account, ada).content.decode())
    assert "/removal/" in with_buttons
    assert "<form" not in the_part(hers)


def test_she_reads_who_opened_it_and_when_once_a_day(ada, owner):
    opens(owner.account, ada)
    opens(owner.account, ada)
    opens(owner.account, ada, "head")
    assert Reading.objects.get().person == ada.account
    page = reads(ada)
    assert page.count("<strong>Bruno Keller, Owner</strong>") == 1
    Reading.objects.update(day=timezone.localdate() - timedelta(days=1))
    opens(owner.account, ada)
    assert reads(ada).count("<strong>Bruno Keller, Owner</strong>") == 2


def test_who_looks_at_themselves_is_not_told_of_it(ada, organization):
    Role.objects.create(organization=organization, account=ada.account, kind=Role.Kind.OWNER)
    assert opens(ada.account, ada).status_code == 200
    assert not Reading.objects.exists()


def test_who_may_not_open_it_leaves_no_line(ada, chika):
    assert opens(chika, ada).status_code == 404
    assert not Reading.objects.exists()


def test_the_console_says_that_she_sees_it(ada, owner):
    assert (
        "Ada Okafor sees this page too, and who opened it when." in opens(owner.account, ada).content.decode()
    )


def test_nothing_of_another_company_stands_on_it(ada, owner):
    other = Organization.objects.create(slug="zweite", name="Zweite Firma")
    secret = Program.objects.create(organization=other, slug="main", name="Fluchtplan")
    Affiliation.objects.create(organization=other, account=ada.account, work_email="ada@zweite.example")
    enter_program(program=secret, account=ada.account)
    note_reading(person=ada.account, reader=owner.account, role=as_administrator(other), how=How.PAGE)
    note_list_reading(what="people", reader=owner.account, role=as_administrator(other), how=How.API)
    for address in (HERS, f"{HERS}readings/", f"{HERS}lists/"):
        page = reads(ada, address)
        for words in ("zweite", "Fluchtplan", "Bruno Keller"):
            assert words not in page
    assert "ada@home.example" not in reads(ada)
    assert "Zweite Firma" in reads(ada, "/account/companies/")


def test_a_company_she_was_never_with_is_not_found(ada, chika):
    for browser in (browser_of(chika), Client()):
        assert browser.get(HERS).status_code in (302, 404)
    assert browser_of(chika).get(HERS).status_code == 404
    assert "You are with no company" in browser_of(chika).get("/account/companies/").content.decode()


def test_lists_are_told_to_whom_they_named(ada, owner, program):
    other = Program.objects.create(organization=program.organization, slug="spring", name="Spring")
    role = {"reader": owner.account, "role": owner, "how": How.API}
    for about in (None, program, other):
        note_list_reading(what="people", about=about, **role)
    before = timezone.now() - timedelta(days=2)
    note_list_reading(what="audit", **role)
    ListReading.objects.filter(what="audit").update(first_at=before)
    found = list_readings_with([ada], [], program.organization)
    assert {(one.what, one.name) for one in found} == {("people", ""), ("people", "Welcome")}
    Membership.objects.update(joined_at=before - timedelta(days=1))
    ada.refresh_from_db()
    assert list_readings_with([ada], [], program.organization).filter(what="audit").exists()


def test_a_file_of_people_is_told_to_those_it_invited(ada, owner, program, invitation):
    file = ImportedFile.objects.create(
        program=program, name="spring.csv", handed_in_by=owner.account, lines=9
    )
    invitation.from_file = file
    invitation.save()
    note_list_reading(what="file", about=file, people=9, reader=owner.account, role=owner, how=How.FILE)
    assert list_readings_with([ada], [invitation], program.organization).count() == 1
    assert not list_readings_with([ada], [], program.organization).exists()


def test_programs_that_read_her_are_told_by_the_name_of_their_token(ada, owner, organization):
    scopes = ["people:read", "invitations:read"]
    _token, secret = grant_token(
        organization=organization, name="HR", scopes=scopes, days=9, actor=owner.account
    )
    sent = {"headers": {"Authorization": f"Bearer {secret}"}}
    paths = [f"people/{ada.account.public_id}/", "memberships/", "memberships/?q=ada", "invitations/"]
    for path in [*paths, *paths]:
        assert Client().get(f"/api/v1/{path}", **sent).status_code == 200
        assert Client().head(f"/api/v1/{path}", **sent).status_code in (200, 405)
    assert Reading.objects.get().through == "API token HR"
    told = ListReading.objects.order_by("pk").values_list("what", "is_part")
    assert list(told) == [("people", False), ("people", True), ("invitations", False)]
    page = reads(ada)
    assert "read by a program (API token HR)" in page
    assert "whether you were in it is not kept" in page


def test_after_leaving_it_says_what_stays_and_why(ada, owner, course):
    start_course(course=course, membership=ada)
    assert "keeps what is below" not in reads(ada)
    end_membership(membership=ada, actor=owner.account, state=Membership.State.REMOVED)
    page = reads(ada)
    assert "You have been out of Nordlicht Energie since" in page
    assert "keeps what is below" in page
    assert course.title in page


def test_it_is_forgotten_after_thirteen_months(ada, owner):
    opens(owner.account, ada)
    rule = next(one for one in known_rules() if one.what == "who opened the pages of people")
    Reading.objects.update(day=timezone.now().date() - timedelta(days=399))
    rule.step(None)
    assert Reading.objects.exists()
    Reading.objects.update(day=timezone.now().date() - timedelta(days=402))
    rule.step(None)
    assert not Reading.objects.exists()


def test_her_page_asks_the_database_as_often_for_many_lines_as_for_one(ada, owner, program, course):
    counts = []
    for size in (1, 4):
        for n in range(size):
            reader = person(f"Reader {size}{n}", f"r{size}{n}@nordlicht.example")
            note_reading(person=ada.account, reader=reader, role=owner, how=How.PAGE)
            about = Program.objects.create(organization=program.organization, slug=f"p{size}{n}", name="P")
            enter_program(program=about, account=ada.account)
            note_list_reading(what="people", about=about, reader=reader, role=owner, how=How.API)
        browser = browser_of(ada.account)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(HERS).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 30


def test_the_account_that_took_another_in_is_told_of_both(bruno):
    ada = TwoLives()
    role = Role.objects.create(organization=ada.acme, account=bruno, kind=Role.Kind.OWNER)
    for account in (ada.here, ada.there):
        note_reading(person=account, reader=bruno, role=role, how=How.PAGE)
    assert readings_of(ada.here, ada.acme).count() == 1
    combined(ada.here, ada.there)
    assert readings_of(ada.here, ada.acme).count() == 2


@pytest.mark.django_db(transaction=True)
def test_races_two_openings_at_once_leave_one_line(ada, owner):
    def note():
        note_reading(person=ada.account, reader=owner.account, role=owner, how=How.PAGE)

    assert all_at_once(*[note] * 10) == [None] * 10
    assert Reading.objects.count() == 1
