"""The addresses of an account: added, confirmed, made primary, removed. The last confirmed one stays."""

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from matricula.accounts.confirming import ask_to_confirm
from matricula.accounts.errors import AddressListed, CodeEnded, LastAddress, NotYetConfirmed, TooManyAdded
from matricula.accounts.models import Account, Confirmation, EmailAddress
from matricula.accounts.throttling import Limit
from matricula.audit.models import record
from matricula.mail.models import Letter
from matricula.mail.rendering import Reading, writes

KIND = "accounts.addresses"
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
    tell(primary_of(account), "added", email)
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
    tell(primary_of(account), "primary", email)
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
    tell(reached(account, without=email), "removed", email)
    record("address.removed", actor=account, subject=email)
    email.delete()
    if email.is_primary and heir:
        EmailAddress.objects.filter(pk=heir.pk).update(is_primary=True)


@transaction.atomic
def release(*, confirmation: Confirmation) -> None:
    """The holder of the mailbox has it taken off an account that is another's: nothing else there changes.

    Raises CodeEnded when it was used already.
    """
    email = confirmation.email
    rows = Confirmation.objects.filter(pk=confirmation.pk, ended_at__isnull=True)
    if not rows.update(ended_at=timezone.now()):
        raise CodeEnded
    tell(reached(email.account, without=email), "released", email)
    record("address.released", subject=email, after={"account": email.account_id})
    EmailAddress.objects.filter(pk=email.pk, confirmed_at__isnull=True).delete()


def primary_of(account: Account) -> QuerySet[EmailAddress]:
    """Primary until now, so that nobody is moved out unnoticed."""
    return account.addresses.filter(is_primary=True)


def reached(account: Account, without: EmailAddress) -> QuerySet[EmailAddress]:
    """Every mailbox known to be the owner's; when there is none, whatever is left beside `without`."""
    proven = account.addresses.confirmed()
    return proven if proven.exists() else account.addresses.exclude(pk=without.pk)


def tell(told: QuerySet[EmailAddress], change: str, email: EmailAddress) -> None:
    """A letter to each of `told` about what happened to `email`."""
    context, language = {"change": change, "address": email.address}, email.account.language
    Letter.objects.bulk_create(
        Letter(kind=KIND, to=one.address, language=language, context=context) for one in told.order_by("pk")
    )


@writes(KIND)
def addresses_letter(letter: Letter) -> Reading:
    return Reading("accounts/email/addresses", dict(letter.context))
