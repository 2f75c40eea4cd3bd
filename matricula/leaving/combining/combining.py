"""Combining two accounts of one person, in one transaction; either side undoes it within fourteen days."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from matricula.accounts.factor_removals import stop_removal
from matricula.accounts.mailboxes import name_primary
from matricula.accounts.models import Account, Confirmation, PasswordReset, Session
from matricula.audit.models import record
from matricula.identities.models import CompanySession
from matricula.learning.completion import complete_courses, complete_specializations
from matricula.learning.models import Enrolment, SpecializationEnrolment
from matricula.leaving.combining.carrying_out import carry_out
from matricula.leaving.combining.dialect import moment
from matricula.leaving.combining.following import follow_what_goes_back
from matricula.leaving.combining.journal import COMBINED, UNDONE, write_lines
from matricula.leaving.combining.ledger import Ledger
from matricula.leaving.combining.lines import SET_ASIDE, UNITED
from matricula.leaving.combining.locks import hold_both, hold_organizations, hold_what_is_theirs
from matricula.leaving.combining.lost_seats import ask_for_seats
from matricula.leaving.combining.reading_back import take_back
from matricula.leaving.combining.reasons import Pair, reasons
from matricula.leaving.data.exports import end_exports
from matricula.leaving.doubled.agreements import doubled_entries, staying_entries
from matricula.leaving.errors import CannotBeCombined, PlanChanged, ProofsGone, UndoNewestFirst, UndoOver
from matricula.leaving.letters import tell_both
from matricula.leaving.models import Combining, undo_end

TRIES = 3
Done = TypeVar("Done")


@dataclass(frozen=True)
class Proven:
    """An account and how it was shown to be the person's: good as long as nothing about it changed hands."""

    account: int
    known_by: str
    how: str
    at: datetime
    sure_since: datetime | None = None
    """Of a second factor that was shown: since when the account has it."""

    def holds_for(self, account: Account) -> bool:
        return account.is_active and any(
            constant_time_compare(self.known_by, one) for one in account.session_hashes()
        )


@dataclass(frozen=True)
class Asked:
    """What the person chose: who stays, and which of the other account's addresses shall not log in."""

    kept: Proven
    given_up: Proven
    quiet: Sequence[int] = ()
    entries: Sequence[int] = ()
    """Where an organization lists the person twice and leaves the choice to them: entries that stay."""
    network: str = ""
    browser: str = ""

    @property
    def sure_since(self) -> tuple[tuple[int, datetime], ...]:
        both = (self.kept, self.given_up)
        return tuple((one.account, one.sure_since) for one in both if one.sure_since)

    def ledger(self, *, now: datetime, deed: int = 0) -> Ledger:
        """Whole seconds: both databases write them alike. What organizations agreed to is as it is now."""
        doubled = doubled_entries(kept=self.kept.account, given_up=self.given_up.account)
        return Ledger(
            kept=self.kept.account,
            given=self.given_up.account,
            now=moment(now.replace(microsecond=0)),
            quiet=sorted(self.quiet),
            staying=staying_entries(doubled, self.entries),
            deed=deed,
        )


def without_deadlock(work: Callable[[], Done]) -> Done:
    """`work`, a transaction of its own, begun anew where the database chose it to end a circle of waiting, or
    where somebody took a work e-mail just as it was to come back: then it is seen to be taken."""
    for tried in range(TRIES):
        try:
            return work()
        except (OperationalError, IntegrityError) as fault:
            told = "deadlock" if isinstance(fault, OperationalError) else "one_person_a_work_email"
            again = connection.vendor == "postgresql" and told in str(fault)
            if not again or tried == TRIES - 1 or connection.in_atomic_block:
                raise
    raise AssertionError


def combine(*, asked: Asked, digest: str) -> Combining:
    """`digest` is of the plan that the person read. Raises ProofsGone, CannotBeCombined, PlanChanged."""
    return without_deadlock(partial(combine_once, asked, digest))


@transaction.atomic
def combine_once(asked: Asked, digest: str) -> Combining:
    held = hold_both(asked.kept.account, asked.given_up.account)
    pair = proven_pair(asked, held)
    hold_organizations(pair.kept.pk, pair.given_up.pk)
    found = reasons(pair)
    if found:
        raise CannotBeCombined(found)
    hold_what_is_theirs(pair.kept.pk, pair.given_up.pk)
    combining = begin_combining(asked, digest)
    ledger = asked.ledger(now=combining.made_at, deed=combining.pk)
    acts = ledger.store()
    if not constant_time_compare(ledger.stored_digest(), digest):
        raise PlanChanged
    tell_both(combining, "combined")
    close_doors(pair)
    carry_out(ledger, acts)
    write_lines(ledger, acts, COMBINED, actor=pair.kept.pk)
    record("accounts.combined", actor=pair.kept, subject=combining, after={"account": pair.given_up.pk})
    return combining


def proven_pair(asked: Asked, held: Mapping[int, Account]) -> Pair:
    """Raises ProofsGone."""
    kept, given_up = held.get(asked.kept.account), held.get(asked.given_up.account)
    if kept is None or given_up is None:
        raise ProofsGone
    if not (asked.kept.holds_for(kept) and asked.given_up.holds_for(given_up)):
        raise ProofsGone
    return Pair(kept=kept, given_up=given_up, sure_since=asked.sure_since)


def begin_combining(asked: Asked, digest: str) -> Combining:
    now = timezone.now()
    return Combining.objects.create(
        kept_id=asked.kept.account,
        given_up_id=asked.given_up.account,
        made_at=now,
        undo_until=now + undo_end(),
        proofs={"kept": asked.kept.how, "given_up": asked.given_up.how},
        network=asked.network[:60],
        browser=asked.browser[:200],
        plan_digest=digest,
    )


def close_doors(pair: Pair) -> None:
    """Nothing that was asked for before opens anything now: a link for a new password, sent to a mailbox that
    moves, would choose that of the account kept."""
    now, both = timezone.now(), [one.pk for one in pair.both]
    for asked in (Confirmation, PasswordReset):
        asked.objects.filter(email__account=pair.given_up, ended_at__isnull=True).update(ended_at=now)
    stop_removal(account=pair.given_up)
    end_what_is_open(both)


def end_what_is_open(both: Sequence[int]) -> None:
    """Sessions, of all browsers and companies: whoever combines or undoes begins anew. And files of their
    data, which are no longer all of it, or more than it."""
    end_exports(both)
    CompanySession.objects.filter(account__in=both, ended_at__isnull=True).update(ended_at=timezone.now())
    Session.objects.filter(account_id__in=both).delete()
    Account.objects.filter(pk__in=both).update(auth_epoch=F("auth_epoch") + 1)


def undo_combining(*, combining: Combining, side: Combining.Side) -> None:
    """Row by row what did not change since goes back, with what hangs on it. Either side alone may ask.

    Raises UndoOver, UndoNewestFirst.
    """
    without_deadlock(partial(undo_once, combining, side))
    combining.refresh_from_db()


@transaction.atomic
def undo_once(combining: Combining, side: Combining.Side) -> None:
    held = hold_both(combining.kept_id, combining.given_up_id)
    later = Combining.objects.standing().filter(kept=combining.kept_id, pk__gt=combining.pk)
    if later.exists():
        raise UndoNewestFirst
    now = timezone.now()
    if not Combining.objects.open().filter(pk=combining.pk).update(undone_at=now, undone_by=side):
        raise UndoOver
    hold_what_is_theirs(combining.kept_id, combining.given_up_id)
    ledger = ledger_of(combining, now)
    acts = ledger.acts()
    take_back(ledger, acts)
    follow_what_goes_back(ledger)
    ask_for_seats(combining.lines.all())
    for one in held.values():
        name_primary(one)
    end_what_is_open(list(held))
    actor = combining.kept_id if side == Combining.Side.KEPT else combining.given_up_id
    write_lines(ledger, acts, UNDONE, actor=actor)
    record("accounts.separated", actor=held[actor], subject=combining, after={"by": side.value})
    tell_both(combining, "undone")
    judge_alone(combining)


def ledger_of(combining: Combining, now: datetime) -> Ledger:
    moment_of = moment(now.replace(microsecond=0))
    return Ledger(kept=combining.kept_id, given=combining.given_up_id, now=moment_of, deed=combining.pk)


def judge_alone(combining: Combining) -> None:
    """What both had is looked at again: the person may have done the rest with the account alone."""
    rows = combining.lines.filter(act=SET_ASIDE).values_list("table_name", "counterpart")
    lines = list(rows) + list(combining.lines.filter(reason=UNITED).values_list("table_name", "row_id"))
    complete_courses(Enrolment.objects.filter(pk__in=rows_in(lines, Enrolment)))
    complete_specializations(
        SpecializationEnrolment.objects.filter(pk__in=rows_in(lines, SpecializationEnrolment))
    )


def rows_in(lines: Sequence[Any], model: type[Enrolment] | type[SpecializationEnrolment]) -> list[int]:
    return [row for table, row in lines if table == model._meta.db_table]
