"""Bruno lets people go: one, those of a list, those of a program; and Ada reads what she has to see to."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from conftest import person
from matricula.joining.tests.leaving import WORK, ada_at_work
from matricula.leaving.offboarding.models import HeldDeparture
from matricula.leaving.tests.two_lives import joined
from matricula.organizations.models import Role
from matricula.programs.models import Membership, Program
from tests.journeys.walking import BROWSER_TEST, click, letter_to, sees, shoot, sign_in

pytestmark = BROWSER_TEST


@pytest.fixture
def bruno(organization):
    account = person("Bruno Keller", "bruno@nordlicht.example")
    Role.objects.create(organization=organization, account=account, kind="owner")
    return account


def test_bruno_removes_ada_whom_only_the_company_lets_in(page, program, bruno, worker):
    ada = ada_at_work(program)
    sign_in(page, bruno)
    page.goto(f"/console/nordlicht/people/{ada.public_id}/")
    click(page, "Remove from Welcome", role="link")
    assert sees(page, r"Remove Ada Okafor\?")
    shoot(page, "remove-stranded")
    click(page, "Go on")
    expect(page.get_by_text("is written to, and leaves Welcome")).to_be_visible()
    shoot(page, "somebody-held")
    page.goto("/console/nordlicht/departures/")
    expect(page.get_by_text(re.compile(r"held until \d"))).to_be_visible()
    shoot(page, "held")
    assert "/account/" in letter_to(WORK, "leaving.held")
    sign_in(page, ada)
    page.goto("/account/companies/")
    expect(page.get_by_text("You are removed from Welcome")).to_be_visible()
    shoot(page, "companies-held")
    click(page, "Add an address of your own", role="link")
    assert sees(page, "Add an e-mail address|Add an address")
    sign_in(page, bruno)
    page.goto("/console/nordlicht/departures/")
    click(page, "Do not remove.*")
    expect(page.get_by_text("stays in Welcome")).to_be_visible()
    expect(page.get_by_role("heading", name="Nobody is held")).to_be_visible()
    shoot(page, "nobody-held")


def test_bruno_hands_in_a_list_of_leavers(page, program, bruno, worker):
    Program.objects.update(seats=None)
    for name, home in (("ada", "nordlicht"), ("cem", "home")):
        joined(program, person(name.title(), f"{name}@{home}.example"), f"{name}@nordlicht.example")
    sign_in(page, bruno)
    page.goto("/console/nordlicht/departures/")
    click(page, "Hand in a list of leavers", role="link")
    shoot(page, "leavers-new")
    click(page, "Check the list")
    expect(page.get_by_text("Choose a file, or paste who leaves.")).to_be_visible()
    text = "email\nada@nordlicht.example\ncem@nordlicht.example\nnobody@nordlicht.example\n"
    page.get_by_label("File", exact=True).set_input_files(
        {"name": "leavers.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    click(page, "Check the list")
    page.get_by_role("heading", name="2 people would leave").wait_for(timeout=90_000)
    shoot(page, "leavers-checked")
    click(page, "Let 2 people leave")
    page.get_by_role("heading", name="1 person is removed").wait_for(timeout=90_000)
    expect(page.get_by_text("1 person is written to and held.")).to_be_visible()
    shoot(page, "leavers-done")
    assert HeldDeparture.objects.held().count() == 1
    assert Membership.objects.active().count() == 1
    page.goto("/console/nordlicht/departures/lists/")
    shoot(page, "leavers-lists")


def test_bruno_reads_whom_a_programs_end_would_lock_out(page, program, bruno):
    ada_at_work(program)
    sign_in(page, bruno)
    page.goto(f"/console/nordlicht/programs/{program.public_id}/")
    day = timezone.now().date() + timedelta(days=40)
    page.get_by_label("Last day").fill(str(day))
    click(page, "Save")
    expect(page.get_by_role("heading", name="1 person would lose their only way")).to_be_visible()
    shoot(page, "program-end-asks")
    click(page, "Save all the same")
    expect(page.get_by_text("Saved.")).to_be_visible()
    click(page, r"Who would lose their only way in when it ends\?", role="link")
    expect(page.get_by_text(WORK)).to_be_visible()
    shoot(page, "program-end")
