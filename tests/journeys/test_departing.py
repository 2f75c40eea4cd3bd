"""Ada leaves a program and her company by herself; Bruno invites her again and reads what comes back."""

from playwright.sync_api import expect

from conftest import person
from matricula.joining.tests.leaving import HOME, WORK, ada_at_work
from matricula.organizations.models import Role
from matricula.programs.memberships import end_membership, enter_program
from matricula.programs.models import Membership, Program
from tests.journeys.walking import BROWSER_TEST, click, letter_to, sees, shoot, sign_in

pytestmark = BROWSER_TEST


def test_ada_leaves_a_program_and_then_the_company(page, program, worker):
    ada = ada_at_work(program, home=HOME, confirmed=True)
    growth = Program.objects.create(organization=program.organization, slug="growth", name="Growth")
    enter_program(program=growth, account=ada)
    sign_in(page, ada)
    page.goto("/learn/")
    click(page, "Leave a program or a company", role="link")
    assert sees(page, "Companies")
    shoot(page, "companies")
    click(page, "Leave this program Growth", role="link")
    assert sees(page, r"Leave Growth\?")
    shoot(page, "leave-program")
    click(page, "Leave Growth")
    expect(page.get_by_text("You left Growth.")).to_be_visible()
    assert "Growth" in letter_to(WORK, "leaving.left")
    page.goto(f"/learn/programs/{program.public_id}/")
    click(page, "Leave this program", role="link")
    expect(page.get_by_text("It is your last program")).to_be_visible()
    page.goto("/account/companies/")
    click(page, "Leave Nordlicht Energie", role="link")
    shoot(page, "leave-company")
    click(page, "Leave Nordlicht Energie")
    assert sees(page, "Companies")
    expect(page.get_by_role("heading", name="You are with no company now")).to_be_visible()
    shoot(page, "companies-before")
    assert "Nordlicht" in letter_to(HOME, "programs.departure")


def test_ada_has_only_the_company_and_is_first_given_a_way_in(page, program):
    ada = ada_at_work(program)
    sign_in(page, ada)
    page.goto(f"/account/programs/{program.public_id}/leave/")
    expect(page.get_by_role("heading", name="First, a way in of your own")).to_be_visible()
    shoot(page, "leave-no-way-in")
    click(page, "Add an address of your own", role="link")
    assert sees(page, "Add an e-mail address|Add an address")


def test_bruno_invites_her_again_and_chooses_the_groups(page, program):
    bruno = person("Bruno Keller", "bruno@nordlicht.example")
    Role.objects.create(organization=program.organization, account=bruno, kind="owner")
    membership = ada_at_work(program).memberships.get()
    membership.groups.set(program.groups.create(name=name) for name in ("Grid", "Wind"))
    end_membership(membership=membership, actor=bruno, state=Membership.State.REMOVED)
    sign_in(page, bruno)
    page.goto(f"/console/nordlicht/people/{membership.account.public_id}/")
    click(page, "Invite again to Welcome", role="link")
    expect(page.get_by_text("Ada Okafor was here until")).to_be_visible()
    shoot(page, "invite-again")
    page.get_by_role("group", name="Groups of before that come back, too").get_by_label("Wind").check()
    click(page, "Invite")
    invited = membership.program.invitations.get()
    assert [one.name for one in invited.groups.all()] == ["Wind"]
    Membership.objects.filter(pk=membership.pk).update(
        state="active", left_at=None, came_back_at=membership.joined_at
    )
    page.goto(f"/console/nordlicht/people/{membership.account.public_id}/")
    expect(page.get_by_text("came back on")).to_be_visible()
    shoot(page, "somebody-came-back")
