"""Leaving by oneself: one program, or an organization with all that one has there."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from matricula.accounts.mailboxes import addresses_reaching, hold_account
from matricula.accounts.models import Account
from matricula.leaving.departing.ways_in import is_last_tie, refuse_stranded
from matricula.mail.models import Letter
from matricula.organizations.models import Organization
from matricula.programs.departure import leave_organization
from matricula.programs.memberships import close_membership
from matricula.programs.models import Membership
from matricula.roles.roles import give_up_role

LEFT = "leaving.left"
"""The letter to those who left by themselves, where nothing is to be told of their mailboxes."""


@transaction.atomic
def leave_program(*, membership: Membership, claims_own: bool = False) -> bool:
    """The person leaves it. False when they were out of it already: another tab, or an administrator.

    `claims_own`: they say that an address the organization knows them by is their own. It matters where this
    is the last that ties them to the organization. Raises NoOtherWayIn.
    """
    account = membership.account
    hold_account(account.pk)
    if not Membership.objects.active().filter(pk=membership.pk).exists():
        return False
    if is_last_tie(membership):
        refuse_stranded(organization=membership.program.organization, account=account, claims_own=claims_own)
    ending = close_membership(membership=membership, actor=account, state=Membership.State.LEFT)
    if not ending.told:
        tell_of_leaving(account, [membership])
    return ending.ended


@transaction.atomic
def leave_company(*, organization: Organization, account: Account, claims_own: bool = False) -> bool:
    """All programs, the role, and with them work e-mail and company sign-in. False when there was nothing.

    Held in this order: the account, the organization where a role ends, the memberships and the seats of
    their programs, in the order of the programs. Raises NoOtherWayIn, LastOwner, LastWayIn.
    """
    hold_account(account.pk)
    refuse_stranded(organization=organization, account=account, claims_own=claims_own)
    had_role = give_up_role(organization=organization, account=account)
    rows = Membership.objects.active().filter(organization=organization, account=account)
    memberships = list(rows.select_related("program__organization", "account").order_by("program", "pk"))
    left = Membership.State.LEFT
    endings = [close_membership(membership=one, actor=account, state=left) for one in memberships]
    if memberships and not any(one.told for one in endings):
        tell_of_leaving(account, memberships)
    if had_role or memberships:
        return True
    # A tie that lasted longer than what it was for.
    return leave_organization(organization=organization, account=account, actor=account)


def tell_of_leaving(account: Account, memberships: Sequence[Membership]) -> None:
    """One letter, whatever the number of programs."""
    for address, language in addresses_reaching([account.pk]).values():
        Letter.objects.create(
            kind=LEFT,
            to=address,
            language=language,
            reference=memberships[0].organization_id,
            context={
                "programs": [one.program.name for one in memberships],
                "day": timezone.localdate().isoformat(),
            },
        )
