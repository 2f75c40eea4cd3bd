"""What roles answer when lower rooms ask."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from matricula.organizations.models import Organization, Role
from matricula.programs.departure import Person, names_mailboxes
from matricula.roles.models import Appointment


@names_mailboxes
def mailboxes_of_offers(organization: Organization, account: Person) -> tuple[QuerySet[Any], QuerySet[Any]]:
    """Those that accepted an offer of a role; kept are those of a role that is held."""
    offers = Appointment.objects.filter(accepted_by=account)
    held = Role.objects.filter(account=OuterRef("accepted_by"), organization=OuterRef("organization"))
    return offers.filter(organization=organization), offers.filter(Exists(held))
