"""Roles given, changed and taken away. The person is told, and the owners of owners."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from matricula.accounts.mailboxes import hold_account, hold_live_account
from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.db.queries import first_or_none, insert_once
from matricula.identities.recovery_codes import end_owner_recovery
from matricula.organizations.access import MAY
from matricula.organizations.models import Organization, Role
from matricula.organizations.ownership import hold_organization, hold_roles, spare_last_owner
from matricula.programs.departure import leave_organization
from matricula.programs.groups import record_group
from matricula.programs.models import Group
from matricula.programs.sign_in_requirement import spare_last_way_in
from matricula.roles.errors import GroupsMissing
from matricula.roles.letters import tell_of_role, tell_owners
from matricula.roles.models import Appointment


@transaction.atomic
def put_role(
    *, organization: Organization, account: Account, kind: str, groups: Sequence[Group], actor: Account
) -> Role:
    """The account's one role in the organization becomes this one. Raises LastOwner, LastWayIn."""
    role, new = role_or_new(organization, account, kind, groups, actor)
    if not new:
        alter_role(role, kind, groups, actor)
    return role


@transaction.atomic
def give_role(
    *, organization: Organization, account: Account, kind: str, groups: Sequence[Group], actor: Account
) -> None:
    """To somebody who has none. Any role they have stays, also one that was given a moment ago."""
    role_or_new(organization, account, kind, groups, actor)


def role_or_new(
    organization: Organization, account: Account, kind: str, groups: Sequence[Group], actor: Account
) -> tuple[Role, bool]:
    """The account's role, and whether it is new. Nobody else changes roles until the transaction ends.

    Raises AccountCombined. The account is held first, as whoever takes a role away holds it first.
    """
    hold_live_account(account.pk)
    # As `hold_roles` does: a role is neither given nor taken meanwhile.
    hold_organization(organization.pk)
    role = Role(organization=organization, account=account, kind=kind)
    if not insert_once(role):
        return Role.objects.get(organization=organization, account=account), False
    set_groups(role, groups)
    record_role("role.given", role, actor, before="")
    return role, True


@transaction.atomic
def change_role(*, role: Role, kind: str, groups: Sequence[Group], actor: Account) -> None:
    """Raises GroupsMissing, NotOwner, LastOwner, LastWayIn; Role.DoesNotExist when somebody took it away
    meanwhile."""
    check_groups(kind, groups)
    hold_roles(role.organization_id, actor=actor)
    alter_role(Role.objects.select_related("organization", "account").get(pk=role.pk), kind, groups, actor)


def check_groups(kind: str, groups: Sequence[Group]) -> None:
    """Raises GroupsMissing."""
    if kind == Role.Kind.GROUP_MANAGER and not groups:
        raise GroupsMissing


def alter_role(role: Role, kind: str, groups: Sequence[Group], actor: Account) -> None:
    """`groups` are what a group manager manages; whoever manages none by right loses theirs."""
    if is_already(role, kind, groups):
        return
    before = role.kind
    if kind != Role.Kind.OWNER:
        spare_last_owner(role)
    if before == Role.Kind.OWNER:
        spare_last_way_in(role)
    if kind == Role.Kind.GROUP_MANAGER or kind not in MAY["managing_groups"]:
        set_groups(role, groups if kind == Role.Kind.GROUP_MANAGER else ())
    role.kind = kind
    role.save(update_fields=["kind"])
    record_role("role.changed", role, actor, before=before)


def is_already(role: Role, kind: str, groups: Sequence[Group]) -> bool:
    if role.kind != kind or kind != Role.Kind.GROUP_MANAGER:
        return role.kind == kind
    managed = role.account.managed_groups.filter(program__organization=role.organization_id)
    return set(managed.values_list("pk", flat=True)) == {one.pk for one in groups}


def set_groups(role: Role, groups: Sequence[Group]) -> None:
    """What the account manages in this organization, and in no other."""
    managing = Group.managers.through.objects.filter(account=role.account_id)
    managing.filter(group__program__organization=role.organization_id).delete()
    role.account.managed_groups.add(*groups)


@transaction.atomic
def remove_role(*, role: Role, actor: Account) -> None:
    """The person learns on, if they do. Raises NotOwner, LastOwner, LastWayIn, Role.DoesNotExist."""
    hold_account(role.account_id)
    hold_roles(role.organization_id, actor=actor)
    end_role(Role.objects.select_related("organization", "account").get(pk=role.pk), actor)


@transaction.atomic
def give_up_role(*, organization: Organization, account: Account) -> bool:
    """Whoever has a role gives up their own; False when they have none. Raises LastOwner, LastWayIn."""
    hold_account(account.pk)
    # Nobody gives them one meanwhile: whoever does holds the account as well.
    rows = Role.objects.filter(organization=organization, account=account)
    if not rows.exists():
        return False
    hold_organization(organization.pk)
    held = first_or_none(rows.select_related("organization", "account"))
    if held is not None:
        end_role(held, account)
    return held is not None


def end_role(held: Role, actor: Account) -> None:
    spare_last_owner(held)
    spare_last_way_in(held)
    set_groups(held, ())
    record_role("role.removed", held, actor, before=held.kind)
    held.delete()
    leave_organization(organization=held.organization, account=held.account, actor=actor)


def record_role(verb: str, role: Role, actor: Account, *, before: str) -> None:
    """The audit line, the person's letter, and the owners' when an owner came or went."""
    gone = verb == "role.removed"
    groups = role.account.managed_groups.filter(program__organization=role.organization_id)
    record(
        verb,
        actor=actor,
        organization=role.organization_id,
        subject=role,
        before={"role": before} if before else {},
        after={"account": role.account_id}
        | ({} if gone else {"role": role.kind, "groups": sorted(groups.values_list("pk", flat=True))}),
    )
    tell_of_role(role, gone=gone)
    owned, owns = before == Role.Kind.OWNER, not gone and role.kind == Role.Kind.OWNER
    if owned != owns:
        tell_owners(role, came=owns, actor=actor)
    if owned and not owns:
        end_offers(role)
        end_owner_recovery(organization=role.organization_id, account=role.account_id)


def end_offers(role: Role) -> None:
    """What an owner offered ends with them, so that nobody leaves themselves a way back."""
    end_offers_of(account=role.account, organizations=[role.organization_id])


def end_offers_of(*, account: Account, organizations: Any) -> None:
    """In all of `organizations`, ids or a query of them."""
    offers = Appointment.objects.waiting().filter(organization__in=organizations, offered_by=account)
    offers.update(ended_at=timezone.now())


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
