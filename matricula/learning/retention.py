"""People who do nothing for a long time leave an organization, if it says so: told before, and free to stay.

Whoever is away for nearly as long as the owners say is told, and leaves `NOTICE` days later unless they log
in or learn before. Their account, progress and certificates stay theirs.
"""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from matricula.accounts.mailboxes import hold_account
from matricula.accounts.models import EmailAddress, Session
from matricula.audit.models import record
from matricula.db.days import end_of_day_in
from matricula.identities.models import Identity
from matricula.learning.models import Enrolment, Progress, SpecializationEnrolment
from matricula.mail.models import Letter
from matricula.organizations.models import Affiliation, Organization, Role
from matricula.organizations.retention_rules import Act, Subject, keeps
from matricula.programs.memberships import end_membership
from matricula.programs.models import Membership

AT_ONCE = 100
NOTICE = 30
"""Days from the letter until somebody leaves, as far as their own midnight."""
AWAY = "learning.away"


def people_away(organization: Organization, since: datetime) -> "QuerySet[Affiliation]":
    """Ties of people in programs who have neither joined, learned nor logged in `since` then. Whoever has a
    role here is needed, and is not away."""
    account = OuterRef("account")
    theirs = Membership.objects.active().filter(organization=organization, account=account)
    busy = (
        Membership.objects.filter(organization=organization, account=account, joined_at__gte=since),
        Role.objects.filter(organization=organization, account=account),
        Enrolment.objects.filter(Q(started_at__gte=since) | Q(completed_at__gte=since), account=account),
        SpecializationEnrolment.objects.filter(account=account, started_at__gte=since),
        Progress.objects.filter(enrolment__account=account, updated_at__gte=since),
        Identity.objects.filter(connection__organization=organization, account=account, last_at__gte=since),
        Session.objects.filter(account_id=account, seen_at__gte=since),
    )
    rows = Affiliation.objects.live().select_related("account")
    rows = rows.filter(organization=organization, started_at__lt=since)
    rows = rows.filter(Q(back_at__isnull=True) | Q(back_at__lt=since))
    return rows.filter(Exists(theirs), *(~Exists(one) for one in busy))


def people_to_tell(organization: Organization, before: datetime, _at: datetime) -> "QuerySet[Affiliation]":
    """`NOTICE` days before their time is over, or later."""
    return people_away(organization, before + timedelta(days=NOTICE)).filter(leaving_at__isnull=True)


def people_to_part_with(
    organization: Organization, before: datetime, at: datetime
) -> "QuerySet[Affiliation]":
    return people_away(organization, before).filter(leaving_at__lt=at)


@transaction.atomic
def tell_some(organization: Organization, before: datetime, at: datetime) -> tuple[int, bool]:
    """Withdraw what was said to whoever learns again, and tell others."""
    stale = Affiliation.objects.live().filter(organization=organization, leaving_at__isnull=False)
    away = people_away(organization, before + timedelta(days=NOTICE))
    stale.exclude(pk__in=away.values("pk")).update(leaving_at=None)
    some = list(people_to_tell(organization, before, at).order_by("pk")[:AT_ONCE])
    leaving = end_of_day_in(NOTICE, organization.time_zone)
    unsaid = Affiliation.objects.live().filter(pk__in=[one.pk for one in some], leaving_at__isnull=True)
    unsaid.update(leaving_at=leaving)
    primary = EmailAddress.objects.filter(
        account__in=[one.account_id for one in some], account__is_active=True, is_primary=True
    )
    reached = {one.account_id: one.address for one in primary}
    Letter.objects.bulk_create(
        Letter(
            kind=AWAY,
            to=reached.get(one.account_id, one.work_email),
            language=one.account.language,
            reference=one.pk,
            organization_id=organization.pk,
            bulk=True,
        )
        for one in some
    )
    return len(some), len(some) == AT_ONCE


@transaction.atomic
def part_with_some(organization: Organization, before: datetime, at: datetime) -> tuple[int, bool]:
    """All accounts are held before anything ends, in their order, as whoever comes back holds theirs; then it
    is asked again who is away."""
    rows = people_to_part_with(organization, before, at).order_by("account")
    accounts = list(rows.values_list("account", flat=True)[:AT_ONCE])
    for account in accounts:
        hold_account(account)
    done = 0
    for account in rows.filter(account__in=accounts).values_list("account", flat=True):
        done += part_with(organization, account, at)
    return done, len(accounts) == AT_ONCE


def part_with(organization: Organization, account: int, at: datetime) -> bool:
    """The one who took the word back is first: then nothing ends."""
    tie = Affiliation.objects.live().filter(organization=organization, account=account)
    if not tie.filter(leaving_at__lt=at).update(leaving_at=None):
        return False
    theirs = Membership.objects.active().filter(organization=organization, account=account)
    for one in theirs.select_related("program__organization", "account").order_by("program"):
        end_membership(membership=one, actor=None, state=Membership.State.LEFT)
    return True


def note_return(account: int) -> None:
    """They logged in: nobody leaves an organization for being away."""
    leaving = Affiliation.objects.live().filter(account=account, leaving_at__isnull=False)
    if ties := list(leaving.order_by("pk").values_list("pk", flat=True)):
        keep_ties(leaving, ties)


@transaction.atomic
def keep_ties(leaving: "QuerySet[Affiliation]", ties: list[int]) -> None:
    for one in Affiliation.objects.filter(pk__in=ties).select_related("account").order_by("pk"):
        if leaving.filter(pk=one.pk).update(leaving_at=None, back_at=timezone.now()):
            record("affiliation.kept", actor=one.account, organization=one.organization_id, subject=one)


def tell_words(n: int, day: date) -> str:
    text = ngettext(
        "%(n)s person gets a letter that they leave in 30 days unless they come back",
        "%(n)s people get a letter that they leave in 30 days unless they come back",
        n,
    )
    return text % {"n": f"{n:,}"}


def part_words(n: int, day: date) -> str:
    text = ngettext(
        "%(n)s person, told by letter, leaves: away since before %(day)s",
        "%(n)s people, told by letter, leave: away since before %(day)s",
        n,
    )
    return text % {"n": f"{n:,}", "day": date_format(day)}


def told_people(rows: list[Affiliation]) -> list[tuple[str, str, datetime | None]]:
    return [(one.account.full_name, one.work_email, one.leaving_at) for one in rows]


keeps(
    Subject(
        key="inactive",
        place=3,
        label=_("People who are away"),
        help=_(
            "Whoever has neither logged in nor learned for so long leaves your programs, 30 days after a "
            "letter that tells them. Their account, progress and certificates stay theirs, and they may join "
            "again. Whoever has a role here stays."
        ),
        otherwise=_("They stay for ever"),
        months=(6, 12, 18, 24, 36),
        acts=(
            Act("told", tell_words, people_to_tell, tell_some, told_people),
            Act("left", part_words, people_to_part_with, part_with_some, told_people),
        ),
    )
)
