"""ACME removes Ada, or gives her work e-mail away, while her two accounts are one: undo keeps that."""

from datetime import timedelta

import pytest
from django.utils import timezone

from matricula.accounts.models import EmailAddress
from matricula.audit.models import Entry
from matricula.identities.models import Identity
from matricula.leaving.combining.combining import undo_combining
from matricula.leaving.models import Combining
from matricula.leaving.offboarding.holding import carry_out, carry_out_due, hold_departure
from matricula.leaving.offboarding.models import HeldDeparture
from matricula.leaving.tests.test_two_entries import HERE, THERE, Twice, outcome
from matricula.leaving.tests.two_lives import combined, joined
from matricula.programs.memberships import end_membership
from matricula.programs.models import Membership
from matricula.programs.recount import wrong_numbers

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
State = Membership.State


@pytest.fixture
def ada(db):
    return Twice()


def undo(combining):
    undo_combining(combining=combining, side=Combining.Side.KEPT)


def end(ada, state, actor):
    end_membership(membership=ada.welcome.memberships.get(account=ada.here), actor=actor, state=state)


@pytest.mark.parametrize("staying", [0, 1])
def test_removed_as_one_of_the_two_she_is_not_back_as_the_other(ada, staying):
    ada.agree(staying)
    combining = combined(ada.here, ada.there)
    end(ada, State.REMOVED, ada.bruno)
    undo(combining)
    assert set(ada.welcome.memberships.values_list("state", flat=True)) == {"removed"}
    assert ada.live() == []
    assert outcome(combining, "set_aside") == ("kept", "over")
    line = combining.lines.get(table_name="programs_membership", act="set_aside")
    assert (line.undone, line.why) == ("kept", "over")
    assert not EmailAddress.objects.filter(canonical__in=(HERE, THERE)).exists()
    ended = Entry.objects.filter(verb="membership.ended", organization_id=ada.acme.pk)
    assert str(line.row_id) in {str(one.subject_id) for one in ended}
    assert wrong_numbers() == []


def test_the_company_s_sign_in_of_the_account_given_up_ends_as_well(ada):
    ada.agree(0)
    connection = ada.acme.connections.create(kind="oidc", name="ACME", state="live", tested_at=timezone.now())
    connection.identities.create(subject="aking", account=ada.there)
    combining = combined(ada.here, ada.there)
    end(ada, State.REMOVED, ada.bruno)
    undo(combining)
    identity = Identity.objects.get(connection=connection)
    assert (identity.account, identity.ended_by) == (ada.there, "company")


def test_who_left_one_by_herself_is_in_by_the_other_again(ada):
    ada.agree(0)
    combining = combined(ada.here, ada.there)
    end(ada, State.LEFT, ada.here)
    undo(combining)
    assert Membership.objects.active().get(program=ada.welcome).account == ada.there
    assert ada.live() == [(ada.there, THERE)]
    assert wrong_numbers() == []


def test_a_work_email_of_a_new_hire_leads_to_neither_account(ada, chika):
    ada.agree(0)
    combining = combined(ada.here, ada.there)
    joined(ada.welcome, chika, THERE)
    undo(combining)
    assert not EmailAddress.objects.filter(canonical=THERE).exists()
    assert not ada.welcome.memberships.get(account=ada.there).is_active
    assert wrong_numbers() == []


def test_nor_does_the_one_of_before_of_the_entry_that_stayed(ada, chika):
    ada.agree(1)
    combining = combined(ada.here, ada.there)
    joined(ada.welcome, chika, HERE)
    undo(combining)
    assert not EmailAddress.objects.filter(canonical=HERE).exists()
    assert ada.live() == [(ada.here, THERE)]


def test_where_it_was_the_only_way_in_it_is_a_name_beside_the_password(ada, chika):
    ada.there.addresses.exclude(canonical=THERE).delete()
    ada.there.addresses.update(is_primary=True)
    ada.agree(0)
    combining = combined(ada.here, ada.there)
    joined(ada.welcome, chika, THERE)
    undo(combining)
    email = ada.there.addresses.get()
    assert (email.confirmed_at, email.is_primary) == (None, False)
    assert not EmailAddress.objects.recovering().filter(canonical=THERE).exists()
    ada.there.refresh_from_db()
    assert not ada.there.is_claimable


def test_an_address_that_a_program_answered_for_and_somebody_proved_stays_theirs(ada, chika):
    vouched = ada.there.addresses.create(address="post@acme.example", vouched_at=timezone.now())
    ada.agree(0)
    combining = combined(ada.here, ada.there)
    EmailAddress.objects.create(account=chika, address=vouched.address, confirmed_at=timezone.now())
    undo(combining)
    assert EmailAddress.objects.get(canonical=vouched.canonical).account == chika


def held(ada, account):
    [departure] = hold_departure(organization=ada.acme, account=account.pk, actor=ada.bruno)
    return departure


def let_its_day_come():
    HeldDeparture.objects.held().update(due_at=timezone.now() - timedelta(seconds=1))
    carry_out_due()


def states(ada):
    return set(ada.welcome.memberships.values_list("state", flat=True))


def test_a_departure_of_the_account_given_up_is_carried_out_on_the_one_kept(ada):
    ada.agree(0)
    departure = held(ada, ada.there)
    combining = combined(ada.here, ada.there)
    let_its_day_come()
    departure.refresh_from_db()
    assert departure.state == HeldDeparture.State.DONE
    assert not Membership.objects.active().filter(program=ada.welcome).exists()
    undo(combining)
    assert states(ada) == {"removed"}
    assert ada.live() == []


def test_it_goes_back_with_its_membership(ada):
    ada.agree(0)
    departure = held(ada, ada.there)
    undo(combined(ada.here, ada.there))
    let_its_day_come()
    assert ada.welcome.memberships.get(account=ada.there).state == "removed"
    assert ada.welcome.memberships.get(account=ada.here).is_active
    assert departure.membership == ada.twice


def test_of_two_each_is_carried_out_once_its_membership_is_nobody_elses(ada):
    ada.agree(0)
    held(ada, ada.here)
    held(ada, ada.there)
    combining = combined(ada.here, ada.there)
    HeldDeparture.objects.filter(membership=ada.twice).update(due_at=timezone.now() - timedelta(seconds=1))
    carry_out_due()
    assert HeldDeparture.objects.held().count() == 2
    undo(combining)
    let_its_day_come()
    assert states(ada) == {"removed"}


def test_who_read_it_before_the_two_were_one_does_not_end_it(ada):
    ada.agree(0)
    read = HeldDeparture.objects.select_related("membership").get(pk=held(ada, ada.there).pk)
    combined(ada.here, ada.there)
    assert not carry_out(departure=read, actor=ada.bruno)
    assert HeldDeparture.objects.held().count() == 1
