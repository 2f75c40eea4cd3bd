"""Ada Lovelace combines her two accounts, and has both back when she undoes it."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from conftest import PASSWORD, person
from matricula.accounts.errors import AccountCombined, CodeEnded
from matricula.accounts.models import Account, EmailAddress, PasswordReset
from matricula.accounts.passwords import choose_password
from matricula.audit.models import Entry, record
from matricula.jobs.models import Job
from matricula.joining.models import Request
from matricula.learning.enrolments import start_course
from matricula.learning.models import Enrolment, LessonNote, Progress
from matricula.learning.notes import keep_note
from matricula.leaving.combining.combining import combine, undo_combining
from matricula.leaving.combining.reasons import Pair, reasons
from matricula.leaving.errors import CannotBeCombined, PlanChanged, ProofsGone, UndoNewestFirst, UndoOver
from matricula.leaving.jobs import finish_combinings, remind
from matricula.leaving.models import Combining
from matricula.leaving.tests.two_lives import (
    TwoLives,
    asked_for,
    combined,
    contents,
    joined,
    let_days_pass,
)
from matricula.mail.models import Letter
from matricula.organizations.models import Role
from matricula.programs.memberships import end_membership
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
    asked = Request.objects.get(program=ada.welcome)
    assert (asked.address, asked.reason, asked.answer) == ("king@acme.example", "seat_lost", "")
    assert str(asked.why) == "The person was in, and their seat went to somebody else"
    browser = Client()
    ada.here.refresh_from_db()
    browser.force_login(ada.here, backend="matricula.accounts.authentication.EmailBackend")
    page = browser.get(f"/account/combinings/{combining.public_id}/").content.decode()
    assert "its administrators were asked" in page
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
    read = asked.ledger(now=timezone.now()).look()[1]
    do_lessons(ada.enrolment(ada.there, ada.both), "c")
    before = contents()
    with pytest.raises(PlanChanged):
        combine(asked=asked, digest=read)
    assert contents() == before


def test_combining_twice_is_combining_once(ada):
    asked = asked_for(ada.here, ada.there)
    read = asked.ledger(now=timezone.now()).look()[1]
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


def test_of_each_lesson_the_better_row_is_kept_whole(ada):
    """Ada began here what she did there: done beats begun, with the score and answers of one sitting."""
    here, there = ada.enrolment(ada.here, ada.both), ada.enrolment(ada.there, ada.both)
    lesson = ada.both.lessons.get(key="b")
    Progress.objects.create(enrolment=here, lesson=lesson, seconds=900, answers={"q": "here"}, score=20)
    Progress.objects.filter(enrolment=there, lesson=lesson).update(
        answers={"q": "there"}, score=90, seconds=5
    )
    combining = combined(ada.here, ada.there)
    one = here.progress.get(lesson=lesson)
    assert (one.done_at is not None, one.score, one.answers, one.seconds) == (True, 90, {"q": "there"}, 900)
    undo_combining(combining=combining, side=Combining.Side.KEPT)
    one.refresh_from_db()
    assert (one.done_at, one.score, one.answers, one.seconds) == (None, 20, {"q": "here"}, 900)


def test_notes_of_both_stay_and_go_back_where_they_were(ada):
    """One lesson has a note of each account, the next one of the account that was given up alone."""
    here, there = ada.enrolment(ada.here, ada.both), ada.enrolment(ada.there, ada.both)
    one, two = ada.both.lessons.order_by("key")[:2]
    keep_note(enrolment=here, lesson=one, text="Here")
    keep_note(enrolment=there, lesson=one, text="There")
    keep_note(enrolment=there, lesson=two, text="Alone")
    combining = combined(ada.here, ada.there)
    notes = LessonNote.objects.filter(enrolment=here).order_by("lesson__key")
    assert [note.text for note in notes.all()] == ["Here\n\nThere", "Alone"]
    with pytest.raises(AccountCombined):
        keep_note(enrolment=there, lesson=one, text="Too late")
    undo_combining(combining=combining, side=Combining.Side.KEPT)
    assert [note.text for note in notes.all()] == ["Here"]
    assert LessonNote.objects.filter(enrolment=there).count() == 2


def test_a_membership_of_both_stays_once_with_the_better_state(ada):
    """She had left here and is a member there: she is a member, since the earlier day, on one seat."""
    twice = joined(ada.welcome, ada.there, "king@acme.example")
    end_membership(membership=ada.member_here, actor=None, state=Membership.State.LEFT)
    before = contents()
    combining = combined(ada.here, ada.there)
    ada.member_here.refresh_from_db()
    twice.refresh_from_db()
    ada.welcome.refresh_from_db()
    assert (ada.member_here.state, ada.member_here.left_at) == ("active", None)
    assert (twice.state, twice.account) == ("left", ada.there)
    assert twice.set_aside_at is not None
    assert ada.welcome.seats_used == 1
    assert wrong_numbers() == []
    owner = Role(organization=ada.acme, kind=Role.Kind.OWNER)
    assert [one.account for one in Membership.objects.shown_to(owner)] == [ada.here]
    undo_combining(combining=combining, side=Combining.Side.KEPT)
    assert contents() == before


REFUSED = {
    "weaker": lambda ada: ada.there.second_factors.create(kind="passkey", name="Key", sealed="x"),
    "two_roles": lambda ada: ada.globex.roles.create(account=ada.here, kind="owner"),
    "listed_twice": lambda ada: ada.acme.affiliations.create(account=ada.there, work_email="k@acme.example"),
    "no_address": lambda ada: ada.there.addresses.update(confirmed_at=None, is_primary=False),
    "company_primary": lambda ada: ada.acme.domains.create(name="home.example", proven_at=timezone.now()),
    "changed": lambda ada: record("second_factor.removed", actor=ada.there, subject=ada.there),
    "often": lambda ada: [combined(ada.here, person("Ada", f"ada{n}@home.example")) for n in range(3)],
    "undo_open": lambda ada: combined(ada.there, person("Ada", "old@home.example")),
    "signed_in_twice": lambda ada: ada.identity.connection.identities.create(subject="x", account=ada.here),
    "removed": lambda ada: (
        joined(ada.welcome, ada.there, "k@acme.example"),
        end_membership(
            membership=ada.there.memberships.get(program=ada.welcome),
            actor=None,
            state=Membership.State.REMOVED,
        ),
    ),
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_stands_against_it_is_told_and_nothing_is_changed(ada, code):
    REFUSED[code](ada)
    before = contents()
    with pytest.raises(CannotBeCombined) as refusal:
        combined(ada.here, ada.there)
    assert code in [one.code for one in refusal.value.reasons]
    assert contents() == before


def test_a_password_reset_by_a_personal_mailbox_does_not_wait_and_by_a_works_one_does(ada):
    pair = Pair(ada.here, ada.there)
    record("password.reset", actor=ada.there, subject=ada.there, after={"address": "king@home.example"})
    assert reasons(pair) == []
    record("password.reset", actor=ada.there, subject=ada.there, after={"address": "aking@globex.example"})
    assert [one.code for one in reasons(pair)] == ["changed"]
    long_ago = timezone.now() - timedelta(days=9)
    assert reasons(Pair(ada.here, ada.there, ((ada.there.pk, long_ago),))) == []


def test_companies_read_in_their_journal_of_their_own_rows_only(ada):
    combined(ada.here, ada.there)
    verbs = set(Entry.objects.filter(organization_id=ada.globex.pk).values_list("verb", flat=True))
    assert {"membership.moved", "affiliation.moved", "role.moved", "identity.moved"} <= verbs
    theirs = Entry.objects.filter(organization_id=ada.acme.pk, verb__contains="moved")
    assert not theirs.exists()


def test_whoever_has_not_confirmed_again_is_asked_and_a_reminder_comes_once(ada):
    combining = combined(ada.here, ada.there)
    let_days_pass(combining, 12)
    for _ in range(2):
        remind(Job())
    kinds = Letter.objects.filter(kind="leaving.combining").values_list("context__news", flat=True)
    assert sorted(kinds) == ["combined"] * 2 + ["soon_final"] * 2


def test_of_several_the_newest_is_undone_first(ada):
    before = contents()
    third = person("Ada Byron", "byron@home.example")
    between = contents()
    first = combined(ada.here, ada.there)
    second = combined(ada.here, third)
    with pytest.raises(UndoNewestFirst):
        undo_combining(combining=first, side=Combining.Side.GIVEN_UP)
    undo_combining(combining=second, side=Combining.Side.GIVEN_UP)
    undo_combining(combining=first, side=Combining.Side.KEPT)
    assert contents() == between != before


def test_an_address_that_somebody_proved_meanwhile_is_theirs_and_the_rest_goes_back(ada, chika):
    """It had been left behind with a company, and was free."""
    left = EmailAddress.objects.create(
        account=ada.there, address="old@job.example", confirmed_at=timezone.now(), signs_in=True
    )
    ada.acme.affiliations.create(
        account=ada.there, work_email="old@job.example", ended_at=timezone.now() - timedelta(days=1)
    )
    combining = combined(ada.here, ada.there)
    assert not EmailAddress.objects.filter(canonical="old@job.example").exists()
    EmailAddress.objects.create(account=chika, address="old@job.example", confirmed_at=timezone.now())
    undo_combining(combining=combining, side=Combining.Side.KEPT)
    line = combining.lines.get(table_name="accounts_emailaddress", row_id=left.pk)
    assert (line.undone, line.why) == ("lost", "taken")
    assert EmailAddress.objects.get(canonical="old@job.example").account == chika
    assert ada.there.primary_address.address == "king@home.example"
    assert set(combining.lines.exclude(pk=line.pk).values_list("undone", flat=True)) == {"back"}
