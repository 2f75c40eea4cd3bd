"""Taking a deletion back: row by row, as combining is undone. What somebody else has now stays theirs."""

from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Coalesce
from django.utils import timezone

from matricula.accounts.confirmation import ask_to_confirm
from matricula.accounts.email_addresses import add_address
from matricula.accounts.mailboxes import name_primary
from matricula.accounts.models import Account, EmailAddress
from matricula.audit.models import record
from matricula.invitations.models import Invitation
from matricula.invitations.settlement import settle_invitations_to
from matricula.leaving.combining.address_lines import ADDRESSES
from matricula.leaving.combining.combining import end_what_is_open, without_deadlock
from matricula.leaving.combining.left_organizations import leave_what_does_not_come_back
from matricula.leaving.combining.lines import REMOVED
from matricula.leaving.combining.locks import hold_both, hold_what_is_theirs
from matricula.leaving.combining.lost_seats import ask_for_seats
from matricula.leaving.combining.reading_back import TAKEN, outcomes, take_back
from matricula.leaving.deletion.deleting import ledger_of
from matricula.leaving.deletion.journal import TAKEN_BACK, write_lines
from matricula.leaving.deletion.plan import TIES
from matricula.leaving.errors import NoAddressLeft, TakeBackOver
from matricula.leaving.letters import tell_of_deletion, tell_owners_of_deletion
from matricula.leaving.models import Deletion, DeletionLine
from matricula.mail.addresses import canonical
from matricula.organizations.models import Affiliation


def take_account_back(*, deletion: Deletion, new_address: str = "") -> None:
    """`new_address`: where nobody else's mailbox is left to log in with, one to be confirmed.

    Raises TakeBackOver, NoAddressLeft.
    """
    without_deadlock(partial(take_back_once, deletion, new_address))
    deletion.refresh_from_db()


@transaction.atomic
def take_back_once(deletion: Deletion, new_address: str) -> None:
    account = hold_both(deletion.account_id, deletion.account_id)[deletion.account_id]
    now = timezone.now()
    if not Deletion.objects.open().filter(pk=deletion.pk).update(taken_back_at=now):
        raise TakeBackOver
    hold_what_is_theirs(account.pk, account.pk)
    ledger = ledger_of(deletion, now)
    acts = ledger.acts()
    take_back(ledger, acts)
    note_taken_addresses(deletion)
    leave_what_does_not_come_back(deletion.lines.all())
    see_to_address(deletion, account, new_address)
    deletion.released.all().delete()
    end_what_is_open([account.pk])
    ask_for_seats(deletion.lines.all())
    write_lines(ledger, acts, TAKEN_BACK)
    record("accounts.taken_back", actor=account, subject=deletion)
    settle_what_waits(account)
    tell_of_deletion(deletion, "taken_back")
    tell_owners_of_deletion(deletion, "taken_back")


def settle_what_waits(account: Account) -> None:
    """Whoever is in a program again is not invited to it any more."""
    proven = account.addresses.confirmed()
    waiting = Invitation.objects.live().filter(canonical__in=proven.values("canonical")).values("canonical")
    for one in proven.filter(canonical__in=waiting).select_related("account"):
        settle_invitations_to(one)


def note_taken_addresses(deletion: Deletion) -> None:
    """Somebody proved one at this very moment: the database let it go, and its line says so."""
    there = EmailAddress.objects.filter(pk=OuterRef("row_id"))
    lines = deletion.lines.filter(table_name=ADDRESSES, act=REMOVED, undone=DeletionLine.Undone.BACK)
    lines.filter(~Exists(there)).update(undone=DeletionLine.Undone.LOST, why=TAKEN)


def see_to_address(deletion: Deletion, account: Account, new_address: str) -> None:
    """Where others have proven all that logged in, a new address is listed, to be confirmed. The password was
    shown, so the account is vouched for: no mailbox takes it over. Raises NoAddressLeft, also
    for one that was lost, and what adding does.
    """
    name_primary(account)
    lines = [one for one in deletion.lines.filter(table_name=ADDRESSES) if is_way_in(one)]
    if not lines or any(is_way_in_again(one) for one in account.addresses.all()):
        return
    listed = account.addresses.spelled(new_address).first() if new_address else None
    had = {one.before["canonical"] for one in lines}
    if not new_address or (listed is None and canonical(new_address) in had):
        raise NoAddressLeft
    Account.objects.filter(pk=account.pk).update(vouched_at=Coalesce("vouched_at", timezone.now()))
    if listed:
        ask_to_confirm(email=listed)
    else:
        add_address(account=account, address=new_address)


def needs_address(deletion: Deletion) -> bool:
    """Whether taking it back today would leave nothing to log in with, as others have it all."""
    found = outcomes(ledger_of(deletion, deletion.made_at))
    lost = {pk for pk, (undone, _why) in found.items() if undone == DeletionLine.Undone.LOST}
    taken = {pk for pk, (_undone, why) in found.items() if why == TAKEN}
    ties = deletion.lines.filter(table_name=TIES, pk__in=taken).values("row_id")
    given_away = set(Affiliation.objects.filter(pk__in=ties).values_list("canonical", flat=True))
    had = [one for one in deletion.lines.filter(table_name=ADDRESSES, act=REMOVED) if is_way_in(one)]
    return bool(had) and not any(
        one.pk not in lost and one.before["canonical"] not in given_away for one in had
    )


def is_way_in(line: DeletionLine) -> bool:
    told = line.before
    proven = told["confirmed_at"] or told["vouched_at"]
    return bool(told["signs_in"] and proven and not told["power_ends_at"])


def is_way_in_again(email: EmailAddress) -> bool:
    return bool(email.signs_in and (email.confirmed_at or email.vouched_at) and not email.power_ends_at)
