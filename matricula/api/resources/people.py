"""People: who is in, how far they have come, out and in again."""

from typing import Annotated, Literal

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from ninja import Query
from pydantic import Field

from matricula.api import schemas
from matricula.api.access import token_of
from matricula.api.errors import PersonMoved
from matricula.api.models import Token
from matricula.api.operations import Operations
from matricula.api.paging import Asked, Page, following, place_in
from matricula.api.readings import note_list_read, note_person_read
from matricula.api.resources.invitations import whole
from matricula.api.values import Line, PathId, PublicId
from matricula.invitations.invitations import invite_person_back
from matricula.learning.models import Enrolment
from matricula.learning.outline import with_progress
from matricula.programs.memberships import end_membership
from matricula.programs.models import Group, Membership
from matricula.reporting.models import ListReading
from matricula.reporting.people import invitations_of_person, moved_to, page_of_members, work_emails

operations = Operations(tags=["People"])


class PeopleAsked(Asked):
    q: Annotated[Line | None, Field(max_length=200, description="Parts of name or work e-mail.")] = None
    program: PublicId | None = None
    group: PublicId | None = None
    state: Literal["active", "left", "removed"] | None = None


def memberships_of(request: HttpRequest) -> "QuerySet[Membership]":
    rows = Membership.objects.shown_to(token_of(request).role)
    return rows.select_related("account", "program__organization").prefetch_related("groups")


def one_membership(request: HttpRequest, person_id: str, program_id: str) -> Membership:
    rows = memberships_of(request).filter(account__public_id=person_id, program__public_id=program_id)
    found = rows.first()
    if found is None:
        raise nobody_by(request, person_id)
    return found


def nobody_by(request: HttpRequest, person_id: str) -> PersonMoved | Http404:
    """Where the organization knew the person by this id, whoever asks is told the one they have now."""
    person = moved_to(token_of(request).role, person_id)
    return PersonMoved(person.public_id) if person else Http404()


@operations.reads("memberships/", scope="people:read", response=Page[schemas.Membership])
def list_memberships(request: HttpRequest, asked: Query[PeopleAsked]) -> Page[schemas.Membership]:
    """People in programs, the newest first; who is in two programs is listed twice."""
    token = token_of(request)
    wanted = asked.filters()
    if asked.group:
        wanted["group"] = str(number_of_group(token, asked.group))
    found = page_of_members(token.role, {**wanted, **place_in(asked)}, memberships_of(request), asked.limit)
    emails = work_emails(found.rows)
    note_list_read(
        request, ListReading.What.PEOPLE, asked.program, is_part=bool(asked.q or asked.group or asked.state)
    )
    items = [schemas.Membership.of(row, emails.get(row.account_id)) for row in found.rows]
    return Page(items=items, next=following(request, found), partial=found.partial)


def number_of_group(token: Token, public_id: str) -> int:
    """0, which is none, for a group that the organization does not have."""
    rows = Group.objects.filter(program__organization=token.organization, public_id=public_id)
    return rows.values_list("pk", flat=True).first() or 0


@operations.reads("people/{public:person_id}/", scope="people:read", response=schemas.PersonInFull)
def read_person(request: HttpRequest, person_id: PathId) -> schemas.PersonInFull:
    """One person: memberships, progress and, with the scope `invitations:read`, invitations."""
    memberships = list(memberships_of(request).filter(account__public_id=person_id))
    if not memberships:
        raise nobody_by(request, person_id)
    account = memberships[0].account
    note_person_read(request, account)
    work_email = work_emails(memberships[:1]).get(account.pk)
    enrolments = Enrolment.objects.of_members(memberships)
    return schemas.PersonInFull(
        **schemas.Person.of(account, work_email).model_dump(),
        memberships=[schemas.Membership.of(one, work_email) for one in memberships],
        progress=[schemas.Progress.of(one) for one in with_progress(enrolments)],
        invitations=invitations_told(request, memberships),
    )


def invitations_told(request: HttpRequest, memberships: list[Membership]) -> list[schemas.Invitation] | None:
    if "invitations:read" not in token_of(request).scopes:
        return None
    found = invitations_of_person(memberships[0].account, token_of(request).role)
    return [schemas.Invitation.of(one) for one in whole(found)]


@operations.ends("people/{public:person_id}/memberships/{public:program_id}/", scope="people:write")
def remove_person(request: HttpRequest, person_id: PathId, program_id: PathId) -> None:
    """Remove a person from a program: the seat is free. Progress and certificates stay theirs."""
    membership = one_membership(request, person_id, program_id)
    actor = token_of(request).made_by
    end_membership(membership=membership, actor=actor, state=Membership.State.REMOVED)


@operations.makes(
    "people/{public:person_id}/memberships/{public:program_id}/invitation/",
    scope="invitations:write",
    response=schemas.Invitation,
)
def invite_person_again(
    request: HttpRequest, person_id: PathId, program_id: PathId, earlier_groups: bool = False
) -> schemas.Invitation:
    """Invite a person again who left or was removed: the old membership comes back, with its progress. With
    `earlier_groups` its groups do, too; else the person is in none."""
    membership = one_membership(request, person_id, program_id)
    groups = membership.groups.all() if earlier_groups else ()
    made = invite_person_back(membership=membership, actor=token_of(request).made_by, groups=groups)
    return schemas.Invitation.of(made)
