"""An organization is never without an owner, whoever demotes whom at the same moment."""

from django.db.models import QuerySet

from matricula.accounts.models import Account
from matricula.organizations.errors import LastOwner, NotOwner
from matricula.organizations.models import Organization, Role


def hold_roles(organization: int, *, actor: Account) -> None:
    """Until the transaction ends, nobody else changes roles here. Raises NotOwner.

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
