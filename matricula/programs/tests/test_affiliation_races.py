"""The work e-mail goes with the last membership, whoever else is removed or joins at that moment."""

from functools import partial

import pytest

from conftest import person
from matricula.audit.models import Entry
from matricula.organizations.models import Affiliation
from matricula.programs.expiry import end_memberships
from matricula.programs.memberships import end_membership, enter_program
from matricula.programs.models import Membership, Program
from tests.at_once import all_at_once, refusals

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 20


@pytest.fixture
def second(organization):
    return Program.objects.create(organization=organization, slug="second", name="Second")


def member_of(number, *programs):
    """Somebody new with a work e-mail, in each of the programs."""
    account = person(f"Person {number}", f"p{number}@home.example")
    Affiliation.objects.create(
        organization=programs[0].organization, account=account, work_email=f"p{number}@nordlicht.example"
    )
    return [enter_program(program=one, account=account) for one in programs]


def removal(membership, actor):
    return partial(end_membership, membership=membership, actor=actor, state=Membership.State.REMOVED)


def test_races_removed_from_two_programs_at_one_moment_detaches_the_work_e_mail(program, second, bruno):
    Program.objects.update(seats=None)
    for number in range(ROUNDS):
        memberships = member_of(number, program, second)
        assert refusals(all_at_once(*(removal(one, bruno) for one in memberships))) == []
    assert not Affiliation.objects.live().exists()
    assert Entry.objects.filter(verb="affiliation.ended").count() == ROUNDS


def test_races_a_program_that_ends_as_somebody_is_removed_from_another_detaches_it_too(
    program, second, bruno
):
    Program.objects.update(seats=None)
    pairs = [member_of(number, program, second) for number in range(ROUNDS)]
    Program.objects.filter(pk=second.pk).update(starts_on="2020-01-01", ends_on="2020-01-02")
    results = all_at_once(end_memberships, *(removal(first, bruno) for first, _ in pairs))
    assert refusals(results) == []
    assert not Affiliation.objects.live().exists()
