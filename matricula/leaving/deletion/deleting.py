"""A person deletes their account: closed at once, in one transaction; for seven days it may be taken back."""

from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from matricula.accounts.factor_removals import stop_removal
from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.identities.recovery_codes import forget_owner_codes
from matricula.leaving.combining.carrying_out import carry_out
from matricula.leaving.combining.combining import Proven, end_what_is_open, without_deadlock
from matricula.leaving.combining.dialect import moment
from matricula.leaving.combining.ledger import Ledger
from matricula.leaving.combining.locks import hold_both, hold_what_is_theirs
from matricula.leaving.deletion.journal import DELETED, write_lines
from matricula.leaving.deletion.obstacles import obstacles
from matricula.leaving.deletion.plan import DELETIONS
from matricula.leaving.errors import CannotBeDeleted, ProofsGone
from matricula.leaving.letters import tell_of_deletion, tell_owners_of_deletion
from matricula.leaving.models import TAKE_BACK_DAYS, Deletion, ReleasedAddress
from matricula.leaving.told_mailboxes import mailboxes_removed
from matricula.organizations.models import Role
from matricula.programs.models import Membership, Program
from matricula.programs.seats import forget_notices_of
from matricula.roles.roles import end_offers_of


class Where(NamedTuple):
    """From where the person asked, for the letter."""

    network: str = ""
    browser: str = ""


def delete_account(*, proven: Proven, where: Where = Where()) -> Deletion:  # noqa: B008 - it never changes
    """Raises ProofsGone, CannotBeDeleted."""
    return without_deadlock(partial(delete_once, proven, where))


@transaction.atomic
def delete_once(proven: Proven, where: Where) -> Deletion:
    """Held in the order of the house: the account, organizations that roles are of, what is theirs."""
    account = hold_both(proven.account, proven.account).get(proven.account)
    if account is None or not proven.holds_for(account):
        raise ProofsGone
    hold_what_is_theirs(account.pk, account.pk)
    found = obstacles(account, sure_since=proven.sure_since)
    if found:
        raise CannotBeDeleted(found)
    deletion = begin_deletion(account, proven, where)
    ledger = ledger_of(deletion, deletion.made_at)
    acts = ledger.store()
    # Told, and written down, while all is still as it was.
    tell_of_deletion(deletion, "deleted")
    tell_owners_of_deletion(deletion, "deleted")
    write_lines(ledger, acts, DELETED)
    release_addresses(deletion)
    close_doors(account)
    carry_out(ledger, acts)
    left = Membership.objects.filter(account=account, left_at=deletion.made_at)
    forget_notices_of(Program.objects.filter(pk__in=left.values("program")))
    record("accounts.deleted", actor=account, subject=deletion)
    return deletion


def begin_deletion(account: Account, proven: Proven, where: Where) -> Deletion:
    """Whole seconds: both databases write them alike."""
    now = timezone.now().replace(microsecond=0)
    return Deletion.objects.create(
        account=account,
        made_at=now,
        take_until=now + timedelta(days=TAKE_BACK_DAYS),
        proof=proven.how,
        network=where.network[:60],
        browser=where.browser[:200],
    )


def ledger_of(deletion: Deletion, now: datetime) -> Ledger:
    return Ledger(
        kept=deletion.account_id,
        given=deletion.account_id,
        now=moment(now.replace(microsecond=0)),
        deed=deletion.pk,
        book=DELETIONS,
    )


def release_addresses(deletion: Deletion) -> None:
    """Those that logged in, and that somebody answered for, will lead to taking it back, as long as nobody
    else has proven them; so do those that were taken off a short time before."""
    account = deletion.account
    known = Q(confirmed_at__isnull=False) | Q(vouched_at__isnull=False)
    named = set(account.addresses.filter(known, signs_in=True).values_list("canonical", flat=True))
    named |= {one.canonical for one in mailboxes_removed([account.pk]) if one.signs_in}
    ReleasedAddress.objects.bulk_create(
        ReleasedAddress(deletion=deletion, canonical=one) for one in sorted(named)
    )


def close_doors(account: Account) -> None:
    """What ends and does not come back: sessions, offers of roles, an owner's recovery codes."""
    owned = Role.objects.filter(account=account, kind=Role.Kind.OWNER).values("organization")
    end_offers_of(account=account, organizations=owned)
    forget_owner_codes(account=account.pk)
    stop_removal(account=account)
    end_what_is_open([account.pk])
