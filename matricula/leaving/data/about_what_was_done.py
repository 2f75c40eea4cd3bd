"""Who looked, what was done and by whom, letters, combined accounts.

A line of the audit log that is about another person says what was done, when, and for which company: no more.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from matricula.accounts.models import Account, EmailAddress
from matricula.audit.models import Entry
from matricula.credentials.models import Certificate
from matricula.invitations.models import Invitation
from matricula.joining.models import Arrival
from matricula.learning.models import Enrolment
from matricula.leaving.data.about_places import invitations_to
from matricula.leaving.data.sections import (
    DAY,
    FILLED,
    MOMENT,
    NUMBER,
    TEXT,
    YES_OR_NO,
    Row,
    Section,
    Whose,
    or_none,
)
from matricula.leaving.doubled.pairs import OF_TWO_ENTRIES
from matricula.leaving.models import Combining, CombiningLine, DataExport
from matricula.mail.models import Letter
from matricula.organizations.models import Affiliation, Organization
from matricula.programs.models import Membership
from matricula.reporting.audit_log import change_details
from matricula.reporting.audit_words import change_in_words
from matricula.reporting.models import ListReading, Reading
from matricula.reporting.people import invitations_of_person
from matricula.reporting.person_pages import as_administrator
from matricula.reporting.readings import list_readings_with


def lists_with(whose: Whose) -> "QuerySet[ListReading]":
    """What their pages of companies tell of lists, for each account and company."""
    found = Q(pk__in=[])
    for account in Account.objects.filter(pk__in=whose.accounts):
        ties = [rows.values("organization") for rows in (account.affiliations, account.memberships)]
        for organization in Organization.objects.filter(Q(pk__in=ties[0]) | Q(pk__in=ties[1])):
            memberships = account.memberships.filter(organization=organization, set_aside_at__isnull=True)
            invitations = invitations_of_person(account, as_administrator(organization))
            rows = list_readings_with(memberships, invitations, organization)
            found |= Q(pk__in=rows.order_by().values("pk"))
    return ListReading.objects.filter(found)


def fill_deeds(_whose: Whose, _keys: Sequence[Any], rows: list[Row]) -> None:
    name_organizations(_whose, _keys, rows)
    for row in rows:
        row["what"] = change_in_words(row["what"])


def name_organizations(_whose: Whose, _keys: Sequence[Any], rows: list[Row]) -> None:
    """Instead of their numbers, which are no keys."""
    ids = {row["organization"] for row in rows} - {None}
    names = dict(Organization.objects.filter(pk__in=ids).values_list("pk", "name"))
    for row in rows:
        row["organization"] = names.get(row["organization"])


def fill_deeds_of_all(whose: Whose, keys: Sequence[Any], rows: list[Row]) -> None:
    """What changed and who did it, as the page says it that the company sees of them."""
    entries = Entry.objects.select_related("actor").in_bulk(list(keys))
    for key, row in zip(keys, rows, strict=True):
        entry = entries.get(key)
        row["details"] = change_details(entry) if entry and entry.verb not in OF_TWO_ENTRIES else ""
        row["by"] = by_whom_in_words(whose, entry) if entry else ""
    fill_deeds(whose, keys, rows)


def by_whom_in_words(whose: Whose, entry: Entry) -> str:
    """Who acts for the site and for no company is not named."""
    if entry.actor_id in whose.accounts:
        return "you"
    return entry.who if entry.organization_id else ""


def entries_about(whose: Whose) -> "QuerySet[Entry]":
    """About rows of their own."""
    mine: dict[type[Any], QuerySet[Any]] = {
        Account: Account.objects.filter(pk__in=whose.accounts),
        EmailAddress: EmailAddress.objects.filter(account__in=whose.accounts),
        Affiliation: Affiliation.objects.filter(account__in=whose.accounts),
        Membership: Membership.objects.filter(account__in=whose.accounts),
        Enrolment: Enrolment.objects.filter(account__in=whose.accounts),
        Certificate: Certificate.objects.filter(account__in=whose.accounts),
        Invitation: Invitation.objects.filter(accepted_by__in=whose.accounts),
        Arrival: Arrival.objects.filter(account__in=whose.accounts),
        Combining: combinings_of(whose),
    }
    about = Q(pk__in=[])
    for model, rows in mine.items():
        ids = list(rows.values_list("pk", flat=True))
        about |= Q(subject_type=model._meta.label_lower, subject_id__in=ids)
    return Entry.objects.filter(about)


def combinings_of(whose: Whose) -> "QuerySet[Combining]":
    """Of one that was undone each side still knows."""
    return Combining.objects.filter(Q(kept__in=whose.accounts) | Q(given_up__in=whose.accounts))


def letters_to(whose: Whose) -> "QuerySet[Letter]":
    """To addresses of theirs, since they proved them, and those of their invitations."""
    found = Q(pk__in=[])
    for one in EmailAddress.objects.filter(account__in=whose.accounts, confirmed_at__isnull=False):
        found |= Q(to=one.address, queued_at__gte=one.confirmed_at)
    theirs = invitations_to(whose).filter(letter__isnull=False).values("letter")
    return Letter.objects.filter(found | Q(pk__in=theirs))


SECTIONS = (
    Section(
        "readings",
        "Who opened the page that a company has of you, or read it by a program.",
        {
            "organization": ("organization__name", TEXT),
            "reader": ("reader__full_name", or_none(TEXT)),
            "role": ("role", TEXT),
            "how": ("how", TEXT),
            "through": ("through", TEXT),
            "day": ("day", DAY),
            "first_at": ("first_at", MOMENT),
        },
        lambda whose: Reading.objects.filter(person__in=whose.accounts),
        of=("reporting_reading.person_id",),
    ),
    Section(
        "list_readings",
        "Lists and files in which you stood when somebody took them.",
        {
            "organization": ("organization__name", TEXT),
            "what": ("what", TEXT),
            "of": ("name", TEXT),
            "people": ("people", or_none(NUMBER)),
            "only_a_part": ("is_part", YES_OR_NO),
            "reader": ("reader__full_name", or_none(TEXT)),
            "role": ("role", TEXT),
            "how": ("how", TEXT),
            "through": ("through", TEXT),
            "day": ("day", DAY),
            "first_at": ("first_at", MOMENT),
        },
        lists_with,
    ),
    Section(
        "done_about_you",
        "What the audit log says of your account, memberships, courses and certificates.",
        {
            "at": ("at", MOMENT),
            "what": ("verb", TEXT),
            "details": (FILLED, TEXT),
            "by": (FILLED, TEXT),
            "organization": ("organization_id", or_none(TEXT)),
        },
        entries_about,
        fill=fill_deeds_of_all,
    ),
    Section(
        "done_by_you",
        "What the audit log says you did. Where it was about somebody else, it does not say whom.",
        {
            "at": ("at", MOMENT),
            "what": ("verb", TEXT),
            "through": ("through", or_none(TEXT)),
            "organization": ("organization_id", or_none(TEXT)),
        },
        lambda whose: Entry.objects.filter(actor__in=whose.accounts),
        of=("audit_entry.actor_id",),
        fill=fill_deeds,
    ),
    Section(
        "letters",
        "Letters to you that are still on record: what kind, when, and what became of them.",
        {
            "kind": ("kind", TEXT),
            "to": ("to", TEXT),
            "language": ("language", TEXT),
            "organization": ("organization_id", or_none(TEXT)),
            "asked_at": ("queued_at", MOMENT),
            "state": ("state", TEXT),
            "ended_at": ("ended_at", or_none(MOMENT)),
        },
        letters_to,
        fill=name_organizations,
        is_table=True,
    ),
    Section(
        "combinings",
        "Accounts of yours that were made one, and whether that was undone.",
        {
            "id": ("public_id", TEXT),
            "kept": ("kept__public_id", TEXT),
            "given_up": ("given_up__public_id", TEXT),
            "made_at": ("made_at", MOMENT),
            "undo_until": ("undo_until", MOMENT),
            "undone_at": ("undone_at", or_none(MOMENT)),
            "final_at": ("final_at", or_none(MOMENT)),
            "network": ("network", TEXT),
            "browser": ("browser", TEXT),
        },
        combinings_of,
        of=("leaving_combining.kept_id", "leaving_combining.given_up_id"),
    ),
    Section(
        "combining_lines",
        "What became of each row when accounts were made one. What it held is in the other sections.",
        {
            "combining": ("combining__public_id", TEXT),
            "table": ("table_name", TEXT),
            "what": ("act", TEXT),
            "reason": ("reason", TEXT),
            "undone": ("undone", TEXT),
            "why": ("why", TEXT),
        },
        lambda whose: CombiningLine.objects.filter(combining__in=combinings_of(whose)),
    ),
    Section(
        "data_exports",
        "When you had your data put together.",
        {
            "asked_at": ("asked_at", MOMENT),
            "ready_at": ("ready_at", or_none(MOMENT)),
            "state": ("state", TEXT),
        },
        lambda whose: DataExport.objects.filter(account__in=whose.accounts),
        of=("leaving_dataexport.account_id",),
    ),
)
