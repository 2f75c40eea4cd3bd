"""Administrators and their roles; offers of roles.

Only owners change roles: a token does it for the owner who made it, and no longer than they are one.
Whatever makes an owner, or touches one, asks for OWNERS besides.
"""

from typing import Annotated

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query
from pydantic import Field

from matricula.accounts.models import Account
from matricula.api import schemas
from matricula.api.access import token_of
from matricula.api.errors import ScopeMissing
from matricula.api.lookups import rows_by_ids
from matricula.api.operations import Operations
from matricula.api.paging import Asked, Page, page_of
from matricula.api.values import Address, Given, PathId, PublicId
from matricula.organizations.errors import NotOwner
from matricula.organizations.models import Role
from matricula.organizations.ownership import hold_roles
from matricula.programs.models import Group
from matricula.roles.appointments import offer_again, offer_role, withdraw_offer
from matricula.roles.errors import OfferEnded
from matricula.roles.models import Appointment
from matricula.roles.queries import offers_of, with_facts
from matricula.roles.roles import change_role, remove_role

operations = Operations(tags=["Administrators"])
READ, WRITE, OWNERS = "administrators:read", "administrators:write", "owners:write"
Groups = Annotated[list[PublicId], Field(max_length=500, description="What a group manager manages.")]


class NewOffer(Given):
    address: Address
    role: Annotated[schemas.RoleKind, Field(examples=["viewer"])]
    groups: Groups = []


class RoleChange(Given):
    role: Annotated[schemas.RoleKind, Field(examples=["viewer"])] = None  # type: ignore[assignment]
    groups: Groups = None  # type: ignore[assignment]


def holder(request: HttpRequest) -> Account:
    """Whose token changes roles: nobody else changes any until it is done. Raises NotOwner.

    A token of the shell has nobody behind it, and one whose maker's account is gone looks the same.
    """
    token = token_of(request)
    if token.made_by is None:
        raise NotOwner
    hold_roles(token.organization_id, actor=token.made_by)
    return token.made_by


def spare_owners(request: HttpRequest, *kinds: str) -> None:
    """Raises ScopeMissing when a role that is, or would become, an owner's is out of the token's reach."""
    if Role.Kind.OWNER in kinds and OWNERS not in token_of(request).scopes:
        raise ScopeMissing(OWNERS)


def roles_of(request: HttpRequest) -> "QuerySet[Role]":
    return token_of(request).organization.roles.select_related("account", "organization")


def waiting_of(request: HttpRequest) -> "QuerySet[Appointment]":
    return offers_of(token_of(request).organization).select_related("organization")


def groups_of(request: HttpRequest) -> "QuerySet[Group]":
    return Group.objects.filter(program__organization=token_of(request).organization)


def shape_of(request: HttpRequest, role: Role) -> schemas.Administrator:
    (row,) = with_facts(token_of(request).organization, [role])
    return schemas.Administrator.of(row)


@operations.reads("administrators/", scope=READ, response=Page[schemas.Administrator])
def list_administrators(request: HttpRequest, asked: Query[Asked]) -> Page[schemas.Administrator]:
    """Everybody with a role, the newest first."""
    rows, following = page_of(request, roles_of(request), asked)
    found = with_facts(token_of(request).organization, rows)
    return Page(items=[schemas.Administrator.of(one) for one in found], next=following)


@operations.reads("administrators/{public:person_id}/", scope=READ, response=schemas.Administrator)
def read_administrator(request: HttpRequest, person_id: PathId) -> schemas.Administrator:
    """One person's role."""
    return shape_of(request, get_object_or_404(roles_of(request), account__public_id=person_id))


@operations.changes("administrators/{public:person_id}/", scope=WRITE, response=schemas.Administrator)
def change_administrator(request: HttpRequest, person_id: PathId, body: RoleChange) -> schemas.Administrator:
    """Give another role. Making or unmaking an owner asks for `owners:write`, too; the last owner stays."""
    actor = holder(request)
    role = get_object_or_404(roles_of(request), account__public_id=person_id)
    kind = body.role or role.kind
    spare_owners(request, role.kind, kind)
    managed = groups_of(request).filter(managers=role.account)
    groups = (
        list(managed) if body.groups is None else rows_by_ids(groups_of(request), body.groups, "#/groups")
    )
    if body.model_fields_set:
        change_role(role=role, kind=kind, groups=groups, actor=actor)
    return shape_of(request, roles_of(request).get(pk=role.pk))


@operations.ends("administrators/{public:person_id}/", scope=WRITE)
def remove_administrator(request: HttpRequest, person_id: PathId) -> None:
    """Take a role away. An owner's asks for `owners:write`, too; the last owner stays."""
    actor = holder(request)
    role = get_object_or_404(roles_of(request), account__public_id=person_id)
    spare_owners(request, role.kind)
    remove_role(role=role, actor=actor)


@operations.reads("role-offers/", scope=READ, response=Page[schemas.RoleOffer])
def list_role_offers(request: HttpRequest, asked: Query[Asked]) -> Page[schemas.RoleOffer]:
    """Offers that wait for an answer, the newest first."""
    rows, following = page_of(request, waiting_of(request), asked)
    return Page(items=[schemas.RoleOffer.of(row) for row in rows], next=following)


@operations.makes("role-offers/", scope=WRITE, response=schemas.RoleOffer)
def create_role_offer(request: HttpRequest, body: NewOffer) -> schemas.RoleOffer:
    """Offer a role by letter. An owner's asks for `owners:write`, too. Nobody has it before they accept."""
    actor = holder(request)
    spare_owners(request, body.role)
    made = offer_role(
        organization=token_of(request).organization,
        address=body.address,
        kind=body.role,
        groups=rows_by_ids(groups_of(request), body.groups, "#/groups"),
        actor=actor,
    )
    return schemas.RoleOffer.of(made)


@operations.reads("role-offers/{public:offer_id}/", scope=READ, response=schemas.RoleOffer)
def read_role_offer(request: HttpRequest, offer_id: PathId) -> schemas.RoleOffer:
    """One offer. Not found once it is answered, withdrawn or too old."""
    return schemas.RoleOffer.of(get_object_or_404(waiting_of(request), public_id=offer_id))


@operations.makes(
    "role-offers/{public:offer_id}/letters/", scope=WRITE, response=schemas.RoleOffer, status=202
)
def send_role_offer_again(request: HttpRequest, offer_id: PathId) -> schemas.RoleOffer:
    """A new letter with a new link, and a new fortnight."""
    actor = holder(request)
    offer = get_object_or_404(waiting_of(request), public_id=offer_id)
    spare_owners(request, offer.kind)
    offer_again(appointment=offer, actor=actor)
    return schemas.RoleOffer.of(waiting_of(request).get(pk=offer.pk))


@operations.ends("role-offers/{public:offer_id}/", scope=WRITE)
def withdraw_role_offer(request: HttpRequest, offer_id: PathId) -> None:
    """Withdraw an offer: its link opens nothing any more."""
    actor = holder(request)
    offer = get_object_or_404(waiting_of(request), public_id=offer_id)
    spare_owners(request, offer.kind)
    if not withdraw_offer(appointment=offer, actor=actor):
        raise OfferEnded
