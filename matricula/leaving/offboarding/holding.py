"""Holding a departure, taking it back, and carrying it out.

Whoever does any of these holds the account first, as whoever enters or ends a membership does; of two that
come at one moment the second finds what the first made of it.
"""

from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from matricula.accounts.mailboxes import addresses_reaching, hold_account
from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.db.days import end_of_day_in
from matricula.leaving.offboarding.models import HeldDeparture
from matricula.mail.models import Letter
from matricula.organizations.models import Organization
from matricula.programs.memberships import end_membership
from matricula.programs.models import Membership

HELD, STAYS = "leaving.held", "leaving.stays"
"""Letters: you are removed on a day, see to a way in of your own; and: you are not removed after all."""
BATCH = 100
State = HeldDeparture.State


@transaction.atomic
def hold_departure(
    *,
    organization: Organization,
    account: int,
    actor: Account | None,
    membership: Membership | None = None,
    bulk: bool = False,
) -> list[HeldDeparture]:
    """Of one membership of the account, or of all it has in the organization; those that are held stay as
    they are. The person is written to once, however many; `bulk`: as one of many."""
    hold_account(account)
    which = {"pk": membership.pk} if membership else {}
    active = Membership.objects.active().filter(organization=organization, account=account, **which)
    held = HeldDeparture.objects.held().filter(membership__in=active).values("membership")
    made = [
        HeldDeparture.objects.create(
            membership=one,
            organization=organization,
            asked_by=actor,
            due_at=end_of_day_in(settings.HELD_DAYS, organization.time_zone),
        )
        for one in active.exclude(pk__in=held).select_related("program").order_by("program", "pk")
    ]
    for one in made:
        day = {"until": one.until.isoformat()}
        record("departure.held", actor=actor, organization=organization, subject=one, after=day)
    if made:
        write_about(made, HELD, bulk=bulk)
    return made


def write_about(departures: Sequence[HeldDeparture], kind: str, *, bulk: bool = False) -> None:
    """One letter about all of them: they are of one account, and of one organization."""
    first = departures[0]
    for address, language in addresses_reaching([first.membership.account_id]).values():
        Letter.objects.create(
            kind=kind,
            to=address,
            language=language,
            reference=first.pk,
            organization_id=first.organization_id,
            bulk=bulk,
            context={"programs": [one.membership.program.name for one in departures]},
        )


@transaction.atomic
def take_back(*, departure: HeldDeparture, actor: Account | None) -> bool:
    """The person stays, and is told so. False when there was nothing to take back any more."""
    hold_account(departure.membership.account_id)
    if not end_hold(departure, State.TAKEN_BACK) or not departure.membership.is_active:
        return False
    record("departure.taken_back", actor=actor, organization=departure.organization_id, subject=departure)
    write_about([departure], STAYS)
    return True


@transaction.atomic
def carry_out(*, departure: HeldDeparture, actor: Account | None) -> bool:
    """The removal itself. False when somebody was faster, or the membership is another account's now."""
    account = departure.membership.account_id
    hold_account(account)
    rows = Membership.objects.select_related("program__organization", "account")
    membership = rows.get(pk=departure.membership_id)
    if membership.account_id != account:
        return False
    if not end_hold(departure, State.DONE if membership.is_active else State.OVER):
        return False
    return end_membership(membership=membership, actor=actor, state=Membership.State.REMOVED)


def end_hold(departure: HeldDeparture, state: State) -> bool:
    """False when it ended otherwise."""
    held = HeldDeparture.objects.held().filter(pk=departure.pk)
    return bool(held.update(state=state, ended_at=timezone.now()))


def end_holds(membership: Membership) -> None:
    """The membership is over: there is nothing left to wait for."""
    held = HeldDeparture.objects.held().filter(membership=membership)
    held.update(state=State.OVER, ended_at=timezone.now())


@transaction.atomic
def carry_out_due() -> bool:
    """Whose day is over, some at a time; whoever asked for it did it. True when more are left.

    All accounts are held before the first seat is freed, and seats are freed program by program.
    """
    rows = HeldDeparture.objects.due().select_related("membership", "organization", "asked_by")
    batch = list(rows.order_by("due_at", "pk")[:BATCH])
    for account in sorted({one.membership.account_id for one in batch}):
        hold_account(account)
    for one in sorted(batch, key=lambda one: (one.membership.program_id, one.pk)):
        carry_out(departure=one, actor=one.asked_by)
    return len(batch) == BATCH
