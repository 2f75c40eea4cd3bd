"""Groups: made, renamed, opened, deleted; people put in and taken out."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.audit.undo import lines_to_undo
from matricula.mail.addresses import AddressRefused, canonical
from matricula.organizations.models import Organization, Role
from matricula.organizations.ownership import administering_roles
from matricula.programs.errors import (
    GroupElsewhere,
    GroupNameTaken,
    NotAMember,
    NotInTheirGroups,
    TooLateToUndo,
)
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
        raise NotInTheirGroups(whom_to_ask(group.program.organization_id))
    if membership is None:
        raise NotAMember
    put_in_group(group=group, membership=membership, actor=actor)
    return membership


@transaction.atomic
def put_in_group(*, group: Group, membership: Membership, actor: Account | None) -> None:
    """Raises NotAMember of whoever has left, GroupElsewhere where the group is another program's."""
    if not membership.is_active:
        raise NotAMember
    if group.program_id != membership.program_id:
        raise GroupElsewhere
    membership.groups.add(group)
    record_group("group.member_added", group, actor, membership=membership.pk)


def group_named(organization: Organization, public_id: str) -> Group:
    """Raises GroupElsewhere where there is none."""
    rows = Group.objects.filter(program__organization=organization, public_id=public_id)
    group = rows.select_related("program").first()
    if group is None:
        raise GroupElsewhere
    return group


def group_choices(organization: Organization, asked: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Public id and name of each group, of all programs or of the one whose public id was asked for."""
    program_id = asked.get("program", "")
    rows = Group.objects.filter(program__organization=organization).select_related("program")
    if program_id:
        rows = rows.filter(program__public_id=program_id)
    for one in rows.order_by("program__name", "name"):
        yield one.public_id, one.name if program_id else f"{one.program.name}: {one.name}"


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


def whom_to_ask(organization: int) -> list[str]:
    """The names of some who may add anybody."""
    rows = administering_roles(organization).order_by("pk")
    return list(rows.values_list("account__full_name", flat=True)[:3])


@transaction.atomic
def take_out_of_group(*, group: Group, membership: Membership, actor: Account | None) -> None:
    membership.groups.remove(group)
    record_group("group.member_removed", group, actor, membership=membership.pk)


def taken_out_lately(group: Group, actor: Account) -> QuerySet[Membership]:
    """Whom `actor` took out within ten minutes, and who may be put back: still members, and not in it."""
    lines = lines_to_undo("group.member_removed", group, actor).values_list("after", flat=True)
    ids = {after.get("membership") for after in lines}
    rows = Membership.objects.active().filter(pk__in=ids, program=group.program_id)
    return rows.exclude(groups=group).select_related("account").order_by("-pk")


@transaction.atomic
def put_back_in_group(*, group: Group, membership: Membership, actor: Account) -> None:
    """Take back that somebody was taken out. Raises TooLateToUndo."""
    if not taken_out_lately(group, actor).filter(pk=membership.pk).exists():
        raise TooLateToUndo
    membership.groups.add(group)
    record_group("group.member_put_back", group, actor, membership=membership.pk)


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
