"""What the page of one person shows: to whoever administers, and to the person, who reads the very same."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch

from matricula.accounts.models import Account
from matricula.invitations.models import Invitation
from matricula.invitations.queries import STATES, state_of
from matricula.learning.models import Enrolment
from matricula.learning.outline import with_progress
from matricula.organizations.models import Affiliation, Organization, Role
from matricula.programs.models import Group, Membership
from matricula.reporting.audit_log import in_words, newest_about
from matricula.reporting.people import certificates_of_person, invitations_of_person, sign_ins_of
from matricula.reporting.person_notes import notes_about, questions_about


def as_administrator(organization: Organization) -> Role:
    """The eyes of whoever administers all of it."""
    return Role(organization=organization, kind=Role.Kind.PROGRAM_ADMINISTRATOR)


def memberships_shown(role: Role, account_id: str) -> list[Membership]:
    """Of the account of this public id, with their groups, as far as the role sees them."""
    shown = Membership.objects.shown_to(role).filter(account__public_id=account_id)
    groups = Prefetch("groups", Group.objects.shown_to(role).order_by("name"))
    return list(shown.select_related("account", "program").prefetch_related(groups))


def invitations_shown(role: Role, account: Account) -> list[Invitation]:
    return list(invitations_of_person(account, role).select_related("program", "letter", "from_file"))


def person_page(role: Role, memberships: list[Membership], account: Account) -> dict[str, Any]:
    """Memberships, progress, what came of it, and what was done, as far as the role sees them."""
    organization = role.organization
    ties = Affiliation.objects.filter(organization=organization, account=account).live_first()
    enrolments = with_progress(Enrolment.objects.of_members(memberships))
    invitations = invitations_shown(role, account)
    about = [*memberships, *enrolments, *invitations, *ties]
    return {
        "organization": organization,
        "person": account,
        "notes": notes_about(role, account),
        "questions": questions_about(role, account),
        "memberships": memberships,
        "tie": ties.first(),
        "enrolments": enrolments,
        "certificates": certificates_of_person(memberships),
        "invitations": [(one, STATES[state_of(one)]) for one in invitations],
        "sign_ins": sign_ins_of(organization, account),
        "lines": in_words(newest_about(organization, about)),
        "role": Role.objects.filter(organization=organization, account=account).first(),
    }


@dataclass(frozen=True)
class Company:
    """An organization somebody is or was with, or administers. `until` is None as long as they are."""

    organization: Organization
    since: datetime
    until: datetime | None
    role: Role | None


Span = tuple[Organization, datetime, datetime | None]


def companies_of(account: Account) -> list[Company]:
    """By name, in three queries."""
    roles = {one.organization_id: one for one in account.roles.select_related("organization")}
    spans = [*spans_of(account), *((one.organization, one.since, None) for one in roles.values())]
    found: dict[int, list[Span]] = {}
    for one in spans:
        found.setdefault(one[0].pk, []).append(one)
    companies = [
        Company(
            organization=some[0][0],
            since=min(since for _, since, _ in some),
            until=last_end([until for _, _, until in some]),
            role=roles.get(pk),
        )
        for pk, some in found.items()
    ]
    return sorted(companies, key=lambda one: (one.organization.name.lower(), one.organization.pk))


def spans_of(account: Account) -> list[Span]:
    ties = Affiliation.objects.filter(account=account).select_related("organization")
    memberships = Membership.objects.filter(account=account, set_aside_at__isnull=True)
    return [
        *((one.organization, one.started_at, one.ended_at) for one in ties),
        *(
            (one.organization, one.joined_at, None if one.is_active else one.left_at or one.joined_at)
            for one in memberships.select_related("organization")
        ),
    ]


def last_end(ends: list[datetime | None]) -> datetime | None:
    """None where one has not ended."""
    known = [one for one in ends if one is not None]
    return max(known) if len(known) == len(ends) else None
