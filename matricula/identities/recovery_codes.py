"""Recovery codes of owners, for the day the identity provider is down or its connection is wrong.

A code opens one organization's console to one of its owners, for an hour; each page asks besides whether they
still own it. Only digests are kept, and a code is found by its own: whoever is typed, a look costs the same.
"""

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from matricula.accounts.models import Account, EmailAddress, SecondFactor
from matricula.accounts.second_factors import new_recovery_codes, plain_recovery_code
from matricula.audit.models import record
from matricula.db.queries import first_or_none
from matricula.identities.letters import tell_owners_of_codes
from matricula.identities.models import CompanySession, OwnerRecoveryCode
from matricula.mail.addresses import AddressRefused, canonical
from matricula.organizations.models import Organization, Role
from matricula.organizations.ownership import hold_roles, owners_of
from matricula.security.secrets import digest, digests

KIND = "owner-recovery"


@transaction.atomic
def renew_owner_codes(*, organization: Organization, account: Account) -> list[str]:
    """Ten new codes, shown once; the owner's before them end. Every owner is told. Raises NotOwner.

    The roles are held: whoever ceases to be an owner at this moment keeps none.
    """
    hold_roles(organization.pk, actor=account)
    codes_of(organization.pk, account.pk).delete()
    codes = new_recovery_codes()
    OwnerRecoveryCode.objects.bulk_create(
        OwnerRecoveryCode(
            organization=organization, account=account, digest=digest(KIND, spelled(organization.pk, code))
        )
        for code in codes
    )
    record("owner_codes.renewed", actor=account, organization=organization, subject=account)
    tell_owners_of_codes(organization=organization, account=account, change="renewed")
    return codes


@transaction.atomic
def spend_owner_code(*, organization: Organization, email: str, code: str) -> Account | None:
    """The owner whose unused code and whose address these are; it is used now, and every owner is told.

    None for everything else: one query, whoever is typed.
    """
    try:
        address = canonical(email)
    except AddressRefused:
        address = ""
    known = digests(KIND, spelled(organization.pk, code))
    owns = owners_of(organization.pk).filter(account=OuterRef("account"))
    listed = EmailAddress.objects.filter(account=OuterRef("account"), canonical=address)
    rows = OwnerRecoveryCode.objects.unspent().filter(Exists(owns), Exists(listed), digest__in=known)
    found = first_or_none(rows.filter(organization=organization).select_related("account"))
    unspent = OwnerRecoveryCode.objects.unspent()
    if found is None or not unspent.filter(pk=found.pk).update(used_at=timezone.now()):
        return None
    record("owner_codes.used", actor=found.account, organization=organization, subject=found.account)
    tell_owners_of_codes(organization=organization, account=found.account, change="used")
    return found.account


def spelled(organization: int, code: str) -> str:
    return f"{organization}:{plain_recovery_code(code)}"


def codes_of(organization: int, account: int) -> "QuerySet[OwnerRecoveryCode]":
    return OwnerRecoveryCode.objects.filter(organization=organization, account=account)


def owner_codes_left(*, organization: int, account: int) -> int:
    return codes_of(organization, account).filter(used_at__isnull=True).count()


def end_owner_recovery(*, organization: int, account: int) -> None:
    """Codes and what they opened. Call it, with the roles held, where somebody ceases to be an owner."""
    codes_of(organization, account).delete()
    opened = CompanySession.objects.filter(organization=organization, account=account, identity__isnull=True)
    opened.filter(ended_at__isnull=True).update(ended_at=timezone.now())


def forget_owner_codes(*, account: int) -> None:
    """Of all organizations, where an account is closed. What they opened ends with its company sessions."""
    OwnerRecoveryCode.objects.filter(account=account).delete()


def owners_with_way_in(organization: int) -> "QuerySet[Role]":
    """Owners who get in though the company's sign-in does not work: by a password or passkey of their own and
    an address that stays theirs, or by a recovery code."""
    addresses = EmailAddress.objects.ways_in().filter(account=OuterRef("account"))
    passkeys = SecondFactor.objects.filter(account=OuterRef("account"), kind=SecondFactor.Kind.PASSKEY)
    codes = OwnerRecoveryCode.objects.unspent().filter(organization=organization, account=OuterRef("account"))
    no_password = Q(account__password="") | Q(account__password__startswith=UNUSABLE_PASSWORD_PREFIX)
    in_person = Exists(addresses) & (~no_password | Exists(passkeys))
    return owners_of(organization).filter(in_person | Exists(codes))
