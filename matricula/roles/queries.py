"""Who administers an organization, in a constant number of queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, QuerySet
from django.utils import timezone

from matricula.organizations.models import Affiliation, Organization, Role
from matricula.programs.models import Group
from matricula.roles.models import Appointment


@dataclass(frozen=True)
class Administrator:
    """A role with what its page shows. `address` is one the organization knows, never a personal one."""

    role: Role
    address: str
    groups: list[Group]


def administrators_of(organization: Organization) -> list[Administrator]:
    """Owners first, then by name."""
    roles = list(organization.roles.select_related("account").order_by("account__full_name", "pk"))
    ranks = list(Role.Kind.values)
    roles.sort(key=lambda role: ranks.index(role.kind))
    return with_facts(organization, roles)


def with_facts(organization: Organization, roles: Iterable[Role]) -> list[Administrator]:
    """Each role with what its holder is known by, and manages."""
    known, managed = known_addresses(organization), managed_groups(organization)
    return [
        Administrator(role, known.get(role.account_id, ""), managed.get(role.account_id, []))
        for role in roles
    ]


def known_addresses(organization: Organization) -> dict[int, str]:
    """By account: the work e-mail, else the address that the role was offered to."""
    accepted = organization.appointments.filter(accepted_by__isnull=False).order_by("pk")
    ties = Affiliation.objects.live().filter(
        organization=organization, account__roles__organization=organization
    )
    return {
        **dict(accepted.values_list("accepted_by", "address")),
        **dict(ties.values_list("account_id", "work_email")),
    }


def managed_groups(organization: Organization) -> dict[int, list[Group]]:
    """Groups by the account that manages them."""
    found = defaultdict(list)
    groups = Group.objects.filter(program__organization=organization, managers__isnull=False)
    for group in groups.order_by("name", "pk").annotate(manager=F("managers")):
        found[group.manager].append(group)  # type: ignore[attr-defined]
    return found


def waiting_offers(organization: Organization) -> list[Appointment]:
    """The newest first; those that waited too long are no longer shown after their letter's time."""
    return list(offers_of(organization).order_by("-pk"))


def offers_of(organization: Organization) -> QuerySet[Appointment]:
    rows = Appointment.objects.waiting().filter(organization=organization, expires_at__gt=timezone.now())
    return rows.prefetch_related("groups")
