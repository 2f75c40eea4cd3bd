"""Bruno does one thing to many: on a phone without JavaScript, and at a desk that axe looks at."""

import pytest

from conftest import person
from matricula.invitations.invitations import invite_person
from matricula.invitations.models import Invitation
from matricula.jobs.queue import perform_due
from matricula.organizations.models import Role
from matricula.programs.groups import make_group
from matricula.programs.memberships import enter_program
from tests.journeys.walking import BROWSER_TEST, click, sees, shoot, sign_in

pytestmark = BROWSER_TEST


@pytest.fixture
def at_the_console(page, organization, bruno):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    sign_in(page, bruno)
    return page


def test_bruno_withdraws_two_invitations_of_three_once_asked(at_the_console, program, bruno):
    for n in range(3):
        invite_person(program=program, address=f"p{n}@nordlicht.example", invited_by=bruno)
    page = at_the_console
    page.goto("/console/nordlicht/invitations/?q=nordlicht")
    page.get_by_label("Choose p0@nordlicht.example").check()
    page.get_by_label("Choose p2@nordlicht.example").check()
    shoot(page, "bulk-list")
    click(page, "Withdraw")
    assert sees(page, r"Withdraw 2 invitations\?")
    shoot(page, "bulk-question")
    click(page, "Withdraw")
    assert sees(page, "Withdraw")
    while perform_due():
        pass
    page.reload()
    page.get_by_text("2 invitations are withdrawn.").wait_for()
    shoot(page, "bulk-result")
    assert list(Invitation.objects.order_by("pk").values_list("state", flat=True)) == [
        "revoked",
        "queued",
        "revoked",
    ]
    click(page, "Back to the list", "link")
    assert page.url.endswith("?q=nordlicht")
    page.get_by_role("link", name="p0@nordlicht.example").click()
    page.get_by_text("What became of it").wait_for()
    shoot(page, "invitation-timeline")


def test_bruno_takes_ada_out_of_a_group_and_undoes_it(at_the_console, program, bruno):
    group = make_group(program=program, name="Crew", is_open=False, actor=bruno)
    ada = enter_program(program=program, account=person("Ada Okafor", "ada@home.example"))
    ada.groups.add(group)
    page = at_the_console
    page.goto(f"/console/nordlicht/groups/{group.pk}/")
    click(page, "Take Ada Okafor out of the group")
    page.get_by_text("Ada Okafor is taken out of the group.").wait_for()
    shoot(page, "group-undo")
    click(page, "Undo: put Ada Okafor back")
    page.get_by_text("Ada Okafor is in the group again.").wait_for()
    assert list(group.memberships.all()) == [ada]
