"""Inviting one person who was here before: the page says what comes back, and asks."""

import pytest

from conftest import person
from matricula.invitations.invitations import invite_person
from matricula.invitations.models import Invitation
from matricula.invitations.returning import returning_member
from matricula.organizations.models import Affiliation
from matricula.programs.memberships import end_membership, enter_program
from matricula.programs.models import Membership, Program

pytestmark = pytest.mark.django_db
ADA, HOME, PAGE = "ada@nordlicht.example", "ada@home.example", "/console/nordlicht/invitations/new/"


@pytest.fixture
def ada(program, organization, bruno):
    """She was in two groups, and was removed."""
    account = person("Ada Okafor", HOME)
    Affiliation.objects.create(organization=organization, account=account, work_email=ADA)
    membership = enter_program(program=program, account=account)
    membership.groups.set(program.groups.create(name=name) for name in ("Grid", "Wind"))
    end_membership(membership=membership, actor=bruno, state=Membership.State.REMOVED)
    return membership


@pytest.fixture
def browser(client, organization, bruno):
    organization.roles.create(account=bruno, kind="owner")
    client.force_login(bruno)
    return client


def group(name):
    return Membership.groups.through.objects.filter(group__name=name).get().group


def test_the_page_says_what_comes_back_before_anybody_is_invited(ada, program, browser):
    sun = program.groups.create(name="Sun")
    form = {"program": program.pk, "addresses": f"Ada Lovelace <{ADA.upper()}>", "groups": [sun.pk]}
    page = browser.post(PAGE, form).content.decode()
    assert "Ada Okafor was here until" in page
    assert "No course was started then." in page
    assert not Invitation.objects.exists()
    browser.post(PAGE, form | {"returning": ada.pk, "earlier": [group("Wind").pk]})
    assert sorted(one.name for one in Invitation.objects.get().groups.all()) == ["Sun", "Wind"]


def test_progress_that_comes_back_is_counted(ada, program, browser):
    Membership.objects.filter(pk=ada.pk).update(courses_started=3)
    page = browser.get(PAGE, {"again": ada.pk}).content.decode()
    assert "The progress of 3 courses comes back." in page


def test_no_group_comes_back_unless_it_is_chosen(ada, program, browser):
    browser.post(PAGE, {"program": program.pk, "addresses": ADA, "returning": ada.pk})
    assert not Invitation.objects.get().groups.exists()


def test_groups_of_before_are_of_the_person_who_was_asked_about(ada, program, browser):
    """The address was changed in the form: Ada's groups are not Olga's."""
    form = {"program": program.pk, "returning": ada.pk, "earlier": [group("Wind").pk]}
    browser.post(PAGE, form | {"addresses": "olga@nordlicht.example"})
    assert not Invitation.objects.get().groups.exists()


def test_many_at_once_are_not_asked_about(ada, program, browser):
    browser.post(PAGE, {"program": program.pk, "addresses": f"{ADA}\nolga@nordlicht.example"})
    assert Invitation.objects.count() == 2


def test_a_personal_address_that_the_company_never_knew_tells_nothing(ada, program, browser):
    page = browser.post(PAGE, {"program": program.pk, "addresses": HOME}, follow=True).content.decode()
    assert "was here until" not in page
    assert Invitation.objects.get().address == HOME


def test_an_address_she_was_once_invited_at_does(ada, program, bruno):
    made = invite_person(program=program, address=HOME, invited_by=bruno)
    Invitation.objects.filter(pk=made.pk).update(state="joined", accepted_by=ada.account)
    assert returning_member(program=program, address=HOME).membership == ada


def test_members_and_people_of_other_programs_are_not_returning(ada, program, organization):
    other = Program.objects.create(organization=organization, slug="other", name="Other")
    assert returning_member(program=other, address=ADA) is None
    enter_program(program=other, account=ada.account)
    assert returning_member(program=other, address=ADA) is None


@pytest.mark.parametrize("asked", ["0", "x", "9" * 30, ""])
def test_a_page_that_was_asked_for_nobody_is_the_plain_one(browser, program, asked):
    assert "was here until" not in browser.get(PAGE, {"again": asked}).content.decode()
