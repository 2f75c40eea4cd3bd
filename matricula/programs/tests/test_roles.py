"""Roles offered, accepted, changed and taken away; nobody is locked out, and nobody is forced in."""

import re
import time
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from conftest import PASSWORD, person
from matricula.accounts.models import Account, EmailAddress
from matricula.audit.models import Entry
from matricula.joining.tests.test_races import all_at_once
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter, Letter
from matricula.organizations.errors import LastOwner, NotOwner
from matricula.organizations.models import Organization, Role
from matricula.programs.appointing import accept_role, offer_again, offer_role, withdraw_offer
from matricula.programs.changing_roles import change_role, remove_role
from matricula.programs.errors import AlreadyOffered, MailboxUnproven, OfferEnded, OfferJustSent
from matricula.programs.grouping import name_manager
from matricula.programs.models import Appointment

pytestmark = pytest.mark.django_db(transaction=True)
OWNER, VIEWER, MANAGER = Role.Kind.OWNER, Role.Kind.VIEWER, Role.Kind.GROUP_MANAGER


@pytest.fixture
def owner(organization, bruno):
    Role.objects.create(organization=organization, account=bruno, kind=OWNER)
    return bruno


@pytest.fixture
def group(program):
    return program.groups.create(name="Crew")


def offer(organization, owner, address="dana@nordlicht.example", kind=VIEWER, groups=()):
    return offer_role(organization=organization, address=address, kind=kind, groups=list(groups), actor=owner)


def offer_path(address):
    deliver_due()
    text = InboxLetter.objects.filter(to=address, letter__kind="programs.role_offer").last().text
    return re.search(r"/account/roles/\S+", text)[0]


def code_for(address):
    deliver_due()
    letter = InboxLetter.objects.filter(to=address, letter__kind="accounts.confirmation").last()
    return re.search(r"^\d{6}$", letter.text, re.M)[0]


def told(kind):
    return sorted(Letter.objects.filter(kind=kind).values_list("to", flat=True))


def signed_in(client, account):
    client.force_login(account)
    session = client.session
    session["proved_at"] = time.time()
    session.save()
    return client


# -- offered and accepted --------------------------------------------------------------------------


def test_dana_without_an_account_signs_up_proves_the_mailbox_and_has_the_role(client, organization, owner):
    offer(organization, owner)
    path = offer_path("dana@nordlicht.example")
    answer = client.get(path)
    assert (answer.headers["Location"], answer.headers["Referrer-Policy"]) == (
        "/account/roles/",
        "no-referrer",
    )
    page = client.get("/account/roles/").content.decode()
    assert "Set up your account" in page
    client.post("/account/roles/account/", {"full_name": "Dana Weiss", "password": PASSWORD})
    assert not Role.objects.filter(kind=VIEWER).exists()
    answer = client.post("/account/roles/code/", {"code": code_for("dana@nordlicht.example")})
    assert answer.headers["Location"] == "/console/nordlicht/"
    role = Role.objects.get(kind=VIEWER)
    assert (role.account.full_name, role.organization) == ("Dana Weiss", organization)
    assert told("programs.role") == ["dana@nordlicht.example"]
    assert client.get("/console/nordlicht/", follow=True).status_code == 200


def test_chika_with_an_account_logs_in_and_accepts(client, organization, owner, chika):
    offer(organization, owner, "CHIKA@elsewhere.example")
    client.get(offer_path("CHIKA@elsewhere.example"))
    page = client.get("/account/roles/").content.decode()
    assert "Log in to accept" in page
    assert client.get("/account/roles/account/").status_code == 302
    client.post(
        "/account/log-in/",
        {"email": "chika@elsewhere.example", "password": PASSWORD, "next": "/account/roles/"},
    )
    assert "Accept as Chika Obi" in client.get("/account/roles/").content.decode()
    assert client.post("/account/roles/acceptance/").headers["Location"] == "/console/nordlicht/"
    assert Role.objects.get(account=chika).kind == VIEWER


def test_chika_accepts_a_second_address_only_with_the_code_of_its_letter(client, organization, owner, chika):
    offer(organization, owner)
    path = offer_path("dana@nordlicht.example")
    client.force_login(chika)
    client.get(path)
    client.post("/account/roles/acceptance/")
    assert not Role.objects.filter(account=chika).exists()
    assert client.post("/account/roles/letter/").headers["Location"] == "/account/roles/code/"
    assert client.post("/account/roles/code/", {"code": "000000x"}).status_code == 200
    client.post("/account/roles/code/", {"code": code_for("dana@nordlicht.example")})
    assert Role.objects.get(account=chika).kind == VIEWER
    assert not EmailAddress.objects.get(account=chika, address="dana@nordlicht.example").signs_in


def test_a_forwarded_offer_gives_nobody_else_the_role(client, organization, owner, chika):
    """The mailbox belongs to Dana's account; Chika holds the letter."""
    person("Dana Weiss", "dana@nordlicht.example")
    made = offer(organization, owner, kind=OWNER)
    client.force_login(chika)
    client.get(offer_path("dana@nordlicht.example"))
    assert "belongs to another account" in client.get("/account/roles/").content.decode()
    client.post("/account/roles/acceptance/")
    client.post("/account/roles/letter/")
    client.post("/account/roles/code/", {"code": code_for("dana@nordlicht.example")})
    with pytest.raises(MailboxUnproven):
        accept_role(appointment=made, account=chika)
    assert not Role.objects.filter(account=chika).exists()


def test_an_owner_learns_nothing_about_accounts_from_offering(client, organization, owner, chika):
    signed_in(client, owner)
    pages = []
    for address in ("chika@elsewhere.example", "nobody@elsewhere.example"):
        data = {"email": address, "kind": VIEWER}
        answer = client.post("/console/nordlicht/administrators/new/", data, follow=True)
        pages.append(answer.content.decode().replace(address, "X"))
        Appointment.objects.all().delete()
    tokens = [re.sub(r'value="[\w-]{64}"|offers/[\w-]{22}', "", page) for page in pages]
    assert tokens[0] == tokens[1]
    assert Role.objects.count() == 1
    assert told("programs.role_offer") == ["chika@elsewhere.example", "nobody@elsewhere.example"]


def test_one_offer_an_address_and_a_broken_address_is_refused(organization, owner):
    offer(organization, owner)
    with pytest.raises(AlreadyOffered):
        offer(organization, owner, "DANA@Nordlicht.example")
    with pytest.raises(ValidationError):
        offer(organization, owner, "no address")
    with pytest.raises(IntegrityError):
        Appointment.objects.create(organization=organization, address="dana@nordlicht.example", kind=OWNER)


def test_a_withdrawn_an_expired_and_an_accepted_offer_open_nothing(client, organization, owner, chika):
    made = offer(organization, owner, "chika@elsewhere.example")
    path = offer_path("chika@elsewhere.example")
    client.force_login(chika)
    client.get(path)
    Appointment.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.post("/account/roles/acceptance/").status_code == 410
    with pytest.raises(OfferEnded):
        accept_role(appointment=made, account=chika)
    withdraw_offer(appointment=made, actor=owner)
    assert client.get(path).status_code == 410
    assert not withdraw_offer(appointment=made, actor=owner)
    assert client.get("/account/roles/" + "x" * 43 + "/").status_code == 404
    assert not Role.objects.filter(account=chika).exists()


def test_a_new_letter_ends_the_link_before_it_and_waits_ten_minutes(client, organization, owner):
    made = offer(organization, owner)
    old = offer_path("dana@nordlicht.example")
    with pytest.raises(OfferJustSent):
        offer_again(appointment=made, actor=owner)
    Appointment.objects.update(written_at=timezone.now() - timedelta(minutes=11))
    offer_again(appointment=made, actor=owner)
    new = offer_path("dana@nordlicht.example")
    assert (client.get(old).status_code, client.get(new).status_code) == (404, 302)
    withdraw_offer(appointment=made, actor=owner)
    with pytest.raises(OfferEnded):
        offer_again(appointment=made, actor=owner)


def test_opening_and_previewing_the_link_changes_nothing(client, organization, owner):
    offer(organization, owner)
    path = offer_path("dana@nordlicht.example")
    before = Appointment.objects.values().get()
    for _ in range(5):
        client.get(path)
        client.head(path)
        client.get("/account/roles/")
    assert Appointment.objects.values().get() == before
    assert Account.objects.count() == 1


def test_a_group_manager_is_offered_their_groups_with_the_role(organization, owner, chika, group):
    made = offer(organization, owner, "chika@elsewhere.example", MANAGER, [group])
    accept_role(appointment=made, account=chika)
    assert list(group.managers.all()) == [chika]


def test_accepting_a_smaller_role_does_not_leave_the_organization_without_an_owner(organization, owner):
    made = offer(organization, owner, "bruno@nordlicht.example", VIEWER)
    with pytest.raises(LastOwner):
        accept_role(appointment=made, account=owner)
    made.refresh_from_db()
    assert (Role.objects.get().kind, made.is_open) == (OWNER, True)


# -- changed and taken away --------------------------------------------------------------------------


def test_every_change_is_journalled_and_told(organization, owner, chika):
    ines = person("Ines Duarte", "ines@nordlicht.example")
    for account in (chika, ines):
        Role.objects.create(organization=organization, account=account, kind=VIEWER)
    role = Role.objects.get(account=chika)
    change_role(role=role, kind=OWNER, groups=[], actor=owner)
    assert (told("programs.role"), told("programs.owners")) == (
        ["chika@elsewhere.example"],
        ["bruno@nordlicht.example"],
    )
    role.refresh_from_db()
    remove_role(role=role, actor=owner)
    assert told("programs.role") == ["chika@elsewhere.example"] * 2
    assert told("programs.owners") == ["bruno@nordlicht.example"] * 2
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


# -- the console -----------------------------------------------------------------------------------


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
    with django_assert_num_queries(10):
        page = client.get("/console/nordlicht/administrators/").content.decode()
    assert ("Manager 0" in page, "o0@nordlicht.example" in page, "Crew" in page) == (True, True, True)


def test_races_who_accepts_ownership_while_named_a_group_manager_stays_owner(organization, owner, group):
    """Ten people, each at the same moment at their letter and in the list of managers."""
    dana = [person(f"Dana {n}", f"dana{n}@nordlicht.example") for n in range(10)]
    offers = [offer(organization, owner, f"dana{n}@nordlicht.example", OWNER) for n in range(10)]
    accepting = [lambda n=n: accept_role(appointment=offers[n], account=dana[n]) for n in range(10)]
    naming = [lambda n=n: name_manager(group=group, account=dana[n], actor=owner) for n in range(10)]
    results = all_at_once(lambda act: act(), [*accepting, *naming])
    assert [one for one in results if isinstance(one, Exception)] == []
    kinds = Role.objects.filter(account__in=dana).values_list("kind", flat=True)
    assert list(kinds) == [OWNER] * 10
