"""Owners and offers at the same moment: one owner stays, and one acceptance counts."""

import pytest

from conftest import person
from matricula.joining.tests.test_races import all_at_once
from matricula.organizations.errors import LastOwner
from matricula.organizations.models import Role
from matricula.roles.appointments import accept_role
from matricula.roles.errors import OfferEnded
from matricula.roles.roles import change_role, name_group_manager, remove_role
from matricula.roles.tests.roles import OWNER, VIEWER, offer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.mark.parametrize("round_", range(3))
def test_two_owners_who_demote_each_other_at_once_leave_one(organization, owner, chika, round_):
    Role.objects.create(organization=organization, account=chika, kind=OWNER)
    first, second = Role.objects.get(account=owner), Role.objects.get(account=chika)

    def demote(pair):
        actor, role = pair
        change_role(role=role, kind=VIEWER, groups=[], actor=actor)

    results = all_at_once(demote, [(owner, second), (chika, first)])
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "NotOwner"]
    assert Role.objects.filter(kind=OWNER).count() == 1


def test_ten_owners_who_all_leave_at_once_leave_one(organization):
    people = [person(f"Owner {n}", f"owner{n}@nordlicht.example") for n in range(10)]
    roles = [Role.objects.create(organization=organization, account=one, kind=OWNER) for one in people]
    results = all_at_once(lambda role: remove_role(role=role, actor=role.account), roles)
    assert sum(isinstance(result, LastOwner) for result in results) == 1
    assert Role.objects.count() == 1


def test_an_offer_accepted_twice_at_once_is_accepted_once(organization, owner, chika):
    made = offer(organization, owner, "chika@elsewhere.example")
    results = all_at_once(lambda _: accept_role(appointment=made, account=chika), range(8))
    assert sum(isinstance(result, Role) for result in results) == 1
    assert sum(isinstance(result, OfferEnded) for result in results) == 7


def test_races_who_accepts_ownership_while_named_a_group_manager_stays_owner(organization, owner, group):
    """Ten people, each at the same moment at their letter and in the list of managers."""
    dana = [person(f"Dana {n}", f"dana{n}@nordlicht.example") for n in range(10)]
    offers = [offer(organization, owner, f"dana{n}@nordlicht.example", OWNER) for n in range(10)]
    accepting = [lambda n=n: accept_role(appointment=offers[n], account=dana[n]) for n in range(10)]
    naming = [lambda n=n: name_group_manager(group=group, account=dana[n], actor=owner) for n in range(10)]
    results = all_at_once(lambda act: act(), [*accepting, *naming])
    assert [one for one in results if isinstance(one, Exception)] == []
    kinds = Role.objects.filter(account__in=dana).values_list("kind", flat=True)
    assert list(kinds) == [OWNER] * 10
