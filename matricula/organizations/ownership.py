"""Who owns and who administers an organization: the first owner, the last, and letters to all of them."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from matricula.accounts.models import Account, EmailAddress
from matricula.accounts.passwords import ask_to_reset
from matricula.audit.models import record
from matricula.mail.models import Letter
from matricula.mail.names_and_addresses import read_address, read_name
from matricula.organizations.access import MAY
from matricula.organizations.errors import LastOwner, NotOwner
from matricula.organizations.models import Organization, Role, site_time_zone


@transaction.atomic
def found_organization(
    *, slug: str, name: str, owner_address: str, owner_name: str, time_zone: str = ""
) -> Organization:
    """The organization, and a letter with which its owner chooses a password unless they have one.

    Without a time zone it has the site's. Raises ValidationError for a slug, name or zone that cannot be,
    AddressRefused, NameRefused.
    """
    owner_address, owner_name = read_address(owner_address), read_name(owner_name)
    organization = Organization(slug=slug, name=name, time_zone=time_zone or site_time_zone())
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
    proven = EmailAddress.objects.spelled(address).lasting().select_related("account").first()
    if proven:
        return proven.account
    account = Account(full_name=name)
    account.set_unusable_password()
    account.save()
    EmailAddress.objects.create(
        account=account, address=address, is_primary=True, confirmed_at=timezone.now()
    )
    return account


def hold_roles(organization: int, *, actor: Account) -> None:
    """Until the transaction ends, nobody else changes roles here. Raises NotOwner.

    The organization, not the roles: two owners who demote each other change two rows, and each would still
    see the other.

    PostgreSQL locks the organization's row. On SQLite a transaction that writes is alone anyway.
    """
    Organization.objects.select_for_update(no_key=True).get(pk=organization)
    if not owners_of(organization).filter(account=actor).exists():
        raise NotOwner


def spare_last_owner(role: Role) -> None:
    """Call it while the roles are held, before `role` ends or becomes a lesser one. Raises LastOwner."""
    others = owners_of(role.organization_id).exclude(pk=role.pk)
    if role.kind == Role.Kind.OWNER and not others.exists():
        raise LastOwner


def owners_of(organization: int) -> QuerySet[Role]:
    return Role.objects.filter(organization=organization, kind=Role.Kind.OWNER, account__is_active=True)


def administering_roles(organization: int) -> QuerySet[Role]:
    """Owners among them."""
    return Role.objects.filter(organization=organization, kind__in=MAY["administering"])


def write_to_holders(
    roles: QuerySet[Role], *, kind: str, reference: int, context: dict[str, Any] | None = None
) -> None:
    """A letter to everybody who has one of `roles`, at their primary address and in their language."""
    people = Account.objects.filter(roles__in=roles, addresses__is_primary=True)
    Letter.objects.bulk_create(
        Letter(kind=kind, to=to, language=language, reference=reference, context=context or {})
        for to, language in people.values_list("addresses__address", "language")
    )
