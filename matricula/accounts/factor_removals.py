"""Without the device and without recovery codes: second factors come off after three days, unless anybody who
reads one of the account's addresses stops it. Why so is told in decision 35."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from matricula.accounts.errors import CodeEnded, NoAddressToTell, TooManyRemovals
from matricula.accounts.models import Account, FactorRemoval
from matricula.accounts.second_factors import has_second_factor, lift_factors, tell_everywhere
from matricula.audit.models import record
from matricula.security.secrets import digest, is_digest_of
from matricula.security.throttling import Limit

ASKED = Limit("factor-removal")
"""Of an account, in a day: whoever knows a password fills nobody's mailboxes."""
PURPOSE, BATCH = "factor-removal", 100


@transaction.atomic
def ask_for_removal(*, account: Account) -> FactorRemoval:
    """Write to all addresses and begin to wait, for somebody whose password was right a moment ago.

    The one that waits already, if there is one. Raises NoAddressToTell, TooManyRemovals.
    """
    account = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    if not account.addresses.lasting().exists():
        raise NoAddressToTell
    waiting = FactorRemoval.objects.filter(account=account).first()
    if waiting:
        return waiting
    if not ASKED.allows(account.pk):
        raise TooManyRemovals(ASKED.free_again(account.pk))
    due_at = timezone.now() + timedelta(hours=FactorRemoval.HOURS)
    removal = FactorRemoval.objects.create(account=account, due_at=due_at)
    record("factor_removal.asked", subject=account)
    tell_everywhere(account, "asked", reference=removal.pk)
    return removal


@transaction.atomic
def stop_removal(*, account: Account) -> bool:
    """The factors stay; True when a removal was waiting. Everybody is told."""
    stopped, _ = FactorRemoval.objects.filter(account=account).delete()
    if stopped:
        record("factor_removal.stopped", subject=account)
        tell_everywhere(account, "stopped")
    return bool(stopped)


def stopping_secret(removal_id: int) -> str:
    """What the link of the letters proves itself with: that it came by letter. It can only stop."""
    return digest(PURPOSE, str(removal_id))


def waiting_removal(removal_id: int, secret: str = "") -> FactorRemoval:
    """The one a letter is about, with `secret` of its link. Raises CodeEnded when nothing waits any more."""
    found = FactorRemoval.objects.filter(pk=removal_id).select_related("account").first()
    if found is None or (secret and not is_digest_of(secret, PURPOSE, str(removal_id))):
        raise CodeEnded
    return found


@transaction.atomic
def carry_out_removals() -> bool:
    """Those whose time has come, some at a time. True when more are left."""
    due = FactorRemoval.objects.filter(due_at__lte=timezone.now()).order_by("due_at")
    rows = list(due.select_related("account")[:BATCH])
    for removal in sorted(rows, key=lambda one: one.account_id):
        carry_out(removal)
    return len(rows) == BATCH


def carry_out(removal: FactorRemoval) -> None:
    """Unless somebody stopped it at this moment, or showed since that nothing is lost."""
    Account.objects.select_for_update(no_key=True).get(pk=removal.account_id)
    if shown_since(removal):
        stop_removal(account=removal.account)
    elif FactorRemoval.objects.filter(pk=removal.pk).delete()[0]:
        lift_factors(account=removal.account, why="nobody objected")


def shown_since(removal: FactorRemoval) -> bool:
    """A device or code that was used since speaks for itself, and so does a factor that was added."""
    account, since = removal.account, removal.asked_at
    factors = account.second_factors
    used = factors.filter(last_used_at__gt=since) | factors.filter(created_at__gt=since)
    codes = account.recovery_codes.filter(used_at__gt=since)
    return used.exists() or codes.exists() or not has_second_factor(account)
