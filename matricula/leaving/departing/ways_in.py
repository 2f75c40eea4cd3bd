"""Whether somebody gets into their account without an organization, before they leave it."""

from dataclasses import dataclass

from matricula.accounts.models import Account, EmailAddress
from matricula.accounts.passkeys import can_prove
from matricula.leaving.errors import NoOtherWayIn
from matricula.mail.addresses import domain_of
from matricula.organizations.models import Domain, Organization, Role
from matricula.programs.departure import mailboxes_of
from matricula.programs.models import Membership


@dataclass(frozen=True)
class WayIn:
    """What somebody who leaves has, and what they lack."""

    has_address: bool
    """Confirmed, and not of the organization."""
    has_password: bool
    """Or a passkey."""
    unproven: tuple[EmailAddress, ...] = ()
    """Their own addresses that only have to be confirmed."""
    claimable: tuple[str, ...] = ()
    """Addresses the organization knows them by, that may be their own all the same: their domain is not
    one it has proven."""

    @property
    def stands(self) -> bool:
        return self.has_address and self.has_password

    def stands_with(self, *, claims_own: bool) -> bool:
        return self.has_password and (self.has_address or (claims_own and bool(self.claimable)))


def way_in_without(organization: Organization, account: Account) -> WayIn:
    mailboxes = mailboxes_of(organization, account)
    rows = account.addresses.order_by("pk")
    own = rows.exclude(canonical__in=mailboxes)
    proven = set(Domain.objects.proven().filter(organization=organization).values_list("name", flat=True))
    shared = rows.ways_in().filter(canonical__in=mailboxes)
    return WayIn(
        has_address=own.ways_in().exists(),
        has_password=account.has_usable_password() or can_prove(account),
        unproven=tuple(own.unproven_ways_in()),
        claimable=tuple(one.address for one in shared if domain_of(one.canonical) not in proven),
    )


def is_last_tie(membership: Membership) -> bool:
    """Whether the person is in nothing else of the organization, so that leaving this leaves it."""
    others = Membership.objects.active().filter(
        organization=membership.organization_id, account=membership.account_id
    )
    roles = Role.objects.filter(organization=membership.organization_id, account=membership.account_id)
    return not others.exclude(pk=membership.pk).exists() and not roles.exists()


def refuse_stranded(*, organization: Organization, account: Account, claims_own: bool) -> None:
    """Call it with the account held. Raises NoOtherWayIn."""
    if not way_in_without(organization, account).stands_with(claims_own=claims_own):
        raise NoOtherWayIn
