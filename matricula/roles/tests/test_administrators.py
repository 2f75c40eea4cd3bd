"""The console's page of administrators: it asks who one is, and says why something cannot be."""

import re

import pytest

from conftest import PASSWORD, person
from matricula.organizations.models import Organization, Role
from matricula.roles.models import Appointment
from matricula.roles.tests.roles import MANAGER, OWNER, VIEWER, offer, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_changes_ask_who_it_is_once_in_ten_minutes(client, organization, owner):
    client.force_login(owner)
    path = "/console/nordlicht/administrators/new/"
    assert client.get(path).headers["Location"] == (
        "/account/prove/?next=%2Fconsole%2Fnordlicht%2Fadministrators%2Fnew%2F"
    )
    client.post(path, {"email": "dana@nordlicht.example", "kind": "owner"})
    assert not Appointment.objects.exists()
    answer = client.post("/account/prove/", {"password": PASSWORD, "next": path})
    assert answer.headers["Location"] == path
    assert client.get(path).status_code == 200


def test_nobody_gives_up_their_own_role_by_accident(client, organization, owner, chika):
    Role.objects.create(organization=organization, account=chika, kind=OWNER)
    mine = Role.objects.get(account=owner)
    signed_in(client, owner)
    path = f"/console/nordlicht/administrators/{mine.pk}/"
    page = client.post(path, {"kind": "viewer"}).content.decode()
    assert "Tick this box" in page
    page = client.post(path + "removal/", {}).content.decode()
    assert 'role="alert"' in page
    assert Role.objects.get(pk=mine.pk).kind == OWNER
    answer = client.post(path, {"kind": "viewer", "sure": "on"})
    assert answer.headers["Location"] == "/console/nordlicht/"
    assert Role.objects.get(pk=mine.pk).kind == VIEWER


def test_the_console_says_why_the_last_owner_stays_and_keeps_what_was_chosen(client, organization, owner):
    signed_in(client, owner)
    path = f"/console/nordlicht/administrators/{Role.objects.get().pk}/"
    page = client.post(path, {"kind": "viewer", "sure": "on"}).content.decode()
    assert "This is the only owner." in page
    assert re.search(r'value="viewer"[^>]*checked', page)
    assert "This is the only owner." in client.post(path + "removal/", {"sure": "on"}).content.decode()


def test_a_group_manager_needs_a_group(client, organization, owner, group):
    signed_in(client, owner)
    path = "/console/nordlicht/administrators/new/"
    data = {"email": "dana@nordlicht.example", "kind": "group_manager"}
    page = client.post(path, data).content.decode()
    assert "Choose at least one group" in page
    assert "dana@nordlicht.example" in page
    assert client.post(path, {**data, "groups": [group.pk]}).status_code == 302
    assert list(Appointment.objects.get().groups.all()) == [group]


def test_a_group_of_another_organization_cannot_be_given(client, organization, owner):
    other = Organization.objects.create(slug="other", name="Other")
    theirs = other.programs.create(slug="p", name="P").groups.create(name="Theirs")
    signed_in(client, owner)
    data = {"email": "dana@nordlicht.example", "kind": "group_manager", "groups": [theirs.pk]}
    assert client.post("/console/nordlicht/administrators/new/", data).status_code == 200
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("people", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(
    client, organization, owner, group, people, django_assert_num_queries
):
    for n in range(people):
        account = person(f"Manager {n}", f"m{n}@nordlicht.example")
        Role.objects.create(organization=organization, account=account, kind=MANAGER)
        group.managers.add(account)
        offer(organization, owner, f"o{n}@nordlicht.example", MANAGER, [group])
    client.force_login(owner)
    with django_assert_num_queries(11):
        page = client.get("/console/nordlicht/administrators/").content.decode()
    assert ("Manager 0" in page, "o0@nordlicht.example" in page, "Crew" in page) == (True, True, True)
