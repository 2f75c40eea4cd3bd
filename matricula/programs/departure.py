"""Leaving an organization: with the last tie the powers of its mailboxes end, and the person is told."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from matricula.accounts.mailboxes import Parting, addresses_reaching, give_up_mailboxes
from matricula.accounts.models import Account, Confirmation, EmailAddress
from matricula.audit.models import record
from matricula.db.queries import first_or_none
from matricula.identities.identities import end_identities_of
from matricula.mail.models import Letter
from matricula.organizations.models import Affiliation, Organization, Role
from matricula.programs.models import Membership

DEPARTURE = "programs.departure"
"""The letter of the last goodbye: the organization has the person nowhere any more, and what became of their
mailboxes."""
REMOVED = "programs.removed"
"""The letter to somebody who was removed from one program and stays in the organization by another."""
Naming = Callable[[Organization, Account], tuple[set[str], set[str]]]
"""The mailboxes, canonically spelled, that an organization named an account by, and those that others do."""
_naming: list[Naming] = []


def names_mailboxes(look: Naming) -> Naming:
    """Register another way, of a higher room, by which an organization names the mailbox of an account."""
    _naming.append(look)
    return look


def leave_organization(*, organization: Organization, account: Account, actor: Account | None) -> bool:
    """Call it, with the account held, when a membership or a role of the account ended. True when the person
    was told of what became of their mailboxes.

    Whoever has a role stays in the organization, though no longer as somebody who learns there.
    """
    end_affiliation(organization=organization.pk, account=account.pk, actor=actor)
    if Membership.objects.active().filter(organization=organization, account=account).exists():
        return False
    if Role.objects.filter(organization=organization, account=account).exists():
        return False
    end_identities_of(organization=organization.pk, account=account.pk, actor=actor)
    mailboxes = mailboxes_of(organization, account)
    parting = give_up_mailboxes(account=account, mailboxes=mailboxes, zone=organization.time_zone)
    letters = letters_about(parting, account)
    for one in letters:
        one.kind, one.language, one.reference = DEPARTURE, account.language, organization.pk
        one.bulk = actor is None
    Letter.objects.bulk_create(letters)
    return bool(letters)


def end_affiliation(*, organization: int, account: int, actor: Account | None) -> bool:
    """With the last membership in an organization the work e-mail is detached. True when it was now.

    The tie is held before the memberships are looked at: of two that end at one moment neither sees that the
    other has ended, but the one that waited for the tie does. Whoever joins holds it as well
    (`affiliate_account` in `joining`), and before the seat, as it is here, so that no two wait for each
    other.
    """
    tie = first_or_none(Affiliation.objects.locked(organization=organization, account=account))
    active = Membership.objects.active().filter(organization=organization, account=account)
    if tie is None or active.exists():
        return False
    Affiliation.objects.filter(pk=tie.pk).update(ended_at=timezone.now())
    record("affiliation.ended", actor=actor, organization=organization, subject=tie)
    return True


def mailboxes_of(organization: Organization, account: Account) -> set[str]:
    """Those it named the account by, but for those that another organization still does."""
    ties = Affiliation.objects.filter(account=account)
    named = canonical_addresses(ties.filter(organization=organization))
    kept = canonical_addresses(ties.live().exclude(organization=organization))
    for look in _naming:
        also_named, also_kept = look(organization, account)
        named |= also_named
        kept |= also_kept
    return named - kept


def canonical_addresses(rows: QuerySet[Any]) -> set[str]:
    return set(rows.values_list("canonical", flat=True))


def letters_about(parting: Parting, account: Account) -> list[Letter]:
    """A work e-mail is told of itself only, never of another address."""
    own = account.addresses.lasting().values_list("address", flat=True) if parting.gone else []
    gone = [
        Letter(to=to, context={"fate": "gone", "address": address})
        for address in parting.gone
        for to in dict.fromkeys([address, *own])
    ]
    if parting.ends_on is None:
        return gone
    day = {"day": parting.ends_on.isoformat()}
    fate = "replaceable" if parting.alternatives else "alone"
    losing = [Letter(to=to, context={"fate": fate, "address": to, **day}) for to in parting.promised]
    return gone + losing + [letter_to_alternative(one, day) for one in parting.alternatives]


def letter_to_alternative(email: EmailAddress, day: dict[str, str]) -> Letter:
    """The letter only confirms: the page of its link asks for the password, or a session of the account."""
    email.confirmations.filter(ended_at__isnull=True).update(ended_at=timezone.now())
    asked = Confirmation.objects.create(email=email, purpose=Confirmation.PARTING)
    return Letter(to=email.address, context={"fate": "alternative", "confirmation": asked.pk, **day})


def tell_of_removal(membership: Membership) -> None:
    """To the person's own address, or to the one a program vouches for, where no other is known."""
    for address, language in addresses_reaching([membership.account_id]).values():
        Letter.objects.create(kind=REMOVED, to=address, language=language, reference=membership.pk)
