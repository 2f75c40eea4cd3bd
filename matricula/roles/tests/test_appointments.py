"""A role is offered to an address, and the account that proves the mailbox and accepts has it."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from conftest import PASSWORD, person
from matricula.accounts.models import Account, EmailAddress
from matricula.organizations.errors import LastOwner
from matricula.organizations.models import Role
from matricula.roles.appointments import accept_role, offer_again, withdraw_offer
from matricula.roles.errors import AlreadyOffered, MailboxUnproven, OfferEnded, OfferJustSent
from matricula.roles.models import Appointment
from matricula.roles.tests.roles import MANAGER, OWNER, VIEWER, code_for, offer, offer_path, signed_in, told
from matricula.security.throttling import LETTERS

pytestmark = pytest.mark.django_db(transaction=True)


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
    assert told("roles.role") == ["dana@nordlicht.example"]
    assert client.get("/console/nordlicht/", follow=True).status_code == 200


def test_strangers_who_had_letters_written_to_dana_all_day_do_not_keep_the_code_of_her_offer_from_her(
    client, organization, owner
):
    offer(organization, owner)
    client.get(offer_path("dana@nordlicht.example"))
    for _ in range(LETTERS.tries):
        assert LETTERS.allows("dana@nordlicht.example")
    client.post("/account/roles/account/", {"full_name": "Dana Weiss", "password": PASSWORD})
    answer = client.post("/account/roles/code/", {"code": code_for("dana@nordlicht.example")})
    assert answer.headers["Location"] == "/console/nordlicht/"


def test_dana_whose_mailbox_got_all_letters_of_the_day_is_told_when_to_ask_for_one(
    client, organization, owner
):
    offer(organization, owner)
    client.get(offer_path("dana@nordlicht.example"))
    for _ in range(LETTERS.tries):
        LETTERS.allows(f"dana@nordlicht.example:role:{Appointment.objects.get().pk}")
    answer = client.post("/account/roles/account/", {"full_name": "Dana Weiss", "password": PASSWORD})
    page = client.get(answer.headers["Location"]).content.decode()
    assert ("We wrote to" in page, "none was written for you" in page) == (False, True)


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
    assert told("roles.offer") == ["chika@elsewhere.example", "nobody@elsewhere.example"]


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
