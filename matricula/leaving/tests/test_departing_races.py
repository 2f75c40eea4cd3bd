"""Two at once: leaving against being invited, against removal, in two tabs, from the last of two programs."""

import pytest

from conftest import person
from matricula.audit.models import Entry
from matricula.invitations.errors import AlreadyMember
from matricula.invitations.invitations import invite_person
from matricula.invitations.models import Invitation
from matricula.joining.tests.leaving import HOME, WORK, ada_at_work
from matricula.leaving.departing.departing import leave_company, leave_program
from matricula.leaving.errors import NoOtherWayIn
from matricula.mail.models import Letter
from matricula.organizations.models import Affiliation, Role
from matricula.programs.memberships import end_membership, enter_program
from matricula.programs.models import Membership, Program
from matricula.programs.recount import wrong_numbers
from matricula.roles.roles import put_role
from tests.at_once import all_at_once, refusals

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
LEFT, REMOVED = Membership.State.LEFT, Membership.State.REMOVED


@pytest.fixture
def second(organization):
    return Program.objects.create(organization=organization, slug="second", name="Growth", seats=5)


def ada_in(*programs, home=HOME):
    ada = ada_at_work(programs[0], home=home, confirmed=True)
    for one in programs[1:]:
        enter_program(program=one, account=ada)
    return ada


def membership(account, program) -> Membership:
    return Membership.objects.select_related("program__organization", "account").get(
        account=account, program=program
    )


def seats_are_right() -> None:
    for program in Program.objects.all():
        assert program.seats_used == Membership.objects.active().filter(program=program).count()
    assert wrong_numbers() == []


def test_races_twenty_tabs_leave_once_and_write_once(program):
    ada = ada_in(program)
    results = all_at_once(*[lambda: leave_program(membership=membership(ada, program))] * 20)
    assert (results.count(True), refusals(results)) == (1, [])
    assert Entry.objects.filter(verb="membership.ended").count() == 1
    assert Letter.objects.filter(kind="programs.departure", to=HOME).count() == 1
    seats_are_right()


@pytest.mark.parametrize("_again", range(5))
def test_races_the_last_of_two_programs(program, second, _again):
    """Both end, and with the later one the tie; nobody is left with a work e-mail and no program."""
    ada = ada_in(program, second)
    works = [lambda one=one: leave_program(membership=membership(ada, one)) for one in (program, second)]
    assert all_at_once(*works) == [True, True]
    assert not Affiliation.objects.live().filter(account=ada).exists()
    assert Letter.objects.filter(kind__in=("programs.departure", "leaving.left"), to=HOME).count() == 1
    seats_are_right()


@pytest.mark.parametrize("_again", range(5))
def test_races_whoever_has_no_other_way_in_stays_in_one_of_two_programs(program, second, _again):
    """Each alone would not be the last."""
    ada = ada_at_work(program)
    enter_program(program=second, account=ada)
    works = [lambda one=one: leave_program(membership=membership(ada, one)) for one in (program, second)]
    results = all_at_once(*works)
    assert [type(one) for one in refusals(results)] == [NoOtherWayIn]
    assert Membership.objects.active().filter(account=ada).count() == 1
    seats_are_right()


@pytest.mark.parametrize("_again", range(5))
def test_races_leaving_and_being_removed(program, second, bruno, _again):
    ada = ada_in(program, second)
    results = all_at_once(
        lambda: leave_company(organization=program.organization, account=ada),
        lambda: end_membership(membership=membership(ada, program), actor=bruno, state=REMOVED),
        lambda: end_membership(membership=membership(ada, second), actor=bruno, state=REMOVED),
    )
    assert refusals(results) == []
    assert Entry.objects.filter(verb="membership.ended").count() == 2
    assert not Affiliation.objects.live().filter(account=ada).exists()
    seats_are_right()


@pytest.mark.parametrize("_again", range(5))
def test_races_leaving_and_being_invited(program, bruno, _again):
    """Invited afterwards, or told that she is a member: never a member with an open invitation."""
    ada = ada_in(program)
    left, invited = all_at_once(
        lambda: leave_program(membership=membership(ada, program)),
        lambda: invite_person(program=program, address=WORK, invited_by=bruno),
    )
    assert left is True
    assert isinstance(invited, AlreadyMember | Invitation)
    assert not Membership.objects.active().filter(account=ada).exists()
    seats_are_right()


@pytest.mark.parametrize("_again", range(5))
def test_races_two_owners_leave_and_one_stays(program, organization, bruno, _again):
    ada = ada_in(program)
    bruno.addresses.create(address="bruno@home.example", confirmed_at=None)
    for one in (ada, bruno):
        Role.objects.create(organization=organization, account=one, kind="owner")
    results = all_at_once(
        lambda: leave_company(organization=organization, account=ada),
        lambda: leave_company(organization=organization, account=bruno),
    )
    assert results.count(True) == 1
    assert Role.objects.filter(organization=organization, kind="owner").count() == 1
    assert Membership.objects.active().filter(account=ada).exists() == (results[0] is not True)
    seats_are_right()


@pytest.mark.parametrize("_again", range(5))
def test_races_leaving_and_being_given_a_role(program, organization, bruno, _again):
    """She has the role, or has it no more; the tie lives as long as a membership does."""
    ada = ada_in(program)
    Role.objects.create(organization=organization, account=bruno, kind="owner")
    results = all_at_once(
        lambda: leave_company(organization=organization, account=ada),
        lambda: put_role(organization=organization, account=ada, kind="viewer", groups=(), actor=bruno),
    )
    assert refusals(results) == []
    assert not Affiliation.objects.live().filter(account=ada).exists()


@pytest.mark.parametrize("_again", range(5))
def test_races_many_people_leave_two_programs_in_a_circle(program, second, _again):
    """In the order of the programs, so that nobody waits for somebody who waits for them."""
    Program.objects.update(seats=None)
    people = [person(f"Person {n}", f"p{n}@home.example") for n in range(6)]
    for one in people:
        for each in (second, program):
            enter_program(program=Program.objects.get(pk=each.pk), account=one)
    leave = [lambda p=p: leave_company(organization=program.organization, account=p) for p in people]
    assert all_at_once(*leave) == [True] * 6
    seats_are_right()
