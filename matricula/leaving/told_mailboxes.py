"""Where the owner of an account reads of what cannot be mended later: every mailbox that is theirs, and those
that were until a short time ago, for whoever took one off may not be its owner."""

from collections.abc import Collection
from dataclasses import dataclass

from matricula.accounts.models import Account, EmailAddress
from matricula.leaving.changed_hands import removed_lately
from matricula.mail.addresses import canonical


@dataclass(frozen=True)
class Mailbox:
    """`row`: its address among those of the account; None of one that was taken off."""

    address: str
    canonical: str
    account: int
    language: str
    signs_in: bool
    row: int | None = None


def mailboxes_of(accounts: Collection[int]) -> list[Mailbox]:
    """The confirmed ones; where an account has none, those that a program vouches for."""
    rows = EmailAddress.objects.filter(account__in=accounts).select_related("account").order_by("pk")
    listed = list(rows.lasting()) or list(rows.filter(vouched_at__isnull=False))
    found = [
        Mailbox(one.address, one.canonical, one.account_id, one.account.language, one.signs_in, one.pk)
        for one in listed
    ]
    known = {one.canonical for one in found}
    return [*found, *(one for one in mailboxes_removed(accounts) if one.canonical not in known)]


def mailboxes_removed(accounts: Collection[int]) -> list[Mailbox]:
    languages = dict(Account.objects.filter(pk__in=accounts).values_list("pk", "language"))
    return [
        Mailbox(address, canonical(address), account, languages[account], signed_in)
        for account, addresses in removed_lately(accounts).items()
        for address, signed_in in addresses.items()
    ]
