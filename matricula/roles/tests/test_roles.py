"""Roles changed and taken away: everybody concerned is told, and the last owner stays."""

import pytest
from django.utils import timezone

from conftest import person
from matricula.accounts.models import EmailAddress
from matricula.audit.models import Entry
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter
from matricula.organizations.errors import LastOwner, NotOwner
from matricula.organizations.models import Organization, Role
from matricula.roles.appointments import accept_role
from matricula.roles.errors import OfferEnded
from matricula.roles.models import Appointment
from matricula.roles.roles import change_role, remove_role
from matricula.roles.tests.roles import MANAGER, OWNER, VIEWER, offer, offer_path, told

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_change_is_recorded_and_told(organization, owner, chika):
    ines = person("Ines Duarte", "ines@nordlicht.example")
    for account in (chika, ines):
        Role.objects.create(organization=organization, account=account, kind=VIEWER)
    role = Role.objects.get(account=chika)
    change_role(role=role, kind=OWNER, groups=[], actor=owner)
    assert (told("roles.role"), told("roles.owners")) == (
        ["chika@elsewhere.example"],
        ["bruno@nordlicht.example"],
    )
    role.refresh_from_db()
    remove_role(role=role, actor=owner)
    assert told("roles.role") == ["chika@elsewhere.example"] * 2
    assert told("roles.owners") == ["bruno@nordlicht.example"] * 2
    lines = Entry.objects.filter(verb__startswith="role.").order_by("pk")
    assert [(one.verb, one.actor, one.before.get("role"), one.after.get("role")) for one in lines] == [
        ("role.changed", owner, "viewer", "owner"),
        ("role.removed", owner, "owner", None),
    ]
    deliver_due()
    subjects = set(InboxLetter.objects.values_list("subject", flat=True))
    assert {
        "Your role in Nordlicht Energie: Owner",
        "Your role in Nordlicht Energie has ended",
        "Chika Obi is now an owner of Nordlicht Energie",
        "Chika Obi is no longer an owner of Nordlicht Energie",
    } <= subjects


def test_the_same_role_given_twice_is_told_once(organization, owner, chika, group):
    role = Role.objects.create(organization=organization, account=chika, kind=VIEWER)
    for _ in range(2):
        change_role(role=role, kind=MANAGER, groups=[group], actor=owner)
    assert told("roles.role") == ["chika@elsewhere.example"]
    assert Entry.objects.filter(verb="role.changed").count() == 1
    assert list(chika.managed_groups.all()) == [group]


def test_the_last_owner_stays(organization, owner, chika):
    role = Role.objects.get(account=owner)
    Role.objects.create(organization=organization, account=chika, kind=VIEWER)
    with pytest.raises(LastOwner):
        change_role(role=role, kind=VIEWER, groups=[], actor=owner)
    with pytest.raises(LastOwner):
        remove_role(role=role, actor=owner)
    assert Role.objects.get(account=owner).kind == OWNER


def test_an_owner_who_was_removed_left_themselves_no_way_back(client, organization, owner, chika):
    Role.objects.create(organization=organization, account=chika, kind=OWNER)
    offer(organization, chika, "chika.private@elsewhere.example", kind=OWNER)
    offer(organization, owner)
    path = offer_path("chika.private@elsewhere.example")
    remove_role(role=Role.objects.get(account=chika), actor=owner)
    assert client.get(path).status_code == 410
    EmailAddress.objects.create(
        account=chika, address="chika.private@elsewhere.example", confirmed_at=timezone.now()
    )
    with pytest.raises(OfferEnded):
        accept_role(appointment=Appointment.objects.get(kind=OWNER), account=chika)
    assert [one.offered_by for one in Appointment.objects.waiting()] == [owner]


def test_an_owner_of_another_organization_does_not_count(organization, owner, chika):
    other = Organization.objects.create(slug="other", name="Other")
    Role.objects.create(organization=other, account=chika, kind=OWNER)
    with pytest.raises(LastOwner):
        remove_role(role=Role.objects.get(account=owner), actor=owner)
    with pytest.raises(NotOwner):
        remove_role(role=Role.objects.get(account=owner), actor=chika)


def test_groups_go_with_the_role_in_this_organization_only(organization, owner, chika, group, course):
    elsewhere = Organization.objects.create(slug="other", name="Other")
    theirs = elsewhere.programs.create(slug="p", name="P").groups.create(name="Theirs")
    theirs.managers.add(chika)
    role = Role.objects.create(organization=organization, account=chika, kind=MANAGER)
    change_role(role=role, kind=MANAGER, groups=[group], actor=owner)
    assert set(chika.managed_groups.all()) == {group, theirs}
    change_role(role=role, kind=VIEWER, groups=[], actor=owner)
    assert set(chika.managed_groups.all()) == {theirs}
