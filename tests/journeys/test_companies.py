"""Bruno opens Ada's page; she reads what he saw, and that it was him, on a phone and at a desk."""

import pytest
from playwright.sync_api import expect

from conftest import person
from matricula.audit.models import acting_through
from matricula.invitations.models import ImportedFile, Invitation
from matricula.organizations.models import Affiliation, Role
from matricula.programs.memberships import end_membership, enter_program
from matricula.programs.models import Membership
from matricula.reporting.models import How
from matricula.reporting.readings import note_list_reading, note_reading
from tests.journeys.walking import BROWSER_TEST, click, open_account_page, sees, shoot, sign_in
from tests.learners import do_everything

pytestmark = BROWSER_TEST


@pytest.fixture
def ada(program, course, bruno):
    account = person("Ada Okafor", "ada@home.example")
    Affiliation.objects.create(
        organization=program.organization, account=account, work_email="ada@nordlicht.example"
    )
    Role.objects.create(organization=program.organization, account=bruno, kind=Role.Kind.OWNER)
    membership = enter_program(program=program, account=account)
    membership.groups.add(program.groups.create(name="Grid"))
    do_everything(course, membership)
    return membership


def test_ada_reads_what_her_company_sees_of_her_and_who_looked(page, ada, bruno, program, chika):
    sign_in(page, bruno)
    page.goto(f"/console/nordlicht/people/{ada.account.public_id}/")
    expect(page.get_by_text("Ada Okafor sees this page too")).to_be_visible()
    shoot(page, "somebody-who-sees-it")
    role = Role.objects.get(account=bruno)
    file = ImportedFile.objects.create(program=program, name="spring.csv", handed_in_by=bruno, lines=12_431)
    Invitation.objects.create(program=program, address="ada@nordlicht.example", from_file=file)
    note_list_reading(what="file", about=file, people=12_431, reader=bruno, role=role, how=How.FILE)
    with acting_through("API token HR"):
        note_list_reading(what="people", about=program, reader=bruno, role=role, how=How.API)
    page.context.clear_cookies()
    sign_in(page, ada.account, fresh=False)
    page.goto("/account/")
    open_account_page(page, "Companies")
    assert sees(page, "Companies")
    shoot(page, "companies")
    click(page, "What it sees of me Nordlicht Energie", role="link")
    assert sees(page, "What Nordlicht Energie sees of you")
    expect(page.get_by_text("Bruno Keller, Owner", exact=True)).to_be_visible()
    expect(page.get_by_text("What became of the file “spring.csv” (12,431 people)")).to_be_visible()
    shoot(page, "company")
    for n in range(6):
        reader = person(f"Reader {n}", f"r{n}@nordlicht.example")
        note_reading(person=ada.account, reader=reader, role=role, how=How.PAGE)
    page.reload()
    click(page, "All who opened it", role="link")
    expect(page.get_by_role("main").get_by_role("listitem")).to_have_count(7)
    shoot(page, "company-readings")
    page.goto("/account/companies/nordlicht/lists/")
    shoot(page, "company-lists")
    page.context.clear_cookies()
    sign_in(page, chika)
    page.goto("/account/companies/")
    expect(page.get_by_text("You are with no company")).to_be_visible()
    shoot(page, "companies-none")


def test_ada_reads_what_stays_after_she_left(page, ada, bruno):
    end_membership(membership=ada, actor=bruno, state=Membership.State.REMOVED)
    sign_in(page, ada.account)
    page.goto("/account/companies/nordlicht/")
    expect(page.get_by_text("You have been out of Nordlicht Energie since")).to_be_visible()
    shoot(page, "company-left")
