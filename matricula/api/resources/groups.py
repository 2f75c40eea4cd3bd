"""Groups and who is in them."""

from typing import Annotated

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query
from pydantic import Field

from matricula.api import schemas
from matricula.api.access import token_of
from matricula.api.lookups import row_by_id
from matricula.api.operations import Operations
from matricula.api.paging import Asked, Page, page_of
from matricula.api.readings import note_list_read
from matricula.api.values import Address, Given, PathId, PublicId, Words
from matricula.programs.groups import add_to_group, change_group, delete_group, make_group, take_out_of_group
from matricula.programs.models import Group, Membership
from matricula.reporting.models import ListReading
from matricula.reporting.people import work_emails

operations = Operations(tags=["Groups"])
GroupName = Annotated[Words, Field(max_length=120, examples=["Grid operations"])]


class GroupsAsked(Asked):
    program: Annotated[PublicId | None, Field(description="Only groups of this program.")] = None


class NewGroup(Given):
    program: PublicId
    name: GroupName
    is_open: bool = False


class GroupChange(Given):
    name: GroupName = None  # type: ignore[assignment]
    is_open: bool = None  # type: ignore[assignment]


class NewMember(Given):
    work_email: Address


def groups_of(request: HttpRequest) -> "QuerySet[Group]":
    rows = Group.objects.filter(program__organization=token_of(request).organization)
    return rows.select_related("program__organization")


@operations.reads("groups/", scope="groups:read", response=Page[schemas.Group])
def list_groups(request: HttpRequest, asked: Query[GroupsAsked]) -> Page[schemas.Group]:
    """All groups, the newest first."""
    rows = groups_of(request)
    if asked.program:
        rows = rows.filter(program__public_id=asked.program)
    found, following = page_of(request, rows, asked)
    return Page(items=[schemas.Group.of(row) for row in found], next=following)


@operations.makes("groups/", scope="groups:write", response=schemas.Group)
def create_group(request: HttpRequest, body: NewGroup) -> schemas.Group:
    """Make a group of a program."""
    token = token_of(request)
    program = row_by_id(token.organization.programs.all(), body.program, "#/program")
    made = make_group(program=program, name=body.name, is_open=body.is_open, actor=token.made_by)
    return schemas.Group.of(made)


@operations.reads("groups/{public:group_id}/", scope="groups:read", response=schemas.Group)
def read_group(request: HttpRequest, group_id: PathId) -> schemas.Group:
    """One group."""
    return schemas.Group.of(get_object_or_404(groups_of(request), public_id=group_id))


@operations.changes("groups/{public:group_id}/", scope="groups:write", response=schemas.Group)
def update_group(request: HttpRequest, group_id: PathId, body: GroupChange) -> schemas.Group:
    """Rename a group, open it or close it. What is left out stays."""
    group = get_object_or_404(groups_of(request), public_id=group_id)
    if values := body.model_dump(exclude_unset=True):
        change_group(group=group, values=values, actor=token_of(request).made_by)
    return schemas.Group.of(groups_of(request).get(pk=group.pk))


@operations.ends("groups/{public:group_id}/", scope="groups:write")
def remove_group(request: HttpRequest, group_id: PathId) -> None:
    """Delete a group. Its people stay in the program."""
    group = get_object_or_404(groups_of(request), public_id=group_id)
    delete_group(group=group, actor=token_of(request).made_by)


@operations.reads("groups/{public:group_id}/members/", scope="groups:read", response=Page[schemas.Membership])
def list_group_members(
    request: HttpRequest, group_id: PathId, asked: Query[Asked]
) -> Page[schemas.Membership]:
    """Who is in a group."""
    group = get_object_or_404(groups_of(request), public_id=group_id)
    members = Membership.objects.active().filter(groups=group).select_related("account", "program")
    rows, following = page_of(request, members.prefetch_related("groups"), asked)
    note_list_read(request, ListReading.What.PEOPLE, group.program.public_id, is_part=True)
    emails = work_emails(rows)
    items = [schemas.Membership.of(row, emails.get(row.account_id)) for row in rows]
    return Page(items=items, next=following)


@operations.makes("groups/{public:group_id}/members/", scope="groups:write", response=schemas.Membership)
def add_group_member(request: HttpRequest, group_id: PathId, body: NewMember) -> schemas.Membership:
    """Put the program's member with this work e-mail into the group. Twice is once."""
    group = get_object_or_404(groups_of(request), public_id=group_id)
    token = token_of(request)
    put = add_to_group(group=group, work_email=body.work_email, role=token.role, actor=token.made_by)
    rows = Membership.objects.select_related("account", "program").prefetch_related("groups")
    return schemas.Membership.of(rows.get(pk=put.pk), body.work_email)


@operations.ends("groups/{public:group_id}/members/{public:person_id}/", scope="groups:write")
def remove_group_member(request: HttpRequest, group_id: PathId, person_id: PathId) -> None:
    """Take a person out of the group. They stay in the program."""
    group = get_object_or_404(groups_of(request), public_id=group_id)
    member = get_object_or_404(Membership.objects.filter(groups=group), account__public_id=person_id)
    take_out_of_group(group=group, membership=member, actor=token_of(request).made_by)
