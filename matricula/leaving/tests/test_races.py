"""Two at once: combining against learning, joining, itself, and undo; and what survives a kill."""

import pytest
from django.db import IntegrityError
from django.utils import timezone

from conftest import person
from matricula.accounts.errors import AccountCombined
from matricula.credentials.models import Certificate
from matricula.invitations.errors import AlreadyMember
from matricula.invitations.invitations import invite_person
from matricula.invitations.models import Invitation
from matricula.learning.completion import finish_lesson
from matricula.learning.enrolments import start_course
from matricula.learning.models import Enrolment
from matricula.leaving.combining.combining import combine, undo_combining
from matricula.leaving.errors import CannotBeCombined, PlanChanged, ProofsGone, UndoOver
from matricula.leaving.models import Combining
from matricula.leaving.tests.two_lives import TwoLives, asked_for, combined, contents, joined
from matricula.organizations.models import Affiliation
from matricula.programs.errors import ProgramFull
from matricula.programs.memberships import end_membership
from matricula.programs.models import Membership
from matricula.programs.recount import wrong_numbers
from tests.at_once import all_at_once, refusals
from tests.learners import short_course

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
MANY = 40


@pytest.fixture
def ada(transactional_db) -> TwoLives:
    return TwoLives()


def prepared(kept, given_up):
    asked = asked_for(kept, given_up)
    return asked, asked.ledger(now=timezone.now()).look()[1]


def nothing_is_with_whoever_was_given_up() -> None:
    """Invariant: a closed account has no address, live tie, role or active membership."""
    for one in Combining.objects.standing():
        gone = one.given_up
        assert not gone.addresses.exists()
        assert not gone.roles.exists()
        assert not Affiliation.objects.live().filter(account=gone).exists()
        assert not Membership.objects.active().filter(account=gone).exists()


def test_races_forty_presses_combine_once(ada):
    asked, read = prepared(ada.here, ada.there)
    results = all_at_once(*[lambda: combine(asked=asked, digest=read)] * MANY)
    assert len(results) - len(refusals(results)) == 1
    assert {type(one) for one in refusals(results)} == {ProofsGone}
    assert wrong_numbers() == []


def test_races_each_takes_in_the_other(ada):
    """Both ways at once: one way wins, and the other finds its proofs gone."""
    there, back = prepared(ada.here, ada.there), prepared(ada.there, ada.here)
    works = [lambda: combine(asked=there[0], digest=there[1]), lambda: combine(asked=back[0], digest=back[1])]
    results = all_at_once(*works * 8)
    assert Combining.objects.count() == 1
    assert {type(one) for one in refusals(results)} == {ProofsGone}
    nothing_is_with_whoever_was_given_up()


def test_races_two_take_in_a_third(ada, chika):
    works = [prepared(ada.here, ada.there), prepared(chika, ada.there)]
    results = all_at_once(*[lambda w=w: combine(asked=w[0], digest=w[1]) for w in works])
    assert Combining.objects.count() == 1
    assert {type(one) for one in refusals(results)} <= {ProofsGone}
    nothing_is_with_whoever_was_given_up()


@pytest.mark.parametrize("_again", range(4))
def test_races_start_in_the_other_tab(ada, _again):
    """It is with the account that was kept, or is refused; never with the closed one."""
    late = short_course(ada.globex, "late", "a")
    ada.growth.courses.add(late)
    asked, read = prepared(ada.here, ada.there)
    results = all_at_once(
        lambda: combine(asked=asked, digest=read),
        *[lambda: start_course(course=late, membership=Membership.objects.get(pk=ada.member_there.pk))] * 6,
    )
    assert {type(one) for one in refusals(results)} <= {AccountCombined, PlanChanged, IntegrityError}
    if Combining.objects.exists():
        assert not Enrolment.objects.filter(account=ada.there, course=late).exists()
    assert wrong_numbers() == []


@pytest.mark.parametrize("_again", range(4))
def test_races_a_lesson_in_flight_is_not_lost(ada, _again):
    lesson = ada.both.lessons.get(key="c")
    asked, read = prepared(ada.here, ada.there)
    theirs = ada.enrolment(ada.there, ada.both)
    results = all_at_once(
        lambda: combine(asked=asked, digest=read),
        lambda: finish_lesson(enrolment=theirs, lesson=lesson),
    )
    assert {type(one) for one in refusals(results)} <= {AccountCombined, PlanChanged}
    finished = not isinstance(results[1], Exception)
    if Combining.objects.exists():
        united = ada.enrolment(ada.here, ada.both).progress.filter(lesson=lesson, done_at__isnull=False)
        assert united.exists() == finished
    assert wrong_numbers() == []


def test_races_a_removal_while_the_two_become_one(ada, bruno):
    asked, read = prepared(ada.here, ada.there)
    results = all_at_once(
        lambda: combine(asked=asked, digest=read),
        lambda: end_membership(membership=ada.member_there, actor=bruno, state=Membership.State.REMOVED),
    )
    assert {type(one) for one in refusals(results)} <= {PlanChanged, CannotBeCombined, ProofsGone}
    assert wrong_numbers() == []
    nothing_is_with_whoever_was_given_up()


def test_races_undo_by_both_sides_is_undone_once(ada):
    before = contents()
    combining = combined(ada.here, ada.there)
    works = [lambda side=side: undo_combining(combining=combining, side=side) for side in Combining.Side]
    results = all_at_once(*works * 6)
    assert len(refusals(results)) == 11
    assert {type(one) for one in refusals(results)} == {UndoOver}
    assert contents() == before


@pytest.mark.parametrize("_again", range(3))
def test_races_undo_and_the_last_seat(ada, _again):
    """The seat is given once: to whoever joins, or to the membership that comes back."""
    joined(ada.welcome, ada.there, "king@acme.example")
    Affiliation.objects.filter(organization=ada.acme, account=ada.there).update(ended_at=timezone.now())
    type(ada.welcome).objects.filter(pk=ada.welcome.pk).update(seats=2)
    ada.welcome.refresh_from_db()
    combining = combined(ada.here, ada.there)
    others = [person(f"Learner {n}", f"learner{n}@home.example") for n in range(4)]
    results = all_at_once(
        lambda: undo_combining(combining=combining, side=Combining.Side.KEPT),
        *[lambda o=o, n=n: joined(ada.welcome, o, f"l{n}@acme.example") for n, o in enumerate(others)],
    )
    assert {type(one) for one in refusals(results)} <= {ProgramFull}
    active = Membership.objects.active().filter(program=ada.welcome).count()
    ada.welcome.refresh_from_db()
    assert active == ada.welcome.seats_used == 2


@pytest.mark.parametrize("_again", range(4))
def test_races_a_lesson_done_again_while_it_is_undone(ada, _again):
    """Before or after: it is hers, with the course and its certificate, once."""
    combining = combined(ada.here, ada.there)
    own, lesson = ada.enrolment(ada.here, ada.pooled), ada.pooled.lessons.get(key="b")
    results = all_at_once(
        lambda: undo_combining(combining=combining, side=Combining.Side.KEPT),
        *[lambda: finish_lesson(enrolment=own, lesson=lesson)] * 4,
    )
    assert refusals(results) == []
    own.refresh_from_db()
    assert own.completed_at is not None
    assert own.progress.filter(done_at__isnull=False).count() == 2
    assert Certificate.objects.filter(title="pooled", account=ada.here).count() == 1
    assert wrong_numbers() == []


@pytest.mark.parametrize("_again", range(4))
def test_races_an_invitation_while_the_two_become_one(ada, _again):
    """It is answered, or was never made; nobody who is in stays invited."""
    asked, read = prepared(ada.here, ada.there)
    results = all_at_once(
        lambda: combine(asked=asked, digest=read),
        lambda: invite_person(program=ada.welcome, address="king@home.example", invited_by=None),
    )
    assert {type(one) for one in refusals(results)} <= {PlanChanged, AlreadyMember}
    if Combining.objects.exists():
        assert not Invitation.objects.live().filter(program=ada.welcome).exists()
