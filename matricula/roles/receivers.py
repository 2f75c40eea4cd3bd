"""What roles answer when lower rooms ask."""

from matricula.accounts.models import Account
from matricula.organizations.models import Organization, Role
from matricula.programs.departure import canonical_addresses, names_mailboxes
from matricula.roles.models import Appointment


@names_mailboxes
def mailboxes_of_offers(organization: Organization, account: Account) -> tuple[set[str], set[str]]:
    """Those that accepted an offer of a role; kept are those of a role that is held."""
    offers = Appointment.objects.filter(accepted_by=account)
    roles = Role.objects.filter(account=account).values("organization")
    here = canonical_addresses(offers.filter(organization=organization))
    return here, canonical_addresses(offers.filter(organization__in=roles))
