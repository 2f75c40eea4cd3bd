"""Finding people: members by name or work e-mail, program, group and state; and how one came here."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from matricula.accounts.models import Account
from matricula.audit.models import Entry
from matricula.catalog.models import Specialization
from matricula.credentials.models import Certificate
from matricula.db.paging import NEWEST, OLDEST, PAGE_SIZE, KeysetPage, Order, Total, count_some, parse_id
from matricula.db.search import SearchedTable, count_found, has_all_words, page_of_found, search_words
from matricula.identities.models import Identity
from matricula.invitations.models import Invitation
from matricula.joining.models import Arrival
from matricula.learning.models import Enrolment
from matricula.organizations.models import Affiliation, Organization, Role
from matricula.programs.counting import counted_numbers
from matricula.programs.models import NAME, Group, Membership, Program

TIES = Affiliation.objects.filter(organization=OuterRef("organization"), account=OuterRef("account"))
WORK_EMAIL = Subquery(TIES.live_first().values("work_email")[:1])
"""A member's: of the live tie, else of the one that ended last."""
SHOWN = ("state", "joined_at", "account_id")
BESIDE = {
    "program_name": F("program__name"),
    "full_name": F("account__full_name"),
    "account_public_id": F("account__public_id"),
    "work_email": WORK_EMAIL,
}
"""What a list shows of other tables."""
LEARNED = {"started": "courses_started__gt", "completed": "courses_completed__gt"}
ORDERS = {
    "": NEWEST,
    "oldest": OLDEST,
    "name": Order(NAME, descending=False),
    "name-back": Order(NAME),
}
"""By `sort`."""


@cache
def shown_members() -> QuerySet[Any]:
    """The columns of a list by their names: whole objects would take longer to make than to read."""
    return Membership.objects.annotate(**BESIDE).values_list("pk", *SHOWN, *BESIDE, named=True)


def listed_members(role: Role, asked: Mapping[str, str]) -> QuerySet[Membership]:
    """`asked`: program (public id), group (id), state, learned ("started" or "completed" any course)."""
    rows = Membership.objects.shown_to(role).select_related("account", "program")
    if asked.get("program"):
        programs = Program.objects.shown_to(role).filter(public_id=asked["program"])
        rows = rows.filter(program__in=list(programs.values_list("pk", flat=True)))
    group = parse_id(asked.get("group"))
    if group is not None:
        groups = Group.objects.shown_to(role).filter(pk=group)
        rows = rows.filter(groups__in=list(groups.values_list("pk", flat=True)))
    if asked.get("state") in Membership.State.values:
        rows = rows.filter(state=asked["state"])
    if asked.get("learned") in LEARNED:
        rows = rows.filter(**{LEARNED[asked["learned"]]: 0})
    return rows


def matching_members(role: Role, asked: Mapping[str, str]) -> QuerySet[Membership]:
    """All that fit `asked`: program, group, state, and q, words of name or work e-mail. A page of them
    is `page_of_members`.

    Personal addresses are nobody's business here.
    """
    return listed_members(role, asked).filter(has_all_words(search_words(asked.get("q", ""))))


def page_of_members(
    role: Role,
    asked: Mapping[str, str],
    shown: QuerySet[Any] | None = None,
    size: int = PAGE_SIZE,
) -> KeysetPage[Any]:
    """The newest that fit, or those after or before one, read from `shown`, or as `shown_members`."""
    read = shown_members() if shown is None else shown
    rows, order = listed_members(role, asked), ORDERS.get(asked.get("sort", ""), NEWEST)
    return page_of_found(rows, asked, asked.get("q", ""), searched_members(role), read, size, order)


def searched_members(role: Role) -> SearchedTable:
    return SearchedTable("programs_membership", role.organization_id)


def total_of(role: Role, asked: Mapping[str, str]) -> Total:
    """How many fit `asked`: what is kept of programs and states is read, the rest counted, up to a point."""
    if search_words(asked.get("q", "")):
        return count_found(listed_members(role, asked), asked["q"], searched_members(role))
    if role.kind == Role.Kind.GROUP_MANAGER or asked.get("group"):
        return count_some(listed_members(role, asked))
    programs = Program.objects.shown_to(role)
    if asked.get("program"):
        programs = programs.filter(public_id=asked["program"])
    ids = programs.values_list("pk", flat=True)
    learned = asked.get("learned", "")
    if learned in LEARNED and not asked.get("state"):
        return Total(counted_numbers(ids, learned)[learned].get("", 0))
    if learned in LEARNED:
        return count_some(listed_members(role, asked))
    numbers = counted_numbers(ids, "member_state")["member_state"]
    if asked.get("state") in Membership.State.values:
        return Total(numbers.get(asked["state"], 0))
    return Total(sum(numbers.values()))


def number_of_members(role: Role, asked: Mapping[str, str]) -> int:
    """How many fit `asked`, every one of them counted."""
    total = total_of(role, asked)
    return matching_members(role, asked).count() if total.at_least else total.n


def group_names(role: Role, memberships: list[Any]) -> dict[int, str]:
    """By membership: the names of its groups, as far as they are shown to the role."""
    shown = Group.objects.shown_to(role).filter(memberships__id__any_of=[one.pk for one in memberships])
    found: dict[int, list[str]] = defaultdict(list)
    for membership, name in shown.order_by("name").values_list("memberships", "name"):
        found[membership].append(name)
    return {membership: ", ".join(names) for membership, names in found.items()}


def work_emails(memberships: list[Membership]) -> dict[int, str]:
    """By account."""
    rows = Membership.objects.filter(pk__any_of=[one.pk for one in memberships])
    return dict(rows.values_list("account_id", WORK_EMAIL))


MOVED = ("membership.moved", "membership.set_aside")


def moved_to(role: Role, account_id: str) -> Account | None:
    """Whom somebody is found as since they gave the account of this public id up for another; None where they
    were never known by it."""
    gone = Account.objects.filter(public_id=account_id).first()
    if gone is None or gone.combined_into is None:
        return None
    person = who_took_in(gone)
    told = Entry.objects.filter(organization_id=role.organization_id, verb__in=MOVED)
    shown = Membership.objects.shown_to(role).filter(account=person)
    return person if told.filter(before__account=gone.pk).exists() and shown.exists() else None


def who_took_in(account: Account) -> Account:
    """The account in which this one is now, at any depth. Only a live one takes in: no circle."""
    while account.combined_into is not None:
        account = account.combined_into
    return account


def invitations_of_person(account: Account, role: Role) -> QuerySet[Invitation]:
    """A person's: those they came by, and those to a work e-mail they have or had.

    One that entering by another door settled says nothing here: to which of their other addresses it went is
    nobody's business but theirs.

    To a group manager, those to the programs where the person is in a group of theirs.
    """
    ties = Affiliation.objects.filter(organization=role.organization_id, account=account)
    addresses = list(ties.exclude(canonical="").values_list("canonical", flat=True))
    came_by = Arrival.objects.filter(invitation=OuterRef("pk"), account=account, finished_at__isnull=False)
    theirs = Q(Exists(came_by), accepted_by=account) | Q(canonical__in=addresses)
    rows = Invitation.objects.filter(theirs, organization=role.organization_id)
    if role.kind == Role.Kind.GROUP_MANAGER:
        shown = Membership.objects.shown_to(role).filter(account=account)
        rows = rows.filter(program__in=shown.values("program"))
    return rows.order_by("-id")


def certificates_of_person(memberships: list[Membership]) -> QuerySet[Certificate]:
    """What somebody was awarded for what counts for these memberships of theirs, or for a Specialization of
    their programs; the newest first.
    """
    courses = Q(enrolment__in=Enrolment.objects.of_members(memberships))
    series = Specialization.objects.filter(programs__in=[one.program_id for one in memberships])
    specializations = Q(specialization_enrolment__specialization__in=series)
    theirs = Certificate.objects.filter(account__in={one.account_id for one in memberships})
    organizations = {one.organization_id for one in memberships}
    rows = theirs.filter(courses | specializations, organization__in=organizations)
    return rows.order_by("-issued_at", "-pk")


def sign_ins_of(organization: Organization, account: Account) -> QuerySet[Identity]:
    """The organization's sign-ins that are or were linked with somebody, the newest first."""
    rows = Identity.objects.filter(connection__organization=organization, account=account)
    return rows.select_related("connection").order_by("-pk")
