"""Invitations: found, made, sent again, withdrawn, corrected."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Literal, get_args

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query
from pydantic import BaseModel, Field

from matricula.api import schemas
from matricula.api.access import token_of
from matricula.api.lookups import TermsGiven, row_by_id, terms_by_ids
from matricula.api.models import Token
from matricula.api.operations import Operations
from matricula.api.paging import Asked, Page, following, place_in
from matricula.api.readings import note_list_read
from matricula.api.values import Address, Given, Language, Line, PathId, PersonName, PublicId
from matricula.invitations.errors import AlreadyInvited, AlreadyMember, InvitationAnswered
from matricula.invitations.invitations import (
    correct_address,
    invite_person,
    renew_invitation,
    revoke_invitation,
)
from matricula.invitations.models import Invitation
from matricula.invitations.queries import page_of_invitations
from matricula.mail.names_and_addresses import read_address, read_name
from matricula.reporting.models import ListReading

operations = Operations(tags=["Invitations"])
MOST = 1000
MOST_CHARACTERS = 10_000
"""Of what is told piece by piece, however long it is."""


class InvitationsAsked(Asked):
    q: Annotated[Line | None, Field(max_length=200, description="Parts of the name or the address.")] = None
    state: schemas.InvitationState | None = None
    program: PublicId | None = None


class Invited(TermsGiven):
    """What an invitation is to."""

    program: PublicId
    language: Language = ""


class NewInvitation(Invited):
    address: Address
    name: PersonName = ""


class Invitee(Given):
    """Whatever is wrong with one is told as its outcome."""

    address: Annotated[str, Field(max_length=MOST_CHARACTERS, examples=["ada@nordlicht.example"])]
    name: Annotated[str, Field(max_length=MOST_CHARACTERS, examples=["Ada Okafor"])] = ""


class InvitationBatch(Invited):
    people: Annotated[list[Invitee], Field(min_length=1, max_length=MOST)]


Became = Literal["invited", "already_invited", "already_member", "refused"]


class Outcome(BaseModel):
    """What became of one of the people, in the order they were named."""

    address: str
    outcome: Became
    id: Annotated[str | None, Field(description="Of the invitation that was made.")] = None
    detail: Annotated[str | None, Field(description="Why it was refused.")] = None


class Outcomes(BaseModel):
    """The counts, and each outcome."""

    invited: int
    already_invited: int
    already_member: int
    refused: int
    items: list[Outcome]


class NewAddress(Given):
    address: Address


def invitations_of(request: HttpRequest) -> "QuerySet[Invitation]":
    rows = Invitation.objects.filter(program__organization=token_of(request).organization)
    return whole(rows)


def whole(rows: "QuerySet[Invitation]") -> "QuerySet[Invitation]":
    """With everything an answer shows, in a constant number of queries."""
    known = ("program__organization", "letter", "course", "specialization", "from_file")
    return rows.select_related(*known).prefetch_related("groups")


def live_invitation(request: HttpRequest, invitation_id: str) -> Invitation:
    """One that may still be answered. Raises Http404, InvitationAnswered."""
    found = get_object_or_404(invitations_of(request), public_id=invitation_id)
    if found.state not in Invitation.LIVE:
        raise InvitationAnswered
    return found


def inviting(token: Token, given: Invited) -> Callable[..., Invitation | None]:
    """`invite_person`, to what was given. Raises UnknownReference."""
    programs = token.organization.programs.select_related("organization")
    program = row_by_id(programs, given.program, "#/program")
    terms = terms_by_ids(program, given, given.language)
    return partial(invite_person, program=program, invited_by=token.made_by, terms=terms)


@operations.reads("invitations/", scope="invitations:read", response=Page[schemas.Invitation])
def list_invitations(request: HttpRequest, asked: Query[InvitationsAsked]) -> Page[schemas.Invitation]:
    """Invitations, the newest first; filtered by state and program, searched by name and address."""
    wanted = asked.filters()
    shown = whole(Invitation.objects.all())
    found = page_of_invitations(
        token_of(request).organization, {**wanted, **place_in(asked)}, shown, asked.limit
    )
    note_list_read(request, ListReading.What.INVITATIONS, asked.program, is_part=bool(asked.q or asked.state))
    items = [schemas.Invitation.of(row) for row in found.rows]
    return Page(items=items, next=following(request, found), partial=found.partial)


@operations.makes("invitations/", scope="invitations:write", response=schemas.Invitation)
def create_invitation(request: HttpRequest, body: NewInvitation) -> schemas.Invitation:
    """Invite one person; the letter is on its way with the answer."""
    made = inviting(token_of(request), body)(address=body.address, name=body.name)
    if made is None:
        raise AlreadyInvited
    return schemas.Invitation.of(made)


@operations.makes("invitations/batch/", scope="invitations:write", response=Outcomes, status=200)
def create_invitation_batch(request: HttpRequest, body: InvitationBatch) -> Outcomes:
    """Invite up to 1,000 people in one request. What is wrong with one never stops the others."""
    invite = inviting(token_of(request), body)
    items = [invited(one, invite) for one in body.people]
    counts = {name: sum(one.outcome == name for one in items) for name in get_args(Became)}
    return Outcomes(**counts, items=items)


def invited(one: Invitee, invite: Callable[..., Invitation | None]) -> Outcome:
    try:
        address, name = read_address(one.address), read_name(one.name)
    except ValidationError as refusal:
        return Outcome(address=one.address, outcome="refused", detail=refusal.messages[0])
    try:
        made = invite(address=address, name=name)
    except AlreadyMember:
        return Outcome(address=one.address, outcome="already_member")
    outcome: Became = "invited" if made else "already_invited"
    return Outcome(address=one.address, outcome=outcome, id=made.public_id if made else None)


@operations.reads(
    "invitations/{public:invitation_id}/", scope="invitations:read", response=schemas.Invitation
)
def read_invitation(request: HttpRequest, invitation_id: PathId) -> schemas.Invitation:
    """One invitation and what became of it."""
    return schemas.Invitation.of(get_object_or_404(invitations_of(request), public_id=invitation_id))


@operations.makes(
    "invitations/{public:invitation_id}/letters/",
    scope="invitations:write",
    response=schemas.Invitation,
    status=202,
)
def send_invitation_again(request: HttpRequest, invitation_id: PathId) -> schemas.Invitation:
    """A new letter with a new link; links sent before end. An expired invitation is open once more."""
    invitation = live_invitation(request, invitation_id)
    renew_invitation(invitation=invitation, actor=token_of(request).made_by)
    return schemas.Invitation.of(invitations_of(request).get(pk=invitation.pk))


@operations.makes(
    "invitations/{public:invitation_id}/withdrawal/",
    scope="invitations:write",
    response=schemas.Invitation,
    status=200,
)
def withdraw_invitation(request: HttpRequest, invitation_id: PathId) -> schemas.Invitation:
    """Withdraw an invitation: its link stops working."""
    invitation = live_invitation(request, invitation_id)
    if not revoke_invitation(invitation=invitation, actor=token_of(request).made_by):
        raise InvitationAnswered
    return schemas.Invitation.of(invitations_of(request).get(pk=invitation.pk))


@operations.makes(
    "invitations/{public:invitation_id}/address/", scope="invitations:write", response=schemas.Invitation
)
def correct_invitation(request: HttpRequest, invitation_id: PathId, body: NewAddress) -> schemas.Invitation:
    """Correct the address: a new invitation takes the place of this one, and is the answer."""
    invitation = live_invitation(request, invitation_id)
    made = correct_address(invitation=invitation, address=body.address, actor=token_of(request).made_by)
    return schemas.Invitation.of(made)
