"""The addresses of an account: added, confirmed, made primary, removed. The last confirmed one stays."""

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from matricula.accounts.confirmation import ask_to_confirm
from matricula.accounts.errors import AddressListed, CodeEnded, LastAddress, NotYetConfirmed, TooManyAdded
from matricula.accounts.mailboxes import (
    addresses_to_tell,
    hold_account,
    keep_promises,
    name_primary,
    tell_of_address,
    unprove_address,
)
from matricula.accounts.models import Account, Confirmation, EmailAddress
from matricula.audit.models import record
from matricula.security.throttling import Limit

ADDED = Limit("add-address")
"""To an account."""


@transaction.atomic
def add_address(*, account: Account, address: str) -> EmailAddress:
    """List an address and write to it. Raises AddressRefused, AddressListed, TooManyAdded, TooOften."""
    if not ADDED.allows(account.pk):
        raise TooManyAdded(ADDED.free_again(account.pk))
    try:
        with transaction.atomic():
            email = EmailAddress.objects.create(account=account, address=address)
    except IntegrityError as listed:
        raise AddressListed from listed
    record("address.added", actor=account, subject=email)
    tell_of_address(primary_address_of(account), "added", email)
    ask_to_confirm(email=email)
    return email


def address_to_confirm(account: Account) -> EmailAddress | None:
    """One that would bring its owner back in, had they confirmed it, where at most one does so far: that one
    may be from work."""
    rows = list(account.addresses.order_by("id"))
    unproven = [
        one for one in rows if one.signs_in and one.confirmed_at is None and one.power_ends_at is None
    ]
    several = len([one for one in rows if one.signs_in and one.is_lasting]) > 1
    return None if several or not unproven else unproven[0]


@transaction.atomic
def make_primary(*, email: EmailAddress) -> None:
    """Letters go there from now on. The one before is told. Raises NotYetConfirmed."""
    account = email.account
    hold_account(account.pk)
    now = account.addresses.lasting().filter(pk=email.pk).first()
    if now is None:
        raise NotYetConfirmed
    if now.is_primary:
        return
    tell_of_address(primary_address_of(account), "primary", now)
    account.addresses.filter(is_primary=True).update(is_primary=False)
    now.is_primary = now.signs_in = True
    now.save(update_fields=["canonical", "is_primary", "signs_in"])
    keep_promises(now)
    record("address.made_primary", actor=account, subject=now)


@transaction.atomic
def remove_address(*, email: EmailAddress) -> None:
    """Another confirmed address becomes primary when this one was. Raises LastAddress."""
    account = email.account
    hold_account(account.pk)
    others = account.addresses.exclude(pk=email.pk)
    if not others.ways_in().exists() and (email.confirmed_at or not others.exists()):
        raise LastAddress
    tell_of_address(addresses_to_tell(account, without=email).order_by("pk"), "removed", email)
    # What it was is told: whoever reads it may be the owner, and somebody else at work here.
    was = {
        "address": email.address,
        "confirmed": email.confirmed_at is not None,
        "signs_in": email.signs_in,
    }
    record("address.removed", actor=account, subject=email, before=was)
    email.delete()
    name_primary(account, actor=account)


@transaction.atomic
def release_address(*, confirmation: Confirmation) -> None:
    """The holder of the mailbox has it taken off an account that is another's: nothing else there changes.

    Raises CodeEnded when it was used already.
    """
    email = confirmation.email
    hold_account(email.account_id)
    rows = Confirmation.objects.filter(pk=confirmation.pk, ended_at__isnull=True)
    if not rows.update(ended_at=timezone.now()):
        raise CodeEnded
    tell_of_address(addresses_to_tell(email.account, without=email).order_by("pk"), "released", email)
    record("address.released", subject=email, after={"account": email.account_id})
    unproven = EmailAddress.objects.filter(pk=email.pk, confirmed_at__isnull=True)
    if email.account.addresses.exclude(pk=email.pk).exists():
        unproven.delete()
    else:
        unprove_address(unproven)


def primary_address_of(account: Account) -> QuerySet[EmailAddress]:
    """Primary until now, so that nobody is moved out unnoticed."""
    return account.addresses.filter(is_primary=True)
