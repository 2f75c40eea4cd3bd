"""Two at once: deleting against combining, learning, joining, itself, other owners and the night."""

import pytest
from django.db import IntegrityError
from django.utils import timezone

from conftest import person
from matricula.accounts.errors import AccountDeleted
from matricula.accounts.models import Account, Session
from matricula.invitations.errors import AlreadyMember
from matricula.invitations.invitations import invite_person
from matricula.learning.completion import finish_lesson
from matricula.learning.enrolments import start_course
from matricula.leaving.combining.combining import combine
from matricula.leaving.deletion.deleting import delete_account
from matricula.leaving.deletion.erasing import erase_some
from matricula.leaving.deletion.taking_back import take_account_back
from matricula.leaving.errors import CannotBeCombined, CannotBeDeleted, PlanChanged, ProofsGone, TakeBackOver
from matricula.leaving.models import Combining, Deletion
from matricula.leaving.tests.one_life import COMPARED, OneLife, deleted, erase_all, let_a_week_pass
from matricula.leaving.tests.two_lives import TwoLives, asked_for, contents, joined, proven
from matricula.organizations.models import Affiliation, Role
from matricula.programs.errors import ProgramFull
from matricula.programs.memberships import end_membership
from matricula.programs.models import Membership
from matricula.programs.recount import wrong_numbers
from tests.at_once import all_at_once, refusals
from tests.learners import short_course

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
MANY = 12


@pytest.fixture
def life(transactional_db) -> OneLife:
    return OneLife()


def nothing_is_with_whoever_deleted() -> None:
    """Invariant: a closed account has no address, session, live tie, role or active membership."""
    for one in Account.objects.filter(deleted_at__isnull=False):
        assert not one.is_active
        assert not one.addresses.exists()
        assert not one.roles.exists()
        assert not one.managed_groups.exists()
        assert not one.identities.live().exists()
        assert not Session.objects.filter(account_id=one.pk).exists()
        assert not Affiliation.objects.live().filter(account=one).exists()
        assert not Membership.objects.active().filter(account=one).exists()
    assert wrong_numbers() == []


def kinds(results) -> set[type[Exception]]:
    return {type(one) for one in refusals(results)}


def test_races_many_presses_delete_once(life):
    asked = proven(life.ada)
    results = all_at_once(*[lambda: delete_account(proven=asked)] * MANY)
    assert len(results) - len(refusals(results)) == 1
    assert kinds(results) == {ProofsGone}
    assert Deletion.objects.count() == 1
    nothing_is_with_whoever_deleted()


@pytest.mark.parametrize("_again", range(4))
def test_races_deleting_and_combining(transactional_db, _again):
    """One of the two wins; what was combined can be undone, so it is not deleted."""
    two = TwoLives()
    asked = asked_for(two.here, two.there)
    read = asked.ledger(now=timezone.now()).look()[1]
    mine = proven(two.here) if _again % 2 else proven(two.there)
    results = all_at_once(lambda: combine(asked=asked, digest=read), lambda: delete_account(proven=mine))
    assert kinds(results) <= {ProofsGone, CannotBeDeleted, CannotBeCombined, PlanChanged}
    assert Combining.objects.count() + Deletion.objects.count() == 1
    nothing_is_with_whoever_deleted()


@pytest.mark.parametrize("_again", range(4))
def test_races_start_in_another_tab(life, _again):
    """Before it, or refused; never with the closed account."""
    late = short_course(life.acme, "late", "a")
    life.welcome.courses.add(late)
    asked = proven(life.ada)
    member = Membership.objects.get(pk=life.member.pk)
    results = all_at_once(
        lambda: delete_account(proven=asked), *[lambda: start_course(course=late, membership=member)] * 4
    )
    assert not isinstance(results[0], Exception)
    assert kinds(results) <= {AccountDeleted, IntegrityError}
    started = [one for one in results[1:] if not isinstance(one, Exception)]
    assert bool(started) == life.ada.enrolments.filter(course=late).exists()
    nothing_is_with_whoever_deleted()


@pytest.mark.parametrize("_again", range(4))
def test_races_the_last_lesson_in_flight(life, _again):
    own, lesson = life.ada.enrolments.get(course=life.begun), life.begun.lessons.get(key="b")
    asked = proven(life.ada)
    results = all_at_once(
        lambda: delete_account(proven=asked), lambda: finish_lesson(enrolment=own, lesson=lesson)
    )
    assert kinds(results) <= {AccountDeleted, IntegrityError}
    take_account_back(deletion=Deletion.objects.get())
    own.refresh_from_db()
    assert (own.completed_at is not None) == (not isinstance(results[1], Exception))
    assert wrong_numbers() == []


@pytest.mark.parametrize("_again", range(4))
def test_races_both_owners_go_at_once(life, _again):
    """One stays: a company is never without an owner."""
    asked = [proven(life.ada), proven(life.bruno)]
    results = all_at_once(*[lambda one=one: delete_account(proven=one) for one in asked])
    assert kinds(results) == {CannotBeDeleted}
    assert Role.objects.filter(organization=life.acme, kind="owner", account__is_active=True).count() == 1


@pytest.mark.parametrize("_again", range(4))
def test_races_taking_back_and_the_night(life, _again):
    """The week is over for one of the two: it is all there, or all gone."""
    before = contents(*COMPARED)
    deletion = deleted(life.ada)
    if _again % 2:
        let_a_week_pass(deletion)
    results = all_at_once(
        lambda: take_account_back(deletion=deletion),
        *[erase_some] * 3,
        lambda: take_account_back(deletion=deletion),
    )
    assert kinds(results) <= {TakeBackOver}
    deletion.refresh_from_db()
    assert (deletion.taken_back_at is None) == bool(_again % 2)
    if deletion.taken_back_at:
        assert contents(*COMPARED) == before
    else:
        erase_all()
        assert not life.ada.enrolments.exists()
        nothing_is_with_whoever_deleted()


@pytest.mark.parametrize("_again", range(3))
def test_races_taking_back_and_the_last_seat(life, _again):
    """It is given once: to whoever joins, or to the membership that comes back."""
    deletion = deleted(life.ada)
    type(life.welcome).objects.filter(pk=life.welcome.pk).update(seats=1)
    life.welcome.refresh_from_db()
    others = [person(f"Learner {n}", f"learner{n}@home.example") for n in range(3)]
    results = all_at_once(
        lambda: take_account_back(deletion=deletion),
        *[lambda o=o, n=n: joined(life.welcome, o, f"l{n}@acme.example") for n, o in enumerate(others)],
    )
    assert kinds(results) <= {ProgramFull}
    active = Membership.objects.active().filter(program=life.welcome).count()
    life.welcome.refresh_from_db()
    assert active == life.welcome.seats_used == 1
    assert wrong_numbers() == []


@pytest.mark.parametrize("_again", range(3))
def test_races_a_removal_and_an_invitation_meanwhile(life, _again):
    asked = proven(life.ada)
    results = all_at_once(
        lambda: delete_account(proven=asked),
        lambda: end_membership(membership=life.member, actor=life.bruno, state=Membership.State.REMOVED),
        lambda: invite_person(program=life.growth, address="ada@home.example", invited_by=None),
    )
    assert kinds(results) <= {AlreadyMember}
    nothing_is_with_whoever_deleted()


def test_races_taking_back_and_whoever_proves_the_address(life):
    deletion = deleted(life.ada)
    results = all_at_once(
        lambda: take_account_back(deletion=deletion),
        lambda: person("Another Ada", "ada@home.example"),
    )
    assert kinds(results) <= {IntegrityError}
    deletion.refresh_from_db()
    line = deletion.lines.get(table_name="accounts_emailaddress", before__canonical="ada@home.example")
    there = life.ada.addresses.filter(address="ada@home.example").exists()
    assert (line.undone == "back") == there
