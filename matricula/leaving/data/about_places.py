"""Companies and programs: ties, roles, memberships, and how one came there."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from matricula.invitations.models import Invitation
from matricula.joining.models import Arrival, Request
from matricula.leaving.data.sections import (
    FILLED,
    MOMENT,
    TEXT,
    TEXTS,
    YES_OR_NO,
    Row,
    Section,
    Whose,
    or_none,
)
from matricula.organizations.models import Affiliation, Role
from matricula.programs.models import Group, Membership
from matricula.roles.models import Appointment

NOTE = {
    "type": "object",
    "description": "What a file of the company said of you, as its page of you shows it.",
}


def fill_groups(_whose: Whose, keys: Sequence[Any], rows: list[Row]) -> None:
    named: dict[int, list[str]] = defaultdict(list)
    found = Group.objects.filter(memberships__id__any_of=list(keys)).order_by("name")
    for membership, name in found.values_list("memberships", "name"):
        named[membership].append(name)
    for key, row in zip(keys, rows, strict=True):
        row["groups"] = named[key]


def invitations_to(whose: Whose) -> "QuerySet[Invitation]":
    """Those they came by, and those to a mailbox of theirs that nobody else accepted: the ones that can still
    be answered, and those of the time since it has been theirs."""
    theirs = [one.canonical for one in whose.mailboxes]
    waiting = Q(canonical__in=theirs, state__in=Invitation.LIVE)
    unanswered = Q(waiting | whose.reached("canonical", "created_at"), accepted_by=None)
    return Invitation.objects.filter(Q(accepted_by__in=whose.accounts) | unanswered)


def fill_notes(whose: Whose, keys: Sequence[Any], rows: list[Row]) -> None:
    """Only where the page that the company sees of them says it, too."""
    came_by = Arrival.objects.filter(
        invitation=OuterRef("pk"), account__in=whose.accounts, finished_at__isnull=False
    )
    seen = Invitation.objects.filter(
        Q(Exists(came_by)) | Q(canonical__in=whose.work_addresses), pk__any_of=list(keys)
    )
    notes = dict(seen.values_list("pk", "note"))
    for key, row in zip(keys, rows, strict=True):
        row["note"] = notes.get(key, {})


def fill_answers(whose: Whose, keys: Sequence[Any], rows: list[Row]) -> None:
    accepted = set(
        Appointment.objects.filter(pk__in=keys, accepted_by__in=whose.accounts).values_list("pk", flat=True)
    )
    for key, row in zip(keys, rows, strict=True):
        row["accepted"] = key in accepted


def offers_to(whose: Whose) -> "QuerySet[Appointment]":
    mine = Q(whose.reached("canonical", "offered_at"), accepted_by=None)
    return Appointment.objects.filter(Q(accepted_by__in=whose.accounts) | mine)


def fill_door(_whose: Whose, keys: Sequence[Any], rows: list[Row]) -> None:
    """How a company calls a link of its own is its own."""
    doors = dict(Arrival.objects.filter(pk__in=keys).values_list("pk", "direct_link"))
    invited = set(Arrival.objects.filter(pk__in=keys, invitation__isnull=False).values_list("pk", flat=True))
    for key, row in zip(keys, rows, strict=True):
        other = "direct link" if doors.get(key) else "company sign-in"
        row["came_by"] = "invitation" if key in invited else other


SECTIONS = (
    Section(
        "affiliations",
        "Companies that know you, by which work e-mail, since when and until when.",
        {
            "account": ("account__public_id", TEXT),
            "organization": ("organization__name", TEXT),
            "work_email": ("work_email", TEXT),
            "number_there": ("external_id", or_none(TEXT)),
            "started_at": ("started_at", MOMENT),
            "ended_at": ("ended_at", or_none(MOMENT)),
            "leaves_at": ("leaving_at", or_none(MOMENT)),
            "came_back_at": ("back_at", or_none(MOMENT)),
        },
        lambda whose: Affiliation.objects.filter(account__in=whose.accounts),
        of=("organizations_affiliation.account_id",),
        is_table=True,
    ),
    Section(
        "memberships",
        "Programs you are or were in, with your groups.",
        {
            "account": ("account__public_id", TEXT),
            "organization": ("organization__name", TEXT),
            "program": ("program__name", TEXT),
            "state": ("state", TEXT),
            "groups": (FILLED, TEXTS),
            "joined_at": ("joined_at", MOMENT),
            "left_at": ("left_at", or_none(MOMENT)),
            "came_back_at": ("came_back_at", or_none(MOMENT)),
            "set_aside_at": ("set_aside_at", or_none(MOMENT)),
        },
        lambda whose: Membership.objects.filter(account__in=whose.accounts),
        of=("programs_membership.account_id",),
        fill=fill_groups,
        is_table=True,
    ),
    Section(
        "roles",
        "What you may do in the console of a company.",
        {
            "organization": ("organization__name", TEXT),
            "role": ("kind", TEXT),
            "since": ("since", MOMENT),
        },
        lambda whose: Role.objects.filter(account__in=whose.accounts),
        of=("organizations_role.account_id",),
    ),
    Section(
        "managed_groups",
        "Groups whose people you look after.",
        {
            "organization": ("group__program__organization__name", TEXT),
            "program": ("group__program__name", TEXT),
            "group": ("group__name", TEXT),
        },
        lambda whose: Group.managers.through.objects.filter(account__in=whose.accounts),
        of=("programs_group_managers.account_id",),
    ),
    Section(
        "offered_roles",
        "Roles that companies offered you.",
        {
            "organization": ("organization__name", TEXT),
            "address": ("address", TEXT),
            "role": ("kind", TEXT),
            "accepted": (FILLED, YES_OR_NO),
            "offered_at": ("offered_at", MOMENT),
            "open_until": ("expires_at", MOMENT),
            "ended_at": ("ended_at", or_none(MOMENT)),
        },
        offers_to,
        of=("roles_appointment.accepted_by_id",),
        fill=fill_answers,
    ),
    Section(
        "invitations",
        "Invitations to programs that came to you.",
        {
            "organization": ("organization__name", TEXT),
            "program": ("program__name", TEXT),
            "address": ("address", TEXT),
            "name": ("name", TEXT),
            "language": ("language", TEXT),
            "state": ("standing", TEXT),
            "course": ("course__title", or_none(TEXT)),
            "specialization": ("specialization__title", or_none(TEXT)),
            "note": (FILLED, NOTE),
            "made_at": ("created_at", MOMENT),
            "sent_at": ("sent_at", or_none(MOMENT)),
            "opened_at": ("opened_at", or_none(MOMENT)),
            "answered_at": ("answered_at", or_none(MOMENT)),
            "open_until": ("expires_at", MOMENT),
        },
        invitations_to,
        of=("invitations_invitation.accepted_by_id",),
        fill=fill_notes,
        is_table=True,
    ),
    Section(
        "arrivals",
        "How you came to programs: by an invitation, a direct link or a company's sign-in.",
        {
            "organization": ("program__organization__name", TEXT),
            "program": ("program__name", TEXT),
            "came_by": (FILLED, TEXT),
            "work_email": ("work_email", TEXT),
            "email_of_sign_in": ("asserted_email", TEXT),
            "name_of_sign_in": ("asserted_name", TEXT),
            "began_at": ("created_at", MOMENT),
            "finished_at": ("finished_at", or_none(MOMENT)),
        },
        lambda whose: Arrival.objects.filter(account__in=whose.accounts),
        of=("joining_arrival.account_id",),
        fill=fill_door,
    ),
    Section(
        "requests",
        "What was asked of administrators for an address of yours, and what they answered.",
        {
            "organization": ("program__organization__name", TEXT),
            "program": ("program__name", TEXT),
            "address": ("address", TEXT),
            "why": ("reason", TEXT),
            "asked_at": ("asked_at", MOMENT),
            "answer": ("answer", TEXT),
            "answered_at": ("answered_at", or_none(MOMENT)),
        },
        lambda whose: Request.objects.filter(whose.reached("canonical", "asked_at")),
    ),
)
