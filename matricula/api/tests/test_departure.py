"""By whatever door Ada is removed, the mailbox at work loses its power, and she is told."""

import pytest
from django.test import Client
from django.utils import timezone

from matricula.mail.models import Letter
from matricula.organizations.models import Role

pytestmark = pytest.mark.django_db(transaction=True)
WORK = "ada@nordlicht.example"


def by_the_console(house):
    bruno = Client()
    bruno.force_login(house.owner)
    return bruno.post(
        f"/console/nordlicht/people/memberships/{house.membership.pk}/removal/", {"when": "now"}
    )


def by_the_api(house):
    path = f"people/{house.member.public_id}/memberships/{house.program.public_id}/"
    return house.caller.delete(path)


@pytest.mark.parametrize("door", [by_the_console, by_the_api])
def test_by_whatever_door_she_is_removed_the_ex_employers_mailbox_loses_its_power(house, door):
    house.member.addresses.create(address=WORK, confirmed_at=timezone.now())
    Role.objects.filter(account=house.member).delete()
    assert door(house).status_code in (204, 302)
    assert [one.address for one in house.member.addresses.all()] == ["ada@home-of-nordlicht.example"]
    told = Letter.objects.filter(kind="programs.departure").values_list("to", flat=True)
    assert sorted(told) == ["ada@home-of-nordlicht.example", WORK]
