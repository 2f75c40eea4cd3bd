"""Who manages a group: a matter of roles as much as of the group."""

from django.db import transaction

from matricula.accounts.models import Account
from matricula.organizations.models import Role
from matricula.programs.groups import record_group
from matricula.programs.models import Group
from matricula.roles.roles import give_role


@transaction.atomic
def name_group_manager(*, group: Group, account: Account, actor: Account) -> None:
    """Who manages a group has at least the role of a group manager in the organization."""
    organization, kind = group.program.organization, Role.Kind.GROUP_MANAGER
    give_role(organization=organization, account=account, kind=kind, groups=[group], actor=actor)
    group.managers.add(account)
    record_group("group.manager_named", group, actor, account=account.pk)


@transaction.atomic
def dismiss_group_manager(*, group: Group, account: Account, actor: Account | None) -> None:
    group.managers.remove(account)
    record_group("group.manager_dismissed", group, actor, account=account.pk)
