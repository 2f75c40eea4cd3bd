"""Bruno removes Ada, whom only Nordlicht lets in: she is written to first, and held until a day."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from conftest import person
from matricula.audit.models import Entry
from matricula.invitations.errors import AlreadyMember
from matricula.invitations.invitations import invite_person
from matricula.joining.tests.leaving import HOME, WORK, ada_at_work, letters
from matricula.leaving.departing.departing import leave_program
from matricula.leaving.offboarding.holding import carry_out, carry_out_due, hold_departure, take_back
from matricula.leaving.offboarding.models import HeldDeparture
from matricula.leaving.tests.two_lives import combined
from matricula.mail.models import Letter
from matricula.organizations.models import Affiliation, Organization, Role
from matricula.programs.memberships import end_membership, enter_program
from matricula.programs.models import Membership, Program
from tests.at_once import all_at_once, refusals

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
State = HeldDeparture.State
REMOVED = Membership.State.REMOVED


@pytest.fixture
def ada(program):
    return ada_at_work(program)


@pytest.fixture
def owner(client, organization, bruno):
    Role.objects.create(organization=organization, account=bruno, kind="owner")
    client.force_login(bruno)
    return client


def hold(ada, organization, bruno=None):
    return hold_departure(organization=organization, account=ada.pk, actor=bruno)


def fresh(departure) -> HeldDeparture:
    rows = HeldDeparture.objects.select_related("membership__account", "organization", "asked_by")
    return rows.get(pk=departure.pk)


def let_days_pass():
    HeldDeparture.objects.held().update(due_at=timezone.now() - timedelta(seconds=1))


def is_in(account) -> bool:
    return Membership.objects.active().filter(account=account).exists()


def removal(membership) -> str:
    return f"/console/nordlicht/people/memberships/{membership.pk}/removal/"


def test_she_is_written_to_once_and_nothing_changes_until_the_day(ada, program, organization, bruno):
    growth = Program.objects.create(organization=organization, slug="growth", name="Growth")
    enter_program(program=growth, account=ada)
    assert len(hold(ada, organization, bruno)) == 2
    assert hold(ada, organization, bruno) == []
    [text] = letters(WORK, "leaving.held")
    assert "Welcome, Growth" in text
    assert "/account/addresses/add/" in text
    assert is_in(ada)
    assert not carry_out_due()
    assert is_in(ada)
    let_days_pass()
    carry_out_due()
    assert not is_in(ada)
    assert set(HeldDeparture.objects.values_list("state", flat=True)) == {State.DONE}
    assert Entry.objects.filter(verb="membership.ended", actor=bruno).count() == 2
    assert letters(WORK)
    carry_out_due()
    assert Entry.objects.filter(verb="membership.ended").count() == 2


def test_an_address_of_her_own_changes_the_letter_and_not_the_day(ada, organization, bruno):
    hold(ada, organization, bruno)
    ada.addresses.create(address=HOME, confirmed_at=timezone.now(), signs_in=True)
    [text] = letters(WORK, "leaving.held")
    assert "nothing you need to do" in text
    let_days_pass()
    carry_out_due()
    assert not is_in(ada)
    assert ada.addresses.ways_in().get().address == HOME


def test_whoever_takes_it_back_tells_her_and_can_hold_her_again(ada, organization, bruno):
    [departure] = hold(ada, organization, bruno)
    assert take_back(departure=fresh(departure), actor=bruno)
    assert not take_back(departure=fresh(departure), actor=bruno)
    assert not carry_out(departure=fresh(departure), actor=bruno)
    let_days_pass()
    carry_out_due()
    assert is_in(ada)
    assert "taken back" in letters(WORK, "leaving.stays")[0]
    assert letters(WORK, "leaving.held") == []
    assert len(hold(ada, organization, bruno)) == 1


def test_it_ends_when_she_leaves_or_is_removed(ada, program, organization, bruno):
    [departure] = hold(ada, organization, bruno)
    membership = ada.memberships.get()
    end_membership(membership=membership, actor=bruno, state=REMOVED)
    assert fresh(departure).state == State.OVER
    enter_program(program=program, account=ada, invited_at=timezone.now())
    let_days_pass()
    carry_out_due()
    assert is_in(ada)
    [again] = hold(ada, organization, bruno)
    ada.addresses.create(address=HOME, confirmed_at=timezone.now(), signs_in=True)
    leave_program(membership=ada.memberships.get())
    assert fresh(again).state == State.OVER


def test_a_departure_follows_her_into_the_account_that_took_hers_in(ada, program, organization, bruno):
    [departure] = hold(ada, organization, bruno)
    kept = person("Ada Okafor", HOME)
    combined(kept, ada)
    let_days_pass()
    carry_out_due()
    assert fresh(departure).state == State.DONE
    assert not is_in(kept)


def test_the_database_holds_a_membership_once(ada, organization):
    [one] = hold(ada, organization)
    again = HeldDeparture(membership=one.membership, organization=organization, due_at=one.due_at)
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        HeldDeparture.objects.update(ended_at=timezone.now())


def test_the_console_asks_when_and_holds_by_itself(owner, ada, organization):
    membership = ada.memberships.get()
    page = owner.get(removal(membership)).content.decode()
    assert "This would take their only way in" in page
    assert 'value="held" checked' in page
    assert owner.post(removal(membership)).status_code == 400
    assert owner.post(removal(membership), {"when": "tomorrow"}).status_code == 400
    assert is_in(ada)
    assert owner.post(removal(membership), {"when": "held"}).status_code == 302
    assert "held until" in owner.get("/console/nordlicht/departures/").content.decode()
    person = f"/console/nordlicht/people/{ada.public_id}/"
    assert "Leaves Welcome at the end of" in owner.get(person).content.decode()
    assert "is held until" in owner.get(removal(membership)).content.decode()
    owner.post(removal(membership), {"when": "now"})
    assert HeldDeparture.objects.get().state == State.OVER
    assert owner.get(removal(membership)).status_code == 302


def test_whoever_has_a_way_in_is_removed_without_that_question(owner, ada):
    ada.addresses.create(address=HOME, confirmed_at=timezone.now(), signs_in=True)
    membership = ada.memberships.get()
    assert "only way in" not in owner.get(removal(membership)).content.decode()
    assert owner.post(removal(membership)).status_code == 302
    assert not is_in(ada)


def test_the_list_removes_at_once_or_not_at_all_and_nothing_of_another_company(owner, ada, organization):
    [departure] = hold(ada, organization)
    page = f"/console/nordlicht/departures/{departure.public_id}/"
    assert owner.post(f"{page}staying/").status_code == 302
    assert fresh(departure).state == State.TAKEN_BACK
    assert "settled already" in owner.post(f"{page}removal/", follow=True).content.decode()
    assert is_in(ada)
    [departure] = hold(ada, organization)
    other = Organization.objects.create(slug="acme", name="ACME")
    Role.objects.create(organization=other, account=Role.objects.get().account, kind="owner")
    assert owner.post(f"/console/acme/departures/{departure.public_id}/removal/").status_code == 404
    owner.post(f"/console/nordlicht/departures/{departure.public_id}/removal/")
    assert not is_in(ada)
    assert "Nobody is held" in owner.get("/console/nordlicht/departures/").content.decode()


@pytest.mark.parametrize("kind", ["viewer", "group_manager"])
def test_who_only_looks_holds_and_removes_nobody(client, ada, organization, chika, kind):
    Role.objects.create(organization=organization, account=chika, kind=kind)
    client.force_login(chika)
    assert client.post(removal(ada.memberships.get()), {"when": "now"}).status_code == 403
    assert client.get("/console/nordlicht/departures/").status_code == 403
    assert is_in(ada)


def test_ada_reads_it_with_her_companies(client, ada, organization):
    hold(ada, organization)
    client.force_login(ada)
    page = client.get("/account/companies/").content.decode()
    assert "You are removed from Welcome at the end of" in page
    assert "Add an address of your own" in page
    ada.addresses.create(address=HOME, confirmed_at=timezone.now(), signs_in=True)
    assert "You have a way in of your own" in client.get("/account/companies/").content.decode()


def test_races_two_administrators_hold_her_once(ada, organization, bruno, chika):
    results = all_at_once(*[lambda who=who: hold(ada, organization, who) for who in (bruno, chika) * 5])
    assert refusals(results) == []
    assert sum(map(len, results)) == 1
    assert Letter.objects.filter(kind="leaving.held").count() == 1


@pytest.mark.parametrize("_again", range(5))
def test_races_holding_and_removing(ada, organization, bruno, _again):
    membership = Membership.objects.select_related("program__organization", "account").get(account=ada)
    results = all_at_once(
        lambda: hold(ada, organization, bruno),
        lambda: end_membership(membership=membership, actor=bruno, state=REMOVED),
    )
    assert refusals(results) == []
    assert not HeldDeparture.objects.held().exists()
    assert not is_in(ada)


@pytest.mark.parametrize("_again", range(5))
def test_races_the_night_and_do_not_remove(ada, organization, bruno, _again):
    """Removed, or stays: never both told, never two nights at once."""
    [departure] = hold(ada, organization, bruno)
    let_days_pass()
    results = all_at_once(
        carry_out_due, carry_out_due, lambda: take_back(departure=fresh(departure), actor=bruno)
    )
    assert refusals(results) == []
    stays = results[2]
    assert is_in(ada) is stays
    assert fresh(departure).state == (State.TAKEN_BACK if stays else State.DONE)
    assert Entry.objects.filter(verb="membership.ended").count() == (0 if stays else 1)
    assert Letter.objects.filter(kind="leaving.stays").count() == (1 if stays else 0)


@pytest.mark.parametrize("_again", range(5))
def test_races_an_invitation_while_she_is_held_finds_a_member(ada, program, organization, bruno, _again):
    held, invited = all_at_once(
        lambda: hold(ada, organization, bruno),
        lambda: invite_person(program=program, address=WORK, invited_by=bruno),
    )
    assert len(held) == 1
    assert isinstance(invited, AlreadyMember)
    assert is_in(ada)
    assert Affiliation.objects.live().filter(account=ada).exists()
