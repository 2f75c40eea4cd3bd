"""Groups: made, renamed, opened, deleted; people put in and taken out."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.mail.addresses import AddressRefused, canonical
from matricula.organizations.models import Role
from matricula.organizations.ownership import administering_roles
from matricula.programs.errors import GroupNameTaken, NotAMember, NotInTheirGroups
from matricula.programs.models import Group, Membership, Program


@transaction.atomic
def make_group(*, program: Program, name: str, is_open: bool, actor: Account | None) -> Group:
    """Raises GroupNameTaken."""
    try:
        with transaction.atomic():
            group = Group.objects.create(program=program, name=name, is_open=is_open)
    except IntegrityError as taken:
        raise GroupNameTaken from taken
    record_group("group.made", group, actor, name=name)
    return group


@transaction.atomic
def change_group(*, group: Group, values: Mapping[str, Any], actor: Account | None) -> None:
    """Its `name`, whether it `is_open`, or both: the other one stays as it is. Raises GroupNameTaken."""
    try:
        with transaction.atomic():
            Group.objects.filter(pk=group.pk).update(**values)
    except IntegrityError as taken:
        raise GroupNameTaken from taken
    record_group("group.changed", group, actor, **values)


@transaction.atomic
def delete_group(*, group: Group, actor: Account | None) -> None:
    """Its people stay in the program."""
    record_group("group.deleted", group, actor, name=group.name)
    group.delete()


@transaction.atomic
def add_to_group(*, group: Group, work_email: str, role: Role, actor: Account | None) -> Membership:
    """Put the program's member with this work e-mail into the group. Raises NotAMember.

    Who is in a group is seen by its managers, so those add only people whom they see already; to them
    NotInTheirGroups says the same of people they do not see and of nobody.
    """
    membership = member_known_as(group, work_email)
    if role.kind == Role.Kind.GROUP_MANAGER and not is_seen_by(role, membership):
        raise NotInTheirGroups(administrators_of(group.program.organization_id))
    if membership is None:
        raise NotAMember
    membership.groups.add(group)
    record_group("group.member_added", group, actor, membership=membership.pk)
    return membership


def member_known_as(group: Group, work_email: str) -> Membership | None:
    try:
        spelled = canonical(work_email)
    except AddressRefused:
        return None
    return (
        Membership.objects.active()
        .filter(
            program=group.program_id,
            account__affiliations__canonical=spelled,
            account__affiliations__organization=group.program.organization_id,
            account__affiliations__ended_at__isnull=True,
        )
        .first()
    )


def is_seen_by(role: Role, membership: Membership | None) -> bool:
    """Whether the person is in one of the groups the role's holder manages, in whichever program."""
    shown = Membership.objects.shown_to(role).active()
    return membership is not None and shown.filter(account=membership.account_id).exists()


def administrators_of(organization_id: int) -> list[str]:
    """Names of some who may add anybody."""
    rows = administering_roles(organization_id)
    return list(rows.order_by("pk").values_list("account__full_name", flat=True)[:3])


@transaction.atomic
def take_out_of_group(*, group: Group, membership: Membership, actor: Account | None) -> None:
    membership.groups.remove(group)
    record_group("group.member_removed", group, actor, membership=membership.pk)


@transaction.atomic
def join_group(*, group: Group, membership: Membership) -> bool:
    """A member joins an open group of their own program; False for any other."""
    if not (group.is_open and membership.is_active and group.program_id == membership.program_id):
        return False
    membership.groups.add(group)
    record_group("group.joined", group, membership.account, membership=membership.pk)
    return True


def record_group(verb: str, group: Group, actor: Account | None, **after: object) -> None:
    record(verb, actor=actor, organization=group.program.organization_id, subject=group, after=after)
