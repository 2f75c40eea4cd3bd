"""The organizations that somebody is with, and those they were with, as they see it themselves."""

from dataclasses import dataclass, field

from matricula.accounts.models import Account
from matricula.identities.models import Identity
from matricula.leaving.departing.ways_in import WayIn
from matricula.leaving.offboarding.models import HeldDeparture
from matricula.organizations.models import Affiliation, Organization, Role
from matricula.programs.models import Membership


@dataclass
class Company:
    """What ties an account to an organization, or did."""

    organization: Organization
    memberships: list[Membership] = field(default_factory=list)
    ended: list[Membership] = field(default_factory=list)
    work_email: str = ""
    role: Role | None = None
    signs_in: bool = False
    departures: list[HeldDeparture] = field(default_factory=list)
    """Removals that wait for their day."""
    way_in: WayIn | None = None
    """What the person has without it, where one waits."""

    @property
    def is_present(self) -> bool:
        return bool(self.memberships or self.role or self.work_email)


def companies_of(account: Account, organization: Organization | None = None) -> list[Company]:
    """Those of today first, by name. Or `organization` alone, if there is anything to say of it."""
    found: dict[int, Company] = {}

    def of(one: Organization) -> Company:
        return found.setdefault(one.pk, Company(one))

    which = {"organization": organization} if organization else {}
    memberships = Membership.objects.filter(account=account, set_aside_at__isnull=True, **which)
    for membership in memberships.select_related("program__organization").order_by("program__name"):
        company = of(membership.program.organization)
        (company.memberships if membership.is_active else company.ended).append(membership)
    ties = Affiliation.objects.filter(account=account, **which).select_related("organization")
    for tie in ties.order_by("pk"):
        company = of(tie.organization)
        company.work_email = company.work_email or ("" if tie.ended_at else tie.work_email)
    held = HeldDeparture.objects.waiting().filter(membership__account=account, **which)
    for departure in held.select_related("membership__program", "organization").order_by("due_at", "pk"):
        of(departure.organization).departures.append(departure)
    for role in Role.objects.filter(account=account, **which).select_related("organization"):
        of(role.organization).role = role
    signing = Identity.objects.live().filter(account=account).values_list("connection__organization")
    linked = {pk for (pk,) in signing}
    for pk, company in found.items():
        company.signs_in = pk in linked
    return sorted(found.values(), key=lambda one: (not one.is_present, one.organization.name.casefold()))
