"""What stands against combining two accounts: one predicate, all reasons at once.

Told only to whoever proved both, and asked again inside the transaction.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from matricula.accounts.models import Account
from matricula.accounts.second_factors import has_second_factor
from matricula.credentials.models import Certificate
from matricula.identities.models import Identity
from matricula.learning.models import Progress
from matricula.leaving.changed_hands import waits_until
from matricula.leaving.doubled.agreements import Doubled, doubled_entries
from matricula.leaving.models import Combining, EntryRequest
from matricula.leaving.work_emails import work_emails
from matricula.organizations.models import Organization, Role
from matricula.programs.models import Membership
from matricula.web.table_rows import Calendar

FULL, EMPTY, OFF = "full", "empty", "off"
"""What `MATRICULA_COMBINING` may be."""
LISTED_TWICE = "listed_twice"
MOST, MOST_IN = 3, timedelta(days=30)


@dataclass(frozen=True)
class Reason:
    """What stands against it, in words, and the way that remains."""

    code: str
    words: str
    way: str
    until: datetime | None = None
    asks: Organization | None = None
    """Whom the person may ask, by a button."""

    @property
    def when(self) -> str:
        return Calendar().day_and_time(self.until) if self.until else ""


@dataclass(frozen=True)
class Pair:
    """Whom combining is asked for. `sure_since`: accounts (ids) that showed a second factor, and since when
    they have had it."""

    kept: Account
    given_up: Account
    sure_since: tuple[tuple[int, datetime], ...] = ()

    @property
    def both(self) -> tuple[Account, Account]:
        return self.kept, self.given_up


def reasons(pair: Pair) -> list[Reason]:
    if pair.kept.pk == pair.given_up.pk:
        words = _("That is the account you are in.")
        return [Reason("same", words, _("Log in with the address of the other account."))]
    checks = (of_site, of_addresses, of_organizations, of_factors, of_time, of_earlier_ones)
    return [found for check in checks for found in check(pair)]


def of_site(pair: Pair) -> Iterator[Reason]:
    """The site may combine empty accounts only, or none; and it may keep one as it is."""
    if any(one.held_at for one in pair.both):
        words = _("One of the two accounts is being kept as it is for the time being.")
        yield Reason("held", words, _("Ask the people who run this site."))
    if settings.COMBINING == OFF:
        yield Reason("off", _("This site does not combine accounts."), _("Ask the people who run this site."))
    elif settings.COMBINING == EMPTY and has_learned(pair.given_up):
        words = _("This site combines only accounts without progress and certificates.")
        yield Reason("not_empty", words, _("Keep that account, and give up the other one."))


def has_learned(account: Account) -> bool:
    done = Progress.objects.filter(enrolment__account=account)
    return done.exists() or Certificate.objects.filter(account=account).exists()


def of_addresses(pair: Pair) -> Iterator[Reason]:
    """Somebody has to be told, and no company's mailbox gains the whole person."""
    for one in pair.both:
        if not one.addresses.lasting().exists():
            words = _("The account of %(name)s has no confirmed address.") % {"name": one.full_name}
            yield Reason("no_address", words, _("Log in to it and confirm an address first."))
    primary = pair.kept.addresses.lasting().filter(is_primary=True).first()
    if primary and primary.canonical in work_emails(pair.both, [primary.canonical]):
        words = _("The account you keep has your company's address as its primary one: %(address)s.")
        way = _("Make an address of your own the primary one there first.")
        yield Reason("company_primary", words % {"address": primary.address}, way)


def of_organizations(pair: Pair) -> Iterator[Reason]:
    """What an organization decides: who its person is, who is in, who may do what."""
    for doubled in doubled_entries(kept=pair.kept.pk, given_up=pair.given_up.pk):
        if doubled.staying() is None:
            yield of_two_entries(doubled)
    connections = Identity.objects.live().filter(account=pair.kept).values("connection")
    for one in Organization.objects.filter(
        connections__identities__in=Identity.objects.live().filter(
            account=pair.given_up, connection__in=connections
        )
    ).distinct():
        words = _("The sign-in of %(organization)s knows both accounts as two people.")
        yield of_organization("signed_in_twice", words, one, _("End one of the two under Company sign-ins."))
    for one in removed_from(pair):
        words = _("%(organization)s removed one of the two accounts from a program where the other one is.")
        way = _("Nobody comes back by combining. It can invite you again, or remove both.")
        yield of_organization("removed", words, one, way, asks=one)
    for one in in_both(pair, Role.objects.all()):
        words = _("You have a role at %(organization)s in both accounts.")
        way = _("Give one of the two back first. The last owner names another one before.")
        yield of_organization("two_roles", words, one, way)


def of_organization(
    code: str, words: str, organization: Organization, way: str, asks: Organization | None = None
) -> Reason:
    return Reason(code, words % {"organization": organization.name}, way, asks=asks)


def of_two_entries(doubled: Doubled) -> Reason:
    """Who may be asked, and what became of it."""
    organization, request = doubled.organization, doubled.request
    words, asks = _("%(organization)s lists you twice. It decides which entry is you."), None
    leave = _("You can also leave it with one of the two accounts (Account, Companies).")
    if organization.doubled_entries == Organization.DoubledEntries.NEVER:
        words, way = _("%(organization)s lists you twice, and leaves two entries two."), leave
    elif request and not request.answer:
        words, way = (
            _("%(organization)s lists you twice, and was asked which entry is you."),
            _("You get a letter when it answers."),
        )
    elif request and request.answer == EntryRequest.Answer.NO:
        words, way = _("%(organization)s lists you twice, and said that it shall stay so."), leave
        due = doubled.may_be_asked_from
        asks = organization if due and due <= timezone.now() else None
    else:
        way, asks = _("Ask it. It is shown your two entries there, and nothing else."), organization
    return of_organization(LISTED_TWICE, words, organization, way, asks=asks)


def in_both(pair: Pair, rows: QuerySet[Any]) -> QuerySet[Organization]:
    found = Organization.objects.all()
    for one in pair.both:
        found = found.filter(pk__in=rows.filter(account=one).values("organization"))
    return found.order_by("name")


def removed_from(pair: Pair) -> QuerySet[Organization]:
    """Nobody comes back by combining."""
    return Organization.objects.filter(pk__in=removals_of(pair).values("organization")).order_by("name")


def removals_of(pair: Pair) -> QuerySet[Membership]:
    """Of one account, in programs where the other one is."""
    removed, active = Membership.State.REMOVED, Membership.State.ACTIVE
    theirs: QuerySet[Membership] = Membership.objects.none()
    for one, other in (pair.both, pair.both[::-1]):
        inside = Membership.objects.filter(account=other, state=active).values("program")
        theirs = theirs | Membership.objects.filter(account=one, state=removed, program__in=inside)
    return theirs


def of_factors(pair: Pair) -> Iterator[Reason]:
    """What was behind a second factor stays behind one."""
    if has_second_factor(pair.given_up) and not has_second_factor(pair.kept):
        words = _("The account you give up has a second factor, and the one you keep has none.")
        yield Reason("weaker", words, _("Add a second factor to the one you keep, or keep the other one."))


def of_time(pair: Pair) -> Iterator[Reason]:
    """72 hours after an account may have changed hands, unless a factor older than that was shown."""
    sure = dict(pair.sure_since)
    for one in pair.both:
        until = waits_until(one, sure.get(one.pk))
        if until:
            words = _("A password, second factor or primary address of %(name)s changed a short time ago.")
            way = _("For your safety this waits for three days.")
            yield Reason("changed", words % {"name": one.full_name}, way, until)


def of_earlier_ones(pair: Pair) -> Iterator[Reason]:
    """What can still be undone stays so, and nobody collects accounts."""
    earlier = Combining.objects.open().filter(kept=pair.given_up)
    until = earlier.aggregate(until=Max("undo_until"))["until"]
    if until:
        words = _("The account you give up took in another one, which can still be undone.")
        yield Reason("undo_open", words, _("Undo that first, or wait."), until)
    lately = Combining.objects.standing().filter(kept=pair.kept, made_at__gt=timezone.now() - MOST_IN)
    made = sorted(lately.values_list("made_at", flat=True))
    if len(made) >= MOST:
        words = _("This account took in %(count)d others within 30 days.") % {"count": len(made)}
        yield Reason("often", words, _("Wait."), made[-MOST] + MOST_IN)
