"""What becomes of an address when the tie it came with ends, or when somebody else proves its mailbox.

Whoever reads a mailbox may choose the password of the account that holds it. So a mailbox that is no longer
the person's loses that power: at once where another address is a way in, else after some days, so that
nobody is left without one.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from matricula.accounts.errors import AccountCombined, AccountDeleted
from matricula.accounts.models import Account, Confirmation, EmailAddress, EmailAddressQuerySet, PasswordReset
from matricula.audit.models import record
from matricula.db.days import end_of_day_in
from matricula.mail.models import Letter

ADDRESSES = "accounts.addresses"
DAYS_OF_POWER = 13
"""That a mailbox keeps its power where there is no other way in, after the day on which its owner leaves: to
the end of the last, so that it is never more than fourteen."""
BATCH = 200


@dataclass(frozen=True)
class Parting:
    """What became of an account's mailboxes: the addresses that are `gone`, those that lose their power when
    the day `ends_on` is over, and the unproven `alternatives` that may take their place until then."""

    gone: list[str] = field(default_factory=list)
    promised: list[str] = field(default_factory=list)
    alternatives: list[EmailAddress] = field(default_factory=list)
    ends_on: date | None = None


def hold_account(account: int) -> None:
    """Until the transaction ends, nobody else ends a tie of this account or proves a mailbox of it.

    Whoever needs more than this row takes it first; several of them in the order of their ids.
    """
    list(Account.objects.select_for_update(no_key=True).filter(pk=account).values_list("pk"))


def hold_live_account(account: int) -> None:
    """The same, for whoever is about to give the account something. Raises AccountCombined, AccountDeleted.

    Looked at in the statement that holds it: whoever waited for a combining, or for a deletion, to end sees
    what became of it.
    """
    held = Account.objects.select_for_update(no_key=True).filter(pk=account)
    for combined_into, deleted_at in held.values_list("combined_into", "deleted_at"):
        refuse_closed(combined_into, deleted_at)


def refuse_closed(combined_into: int | None, deleted_at: datetime | None) -> None:
    """What an account says of itself. Raises AccountCombined, AccountDeleted."""
    if combined_into:
        raise AccountCombined
    if deleted_at:
        raise AccountDeleted


def hold_accounts_listing(*mailboxes: str, beside: int = 0) -> None:
    """All that list one of `mailboxes`, given in canonical spelling, proven or not, and one `beside` them.

    In the order of their ids, so that two who hold several never wait for each other.
    """
    listing = Q(pk__in=EmailAddress.objects.filter(canonical__in=mailboxes).values("account")) | Q(pk=beside)
    list(Account.objects.filter(listing).order_by("pk").select_for_update(no_key=True).values_list("pk"))


def give_up_mailboxes(*, account: Account, mailboxes: Collection[str], zone: str) -> Parting:
    """The person has left whom these mailboxes (canonical) belong to, and who lives by the days of `zone`.

    Call it with the account held. What was promised before stays as it was promised.
    """
    rows = account.addresses.filter(canonical__in=mailboxes)
    own = account.addresses.exclude(canonical__in=mailboxes)
    if own.ways_in().exists():
        return Parting(gone=detach_address(account, rows.order_by("pk")))
    gone = detach_address(account, rows.filter(signs_in=False).order_by("pk"))
    losing = rows.filter(Q(confirmed_at__isnull=False) | Q(vouched_at__isnull=False), signs_in=True)
    losing.filter(power_ends_at__isnull=True).update(
        power_ends_at=end_of_day_in(DAYS_OF_POWER, zone), power_zone=zone
    )
    promised = list(losing.order_by("pk"))
    for one in promised:
        record("address.power_promised_to_end", subject=one, after={"account": account.pk})
    return Parting(
        gone=gone,
        promised=[one.address for one in promised],
        alternatives=list(own.unproven_ways_in()) if promised else [],
        ends_on=min((one.power_ends_on for one in promised if one.power_ends_on), default=None),
    )


def detach_address(account: Account, leaving: Iterable[EmailAddress]) -> list[str]:
    """They leave the account, and all that was asked for with them; their addresses."""
    leaving = list(leaving)
    for one in leaving:
        record("address.detached", subject=one, after={"account": account.pk})
    if leaving:
        EmailAddress.objects.filter(pk__in=[one.pk for one in leaving]).delete()
        name_primary(account)
    return [one.address for one in leaving]


def name_primary(account: Account, actor: Account | None = None) -> None:
    """The oldest way in, where there is no primary address. Written down: letters go elsewhere now."""
    if account.addresses.filter(is_primary=True).exists():
        return
    heir = account.addresses.ways_in().order_by("pk").first()
    if heir:
        EmailAddress.objects.filter(pk=heir.pk).update(is_primary=True)
        record("address.made_primary", actor=actor, subject=heir, after={"account": account.pk})


def keep_promises(email: EmailAddress) -> list[EmailAddress]:
    """The account proves `email`: where it is a way in, promised mailboxes go now and not later.

    The addresses that are left beside it.
    """
    others = list(email.account.addresses.exclude(pk=email.pk).order_by("pk"))
    leaving = [one for one in others if one.power_ends_at and email.signs_in]
    for one in leaving:
        tell_of_address([one, email], "removed", one)
    detach_address(email.account, leaving)
    return [one for one in others if one not in leaving]


@transaction.atomic
def end_powers() -> bool:
    """What was promised is done, some at a time. True when more are left.

    `recovering` asks for the date itself, so that no mailbox keeps its power while no worker comes.
    """
    due = EmailAddress.objects.filter(
        Q(confirmed_at__isnull=False) | Q(vouched_at__isnull=False), power_ends_at__lte=timezone.now()
    )
    accounts = sorted(set(due.order_by("power_ends_at").values_list("account", flat=True)[:BATCH]))
    for one in accounts:
        hold_account(one)
        unprove_address(due.filter(account=one))
    return len(accounts) == BATCH


def unprove_address(rows: EmailAddressQuerySet) -> None:
    """No more than a name beside the password: it proves nothing, recovers nothing, and is free to be proven.

    Its account is in use, so no other mailbox may take it over.
    """
    losing = list(rows)
    if not losing:
        return
    pks = [one.pk for one in losing]
    kept = Account.objects.filter(pk__in={one.account_id for one in losing})
    kept.update(vouched_at=Coalesce("vouched_at", timezone.now()))
    for asked in (Confirmation, PasswordReset):
        asked.objects.filter(email__in=pks, ended_at__isnull=True).update(ended_at=timezone.now())
    EmailAddress.objects.filter(pk__in=pks).update(
        confirmed_at=None,
        vouched_at=None,
        is_primary=False,
        power_ends_at=Coalesce(F("power_ends_at"), timezone.now()),
    )
    for one in losing:
        record("address.power_ended", subject=one, after={"account": one.account_id})


def vouch_for(account: Account, address: str) -> bool:
    """A program that trusts its link answers for the mailbox: who had it before and left keeps no more than a
    name. False when the account changed hands meanwhile."""
    before = EmailAddress.objects.spelled(address).filter(power_ends_at__isnull=False)
    unprove_address(before.exclude(account=account))
    return account.vouch(address)


def take_off_others(email: EmailAddress) -> None:
    """The mailbox is proven by the account of `email`: no other account lists it any longer.

    One that is in use and has no other address keeps it as a name, or its owner had no way in. One that
    holds it still is spared, and then the mailbox is taken.
    """
    elsewhere = EmailAddress.objects.exclude(account=email.account_id).filter(canonical=email.canonical)
    losing = elsewhere.filter(Q(confirmed_at__isnull=True) | Q(power_ends_at__isnull=False))
    for one in list(losing.select_related("account").order_by("pk")):
        is_last = not one.account.addresses.exclude(pk=one.pk).exists()
        in_use = bool(one.account.vouched_at or one.confirmed_at)
        if in_use:
            unprove_address(EmailAddress.objects.filter(pk=one.pk))
            tell_of_address(addresses_to_tell(one.account, without=one).exclude(pk=one.pk), "released", one)
        if not (in_use and is_last):
            EmailAddress.objects.filter(pk=one.pk).delete()


def is_taken(email: EmailAddress) -> bool:
    """Whether another account holds the mailbox, so that this one cannot prove it."""
    return EmailAddress.objects.lasting().filter(canonical=email.canonical).exclude(pk=email.pk).exists()


def addresses_to_tell(account: Account, without: EmailAddress) -> QuerySet[EmailAddress]:
    """Every mailbox known to be the owner's; when there is none, whatever is left beside `without`."""
    proven = account.addresses.confirmed()
    return proven if proven.exists() else account.addresses.exclude(pk=without.pk)


def addresses_reaching(accounts: Collection[int]) -> dict[int, tuple[str, str]]:
    """By account that is in use: where one letter reaches its owner, and in which language. The primary
    address; where nothing is confirmed yet, the one that a program vouches for."""
    rows = EmailAddress.objects.filter(account__in=accounts, account__is_active=True)
    reaching = rows.filter(Q(is_primary=True) | Q(vouched_at__isnull=False)).order_by("is_primary", "-pk")
    found = reaching.values_list("account", "address", "account__language")
    return {account: (address, language) for account, address, language in found}


def tell_of_address(told: Iterable[EmailAddress], change: str, email: EmailAddress) -> None:
    """A letter to each of `told` about what happened to `email`."""
    context, language = {"change": change, "address": email.address}, email.account.language
    Letter.objects.bulk_create(
        Letter(kind=ADDRESSES, to=one.address, language=language, context=context) for one in told
    )
