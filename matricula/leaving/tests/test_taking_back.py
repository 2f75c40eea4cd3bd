"""What comes back, and what does not, when somebody else has it by then."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from conftest import person
from matricula.accounts.errors import AccountDeleted
from matricula.accounts.models import Account, EmailAddress
from matricula.api.tokens import grant_token
from matricula.audit.models import Entry
from matricula.identities.models import Identity
from matricula.identities.recovery_codes import owner_codes_left, renew_owner_codes
from matricula.invitations.invitations import invite_person
from matricula.invitations.models import Invitation
from matricula.joining.models import Request
from matricula.learning.completion import finish_lesson
from matricula.learning.enrolments import start_course
from matricula.leaving.combining.finality import make_final
from matricula.leaving.deletion.erasing import erase_some
from matricula.leaving.deletion.taking_back import take_account_back
from matricula.leaving.deletion.told import what_did_not_come_back
from matricula.leaving.errors import NoAddressLeft, ProofsGone, TakeBackOver
from matricula.leaving.letters import TO_OWNERS
from matricula.leaving.models import Deletion
from matricula.leaving.tests.one_life import OneLife, deleted, erase_all, let_a_week_pass
from matricula.leaving.tests.two_lives import TwoLives, combined, joined, let_days_pass
from matricula.mail.models import Letter
from matricula.organizations.models import Affiliation, Role
from matricula.programs.models import Membership
from matricula.programs.recount import wrong_numbers
from matricula.roles.models import Appointment

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def life(db) -> OneLife:
    return OneLife()


def lost(deletion: Deletion) -> dict[str, str]:
    return {one.what: one.why for one in what_did_not_come_back(deletion)}


def test_an_address_that_somebody_proved_meanwhile_stays_theirs(life):
    deletion = deleted(life.ada)
    other = person("Another Ada", "ada@home.example")
    take_account_back(deletion=deletion)
    assert EmailAddress.objects.confirmed().get(canonical="ada@home.example").account == other
    assert set(lost(deletion)) == {"ada@home.example"}
    life.ada.refresh_from_db()
    assert life.ada.primary_address.address == "ada@acme.example", "the oldest that is left"


def test_a_seat_that_is_gone_is_asked_for(life):
    life.welcome.seats = 1
    life.welcome.save()
    deletion = deleted(life.ada)
    joined(life.welcome, person("Chika", "chika@home.example"), "chika@acme.example")
    take_account_back(deletion=deletion)
    life.member.refresh_from_db()
    assert life.member.state == Membership.State.LEFT
    assert "Its seat was taken meanwhile" in lost(deletion)["Welcome"]
    assert Request.objects.get(program=life.welcome).address == "ada@acme.example"
    life.elsewhere.refresh_from_db()
    assert life.elsewhere.is_active
    assert wrong_numbers() == []


def test_a_work_e_mail_that_names_somebody_else_now_is_taken_and_so_is_its_place(life):
    deletion = deleted(life.ada)
    joined(life.welcome, person("Ada King", "king@home.example"), "ada@acme.example")
    take_account_back(deletion=deletion)
    assert not Affiliation.objects.live().filter(account=life.ada, organization=life.acme).exists()
    life.member.refresh_from_db()
    assert not life.member.is_active
    assert "knows another account" in lost(deletion)["Welcome"]
    assert "knows another account" in lost(deletion)["ada@acme.example"]
    assert wrong_numbers() == []


def test_a_sign_in_that_another_account_linked_is_not_ended(life):
    deletion = deleted(life.ada)
    other = person("Ada King", "king@home.example")
    life.connection.identities.create(subject="ada", account=other)
    take_account_back(deletion=deletion)
    assert Identity.objects.live().get(subject="ada").account == other
    assert "Sign-in with Globex" in lost(deletion)


def test_with_no_address_left_a_new_one_is_needed(life):
    deletion = deleted(life.ada)
    for n, one in enumerate(("ada@home.example", "ada@acme.example")):
        person(f"Another {n}", one)
    for typed in ("", "ada@home.example", "ADA@home.example"):
        with pytest.raises(NoAddressLeft):
            take_account_back(deletion=deletion, new_address=typed)
    life.ada.refresh_from_db()
    assert not life.ada.is_active
    assert Deletion.objects.open().filter(pk=deletion.pk).exists()
    take_account_back(deletion=deletion, new_address="ada@new.example")
    life.ada.refresh_from_db()
    assert life.ada.is_active
    assert not life.ada.is_claimable


def test_an_invitation_made_meanwhile_is_answered_by_who_is_in_again(life):
    deletion = deleted(life.ada)
    anew = invite_person(program=life.welcome, address="ada@acme.example", invited_by=life.bruno)
    take_account_back(deletion=deletion)
    assert Invitation.objects.get(pk=anew.pk).state == Invitation.State.JOINED


def test_a_group_or_company_that_is_gone_does_not_come_back(life):
    deletion = deleted(life.ada)
    life.group.delete()
    take_account_back(deletion=deletion)
    life.ada.refresh_from_db()
    assert life.ada.is_active
    assert not life.ada.managed_groups.exists()


def test_twice_is_once_and_after_a_week_never(life):
    deletion = deleted(life.ada)
    take_account_back(deletion=deletion)
    with pytest.raises(TakeBackOver):
        take_account_back(deletion=deletion)
    again = deleted(life.ada)
    let_a_week_pass(again)
    with pytest.raises(TakeBackOver):
        take_account_back(deletion=again)


def test_a_closed_account_gets_nothing_by_any_door(life):
    deleted(life.ada)
    member = Membership.objects.get(pk=life.member.pk)
    with pytest.raises(AccountDeleted), transaction.atomic():
        start_course(course=life.begun, membership=member)
    own = life.ada.enrolments.get(course=life.begun)
    with pytest.raises(AccountDeleted), transaction.atomic():
        finish_lesson(enrolment=own, lesson=life.begun.lessons.get(key="b"))
    for attempt in (
        lambda: life.ada.addresses.create(address="new@home.example"),
        lambda: life.acme.roles.create(account=life.ada, kind="viewer"),
        lambda: life.group.managers.add(life.ada),
        lambda: Membership.objects.filter(pk=life.member.pk).update(state="active", left_at=None),
        lambda: Affiliation.objects.filter(account=life.ada).update(ended_at=None),
        lambda: Identity.objects.filter(account=life.ada).update(ended_at=None, ended_by=""),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()


def test_an_account_that_was_deleted_is_active_by_no_means(life):
    deleted(life.ada)
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.filter(pk=life.ada.pk).update(is_active=True)


def test_what_an_owner_offered_and_their_recovery_codes_end_for_good(life):
    offer = Appointment.objects.create(
        organization=life.acme, address="new@acme.example", kind="owner", offered_by=life.ada
    )
    renew_owner_codes(organization=life.acme, account=life.ada)
    deletion = deleted(life.ada)
    take_account_back(deletion=deletion)
    offer.refresh_from_db()
    assert offer.ended_at is not None
    assert owner_codes_left(organization=life.acme.pk, account=life.ada.pk) == 0
    assert Role.objects.filter(account=life.ada, kind="owner").exists()


def test_the_other_owners_read_who_went_and_which_tokens_stay(life):
    grant_token(organization=life.acme, name="Payroll", scopes=["people:read"], days=9, actor=life.ada)
    deletion = deleted(life.ada)
    told = Letter.objects.get(kind=TO_OWNERS)
    assert told.to == "bruno@acme.example"
    assert told.context["made"] == ["Payroll"]
    take_account_back(deletion=deletion)
    assert Letter.objects.filter(kind=TO_OWNERS).latest("pk").context["news"] == "taken_back"


def test_each_company_reads_its_own_lines_and_no_other(life):
    deletion = deleted(life.ada)

    def of(one):
        told = Entry.objects.filter(organization_id=one.pk, after__has_key="deleted")
        return sorted(told.values_list("verb", flat=True))

    assert of(life.acme) == ["affiliation.ended", "membership.ended", "role.removed"]
    assert of(life.globex) == ["affiliation.ended", "identity.ended", "membership.ended"]
    take_account_back(deletion=deletion)
    back = Entry.objects.filter(organization_id=life.acme.pk, verb__endswith=".taken_back")
    assert sorted(back.values_list("verb", flat=True)) == [
        "affiliation.taken_back",
        "membership.taken_back",
        "role.taken_back",
    ]


def test_erasing_goes_on_where_it_was_stopped(life, monkeypatch):
    """Killed after each batch: the next who looks goes on, and nothing comes back in between."""
    monkeypatch.setattr("matricula.leaving.deletion.erasing.AT_ONCE", 1)
    monkeypatch.setattr("matricula.credentials.withdrawal.AT_ONCE", 1)
    deletion = deleted(life.ada)
    let_a_week_pass(deletion)
    assert erase_some()
    with pytest.raises(TakeBackOver):
        take_account_back(deletion=deletion)
    assert erase_all() > 10
    deletion.refresh_from_db()
    assert deletion.erased_at is not None
    assert not erase_some()


def test_what_was_combined_into_it_goes_along(db):
    two = TwoLives()
    combining = combined(two.here, two.there)
    let_days_pass(combining)
    make_final(combining=combining)
    deletion = deleted(two.here)
    let_a_week_pass(deletion)
    erase_all()
    two.there.refresh_from_db()
    assert two.there.full_name == "Deleted account"
    assert not two.there.enrolments.exists()
    assert {str(one.before) + str(one.after) for one in combining.lines.all()} == {"{}{}"}
    assert wrong_numbers() == []


def test_letters_to_her_own_addresses_are_emptied_and_the_companys_stay(life):
    Letter.objects.create(kind="x", to="ada@home.example", context={"a": 1}, ended_at=timezone.now())
    Letter.objects.create(
        kind="y", to="ada@acme.example", organization_id=life.acme.pk, ended_at=timezone.now()
    )
    Letter.objects.create(kind="z", to="chika@home.example", ended_at=timezone.now())
    deletion = deleted(life.ada)
    Letter.objects.filter(ended_at__isnull=True).update(ended_at=timezone.now())
    let_a_week_pass(deletion)
    Letter.objects.filter(kind="x").update(queued_at=timezone.now() - timedelta(days=30))
    later = Letter.objects.create(kind="later", to="ada@home.example", ended_at=timezone.now())
    erase_all()
    assert set(Letter.objects.filter(kind__in="xyz").values_list("kind", "to")) == {
        ("x", ""),
        ("y", "ada@acme.example"),
        ("z", "chika@home.example"),
    }
    assert Letter.objects.get(pk=later.pk).to == "ada@home.example", "of whoever has the address since"


def test_a_proof_is_spent_by_it(life):
    deleted(life.ada)
    with pytest.raises(ProofsGone):
        deleted(life.ada)


def test_the_freed_work_e_mail_is_invited_again_at_once(life):
    """Somebody who missed the step for linking: the second account goes, and the first one joins."""
    deleted(life.ada)
    again = invite_person(program=life.welcome, address="ada@acme.example", invited_by=life.bruno)
    assert again is not None
    original = person("Ada Lovelace", "lovelace@home.example")
    membership = joined(life.welcome, original, "ada@acme.example")
    assert membership.is_active
