"""Ada Lovelace combines her two accounts, and has both back when she undoes it."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from conftest import PASSWORD
from matricula.accounts.errors import AccountCombined, CodeEnded
from matricula.accounts.models import Account, EmailAddress, PasswordReset
from matricula.accounts.passwords import choose_password
from matricula.jobs.models import Job
from matricula.learning.enrolments import start_course
from matricula.learning.models import Enrolment
from matricula.leaving.combining import combine, undo_combining
from matricula.leaving.errors import PlanChanged, ProofsGone, UndoOver
from matricula.leaving.jobs import finish_combinings
from matricula.leaving.models import Combining
from matricula.leaving.tests.two_lives import (
    TwoLives,
    asked_for,
    combined,
    contents,
    joined,
    let_days_pass,
)
from matricula.programs.models import Membership
from matricula.programs.recount import wrong_numbers
from tests.learners import do_everything, do_lessons, short_course

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def ada(db) -> TwoLives:
    return TwoLives()


def test_undo_right_after_combining_restores_every_row_of_both(ada):
    before = contents()
    combining = combined(ada.here, ada.there)
    assert contents() != before
    assert wrong_numbers() == []
    undo_combining(combining=combining, side=Combining.Side.KEPT)
    assert contents() == before
    assert wrong_numbers() == []
    assert set(combining.lines.values_list("undone", flat=True)) == {"back"}


def test_all_that_is_the_persons_is_in_one_account(ada):
    combined(ada.here, ada.there)
    ada.there.refresh_from_db()
    assert not ada.there.is_active
    assert ada.there.combined_into == ada.here
    assert not ada.there.addresses.exists()
    assert not ada.there.roles.exists()
    assert not ada.there.memberships.filter(state="active").exists()
    assert {one.program.name for one in ada.here.memberships.all()} == {"Welcome", "Growth"}
    assert ada.here.certificates.count() == 3 + 1  # done twice, only-there, and the Specialization


def test_lessons_of_both_are_united(ada):
    combined(ada.here, ada.there)
    both = ada.enrolment(ada.here, ada.both)
    assert set(both.progress.filter(done_at__isnull=False).values_list("lesson__key", flat=True)) == {
        "a",
        "b",
    }
    assert both.completed_at is None
    pooled = ada.enrolment(ada.here, ada.pooled)
    assert pooled.completed_at is not None
    assert not hasattr(pooled, "certificate")
    assert Account.objects.get(pk=ada.there.pk).enrolments.count() == 3


def test_what_lessons_of_both_completed_gets_its_certificate_when_nothing_can_be_undone(ada):
    combining = combined(ada.here, ada.there)
    finish_combinings(Job())
    assert "pooled" not in ada.certificates(ada.here)
    let_days_pass(combining)
    finish_combinings(Job())
    assert "pooled" in ada.certificates(ada.here)
    ada.there.refresh_from_db()
    assert not ada.there.has_usable_password()
    assert not combining.lines.filter(table_name="accounts_emailaddress").exclude(before={}).exists()
    with pytest.raises(UndoOver):
        undo_combining(combining=combining, side=Combining.Side.KEPT)


def test_undone_the_united_course_is_open_again_and_nothing_public_is_withdrawn(ada):
    before = ada.certificates(ada.here)
    combining = combined(ada.here, ada.there)
    undo_combining(combining=combining, side=Combining.Side.GIVEN_UP)
    assert ada.enrolment(ada.here, ada.pooled).completed_at is None
    assert ada.certificates(ada.here) == before
    ada.there.refresh_from_db()
    assert ada.there.is_active
    assert ada.there.check_password(PASSWORD)


def test_what_came_since_stays_with_what_it_hangs_on(ada):
    """A lesson of a course that only one had goes back with it; of a course of both it stays."""
    combining = combined(ada.here, ada.there)
    both = ada.enrolment(ada.here, ada.both)
    do_lessons(both, "c")
    late = short_course(ada.globex, "late", "a")
    ada.growth.courses.add(late)
    membership = ada.here.memberships.get(program=ada.growth)
    do_everything(late, membership)
    undo_combining(combining=combining, side=Combining.Side.KEPT)
    assert ada.there.enrolments.filter(course=late).exists()
    assert "late" in ada.certificates(ada.there)
    both.refresh_from_db()
    assert both.account == ada.here
    assert set(both.progress.filter(done_at__isnull=False).values_list("lesson__key", flat=True)) >= {
        "a",
        "c",
    }
    assert wrong_numbers() == []


def test_a_seat_that_was_taken_meanwhile_is_not_given_twice(ada, chika):
    ada.welcome.seats = 2
    ada.welcome.save()
    twice = joined(ada.welcome, ada.there, "king@acme.example")
    ada.there.affiliations.filter(organization=ada.acme).update(ended_at=timezone.now())
    combining = combined(ada.here, ada.there)
    joined(ada.welcome, chika, "chika@acme.example")
    undo_combining(combining=combining, side=Combining.Side.KEPT)
    twice.refresh_from_db()
    assert twice.state == "left"
    assert twice.set_aside_at is None
    line = combining.lines.get(table_name="programs_membership", act="set_aside")
    assert (line.undone, line.why) == ("kept", "full")
    assert wrong_numbers() == []


def test_the_link_for_a_new_password_that_lay_in_the_other_mailbox_opens_nothing(ada):
    """It would have chosen the password of the account that was kept."""
    reset = PasswordReset.objects.create(email=ada.there.primary_address, link_digest="x")
    combined(ada.here, ada.there)
    with pytest.raises(CodeEnded):
        choose_password(reset=reset, password="another long one")


def test_no_work_email_logs_in_and_nothing_that_did_not_before(ada):
    before = set(EmailAddress.objects.filter(signs_in=True).values_list("canonical", flat=True))
    combined(ada.here, ada.there)
    after = set(ada.here.addresses.filter(signs_in=True).values_list("canonical", flat=True))
    assert after == {"ada@home.example", "king@home.example"}
    assert after <= before
    assert ada.here.addresses.filter(canonical="aking@globex.example", confirmed_at__isnull=False).exists()


def test_an_account_that_was_given_up_gets_nothing(ada):
    combined(ada.here, ada.there)
    with pytest.raises(IntegrityError), transaction.atomic():
        EmailAddress.objects.create(account=ada.there, address="new@home.example")
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(program=ada.welcome, account=ada.there)
    with pytest.raises(AccountCombined):
        start_course(course=ada.only_there, membership=ada.member_there)


def test_the_ledger_is_not_rewritten(ada):
    combining = combined(ada.here, ada.there)
    for change in ({"row_id": 1}, {"after": {"account_id": 1}}):
        with pytest.raises(DatabaseError), transaction.atomic():
            combining.lines.all().update(**change)


def test_what_was_read_is_what_is_done(ada):
    asked = asked_for(ada.here, ada.there)
    read = asked.ledger(now=timezone.now()).digest()
    do_lessons(ada.enrolment(ada.there, ada.both), "c")
    before = contents()
    with pytest.raises(PlanChanged):
        combine(asked=asked, digest=read)
    assert contents() == before


def test_combining_twice_is_combining_once(ada):
    asked = asked_for(ada.here, ada.there)
    read = asked.ledger(now=timezone.now()).digest()
    combine(asked=asked, digest=read)
    with pytest.raises(ProofsGone):
        combine(asked=asked, digest=read)


def test_either_way_round_gives_the_same_learning(ada):
    combining = combined(ada.here, ada.there)
    one = learned(ada.here)
    undo_combining(combining=combining, side=Combining.Side.KEPT)
    combined(ada.there, ada.here)
    assert learned(ada.there) == one


def learned(account):
    rows = Enrolment.objects.filter(account=account)
    done = {
        (one.course.slug, lesson, one.completed_at is not None)
        for one in rows.select_related("course")
        for lesson in one.progress.filter(done_at__isnull=False).values_list("lesson__key", flat=True)
    }
    return done, sorted(account.certificates.values_list("public_id", flat=True))
