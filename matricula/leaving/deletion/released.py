"""Accounts that may be taken back by logging in, by an address that they gave back."""

from django.db.models import Exists, OuterRef

from matricula.accounts.models import Account, EmailAddress
from matricula.leaving.models import Deletion, ReleasedAddress


def accounts_released(canonical: str) -> list[Account]:
    """Those that logged in by this address until they were deleted, the latest first; none once somebody
    else has proven it."""
    proven = EmailAddress.objects.confirmed().filter(canonical=OuterRef("canonical"))
    rows = ReleasedAddress.objects.filter(~Exists(proven), canonical=canonical)
    open_ones = rows.filter(deletion__in=Deletion.objects.open())
    return [one.deletion.account for one in open_ones.select_related("deletion__account").order_by("-pk")]


def open_deletion_of(account: Account) -> Deletion | None:
    return Deletion.objects.open().filter(account=account).select_related("account").first()
