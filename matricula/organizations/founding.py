"""A new organization with its first owner, for whoever runs the site."""

from django.db import transaction
from django.utils import timezone

from matricula.accounts.models import Account, EmailAddress
from matricula.accounts.resetting import ask_to_reset
from matricula.audit.models import record
from matricula.organizations.models import Organization, Role


@transaction.atomic
def found(*, slug: str, name: str, owner_address: str, owner_name: str) -> Organization:
    """The organization, and a letter with which its owner chooses a password unless they have one.

    Raises ValidationError for a slug or name that cannot be, AddressRefused.
    """
    organization = Organization(slug=slug, name=name)
    organization.full_clean()
    organization.save()
    owner = owner_at(owner_address, owner_name)
    Role.objects.create(organization=organization, account=owner, kind=Role.Kind.OWNER)
    record("organization.founded", organization=organization, subject=organization, after={"owner": owner.pk})
    if not owner.has_usable_password():
        ask_to_reset(address=owner_address, next_path=f"/console/{slug}/")
    return organization


def owner_at(address: str, name: str) -> Account:
    """The account that proved `address`, or a new one: whoever runs the site vouches for the address."""
    proven = EmailAddress.objects.spelled(address).held().select_related("account").first()
    if proven:
        return proven.account
    account = Account(full_name=name)
    account.set_unusable_password()
    account.save()
    EmailAddress.objects.create(
        account=account, address=address, is_primary=True, confirmed_at=timezone.now()
    )
    return account
