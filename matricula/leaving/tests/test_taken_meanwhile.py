"""While Ada's account is deleted her mailboxes go to others: they get the letters, and never her account."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from conftest import PASSWORD, person
from matricula.accounts.mailboxes import vouch_for
from matricula.accounts.models import Account, EmailAddress
from matricula.leaving.deletion.taking_back import needs_address, take_account_back
from matricula.leaving.deletion.told import what_did_not_come_back
from matricula.leaving.errors import NoAddressLeft
from matricula.leaving.offboarding.holding import carry_out_due, hold_departure
from matricula.leaving.offboarding.models import HeldDeparture
from matricula.leaving.tests.one_life import OneLife, deleted
from matricula.leaving.tests.two_lives import joined
from matricula.organizations.models import Affiliation, Role
from matricula.programs.memberships import end_membership
from matricula.programs.models import Membership
from matricula.programs.recount import wrong_numbers

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
WORK, HOME = "ada@acme.example", "ada@home.example"


@pytest.fixture
def life(db) -> OneLife:
    life = OneLife()
    life.acme.roles.filter(account=life.ada).delete()
    return life


def hire(life):
    """ACME gives the work e-mail to somebody new, who has not proven it yet."""
    return joined(life.welcome, person("Ada King", "king@home.example"), WORK)


def test_a_work_email_that_a_new_hire_has_comes_back_without_power(life):
    deletion = deleted(life.ada)
    hire(life)
    assert not needs_address(deletion)
    take_account_back(deletion=deletion)
    assert not EmailAddress.objects.filter(canonical=WORK).exists()
    assert life.ada.addresses.ways_in().get().canonical == HOME
    told = {one.what: one.why for one in what_did_not_come_back(deletion)}
    assert "knows another account" in told[WORK]


def test_where_it_was_all_she_had_a_new_address_is_needed(life):
    life.ada.addresses.exclude(canonical=WORK).delete()
    life.ada.addresses.update(is_primary=True)
    deletion = deleted(life.ada)
    assert not needs_address(deletion)
    hire(life)
    assert needs_address(deletion)
    with pytest.raises(NoAddressLeft):
        take_account_back(deletion=deletion)
    take_account_back(deletion=deletion, new_address="ada@new.example")
    assert not EmailAddress.objects.recovering().filter(account=life.ada).exists()
    life.ada.refresh_from_db()
    assert not life.ada.is_claimable


def test_a_work_email_that_is_hers_comes_back_as_it_was(life):
    deletion = deleted(life.ada)
    take_account_back(deletion=deletion)
    assert set(life.ada.addresses.ways_in().values_list("canonical", flat=True)) == {WORK, HOME}


def vouched_for(address: str) -> Account:
    """She came by a program's link, whose letters reach her; nobody proved the mailbox."""
    account = Account.objects.create(full_name="Ada Old", password=make_password(PASSWORD))
    account.addresses.create(address=address)
    vouch_for(account, address)
    account.refresh_from_db()
    return account


def test_an_address_that_a_program_answered_for_is_whose_who_proves_it(db):
    account = vouched_for("post@nordlicht.example")
    deletion = deleted(account)
    assert not needs_address(deletion)
    nora = person("Nora New", "post@nordlicht.example")
    assert needs_address(deletion)
    with pytest.raises(NoAddressLeft):
        take_account_back(deletion=deletion)
    take_account_back(deletion=deletion, new_address="ada@new.example")
    assert EmailAddress.objects.get(canonical="post@nordlicht.example").account == nora
    assert not EmailAddress.objects.recovering().filter(account=account).exists()
    told = {one.what: one.why for one in what_did_not_come_back(deletion)}
    assert "Another account has proven" in told["post@nordlicht.example"]


def test_and_comes_back_where_nobody_proved_it(db):
    account = vouched_for("post@nordlicht.example")
    take_account_back(deletion=deleted(account))
    assert EmailAddress.objects.recovering().get().account == account


def tied(life) -> bool:
    return Affiliation.objects.live().filter(account=life.ada, organization=life.acme).exists()


def remove(life) -> bool:
    member = Membership.objects.get(pk=life.member.pk)
    return end_membership(membership=member, actor=life.bruno, state=Membership.State.REMOVED)


def test_whoever_is_removed_meanwhile_is_not_in_again(life):
    deletion = deleted(life.ada)
    assert remove(life)
    assert not remove(life)
    assert wrong_numbers() == []
    take_account_back(deletion=deletion)
    life.member.refresh_from_db()
    assert life.member.state == "removed"
    assert not tied(life)
    assert not EmailAddress.objects.filter(canonical=WORK).exists(), "as when anybody is removed"
    told = {one.what: one.why for one in what_did_not_come_back(deletion)}
    assert told["Welcome"] == "The company removed you meanwhile."
    assert told[WORK] == "You are in none of its programs any more."
    life.elsewhere.refresh_from_db()
    assert life.elsewhere.is_active
    assert wrong_numbers() == []


def test_who_had_left_before_deleting_is_not_removed_by_it(life):
    end_membership(membership=life.member, actor=life.ada, state=Membership.State.LEFT)
    deleted(life.ada)
    assert not remove(life)


def test_bruno_removes_her_on_her_page(life, client):
    life.welcome.refresh_from_db()
    deletion = deleted(life.ada)
    client.force_login(life.bruno)
    page = f"/console/acme/people/memberships/{life.member.pk}/removal/"
    assert page in client.get(f"/console/acme/people/{life.ada.public_id}/").content.decode()
    assert client.get(page).status_code == 200
    assert client.post(page).status_code == 302
    take_account_back(deletion=deletion)
    assert not tied(life)


def test_a_departure_that_comes_due_meanwhile_is_carried_out(life):
    hold_departure(organization=life.acme, account=life.ada.pk, actor=life.bruno)
    deletion = deleted(life.ada)
    HeldDeparture.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    carry_out_due()
    assert HeldDeparture.objects.get().state == HeldDeparture.State.DONE
    take_account_back(deletion=deletion)
    life.member.refresh_from_db()
    assert life.member.state == "removed"


def test_no_role_outlives_the_tie_that_somebody_else_has(life):
    life.acme.roles.create(account=life.ada, kind=Role.Kind.OWNER)
    deletion = deleted(life.ada)
    hire(life)
    take_account_back(deletion=deletion)
    assert not Role.objects.filter(account=life.ada, organization=life.acme).exists()
    told = {one.what: one.why for one in what_did_not_come_back(deletion)}
    assert "knows another account" in told["A role"]


def test_without_a_seat_there_is_no_tie(life):
    life.welcome.seats = 1
    life.welcome.save()
    deletion = deleted(life.ada)
    joined(life.welcome, person("Chika", "chika@home.example"), "chika@acme.example")
    take_account_back(deletion=deletion)
    assert not tied(life)
    assert Affiliation.objects.live().filter(account=life.ada, organization=life.globex).exists()
    assert wrong_numbers() == []
