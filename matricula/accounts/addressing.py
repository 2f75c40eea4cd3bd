"""The addresses of an account: added, confirmed, made primary, removed. The last confirmed one stays."""

from django.db import IntegrityError, transaction

from matricula.accounts.confirming import ask_to_confirm
from matricula.accounts.errors import AddressListed, LastAddress, NotYetConfirmed, TooManyAdded
from matricula.accounts.models import Account, EmailAddress
from matricula.accounts.throttling import allows, free_again
from matricula.audit.models import record
from matricula.mail.models import Letter
from matricula.mail.rendering import Reading, writes

KIND = "accounts.addresses"
ADDED_A_DAY = 10


@transaction.atomic
def add_address(*, account: Account, address: str) -> EmailAddress:
    """List an address and write to it. Raises AddressRefused, AddressListed, TooManyAdded, TooOften."""
    if not allows("add-address", str(account.pk), tries=ADDED_A_DAY, minutes=24 * 60):
        raise TooManyAdded(free_again("add-address", str(account.pk)))
    try:
        with transaction.atomic():
            email = EmailAddress.objects.create(account=account, address=address)
    except IntegrityError as listed:
        raise AddressListed from listed
    record("address.added", actor=account, subject=email)
    tell(account, "added", address)
    ask_to_confirm(email=email)
    return email


@transaction.atomic
def make_primary(*, email: EmailAddress) -> None:
    """Letters go there from now on. The one before is told. Raises NotYetConfirmed."""
    account = Account.objects.select_for_update().get(pk=email.account_id)
    if email.confirmed_at is None:
        raise NotYetConfirmed
    if email.is_primary:
        return
    tell(account, "primary", email.address)
    account.addresses.filter(is_primary=True).update(is_primary=False)
    EmailAddress.objects.filter(pk=email.pk).update(is_primary=True, signs_in=True)
    record("address.made_primary", actor=account, subject=email)


@transaction.atomic
def remove_address(*, email: EmailAddress) -> None:
    """Another confirmed address becomes primary when this one was. Raises LastAddress."""
    account = Account.objects.select_for_update().get(pk=email.account_id)
    others = account.addresses.exclude(pk=email.pk).confirmed().filter(signs_in=True)
    heir = others.order_by("id").first()
    if email.confirmed_at and heir is None:
        raise LastAddress
    tell(account, "removed", email.address)
    record("address.removed", actor=account, subject=email)
    email.delete()
    if email.is_primary and heir:
        EmailAddress.objects.filter(pk=heir.pk).update(is_primary=True)


def tell(account: Account, change: str, address: str) -> None:
    """A letter to the address that was primary until now, so that nobody is moved out unnoticed."""
    primary = account.primary_address
    if primary:
        context = {"change": change, "address": address}
        Letter.objects.create(kind=KIND, to=primary.address, language=account.language, context=context)


@writes(KIND)
def addresses_letter(letter: Letter) -> Reading:
    return Reading("accounts/email/addresses", dict(letter.context))
