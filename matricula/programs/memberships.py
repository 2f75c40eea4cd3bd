"""Entering and leaving a program. A seat is taken and freed here and nowhere else."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from matricula.accounts.mailboxes import hold_account
from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.db.queries import insert_once
from matricula.mail.addresses import canonical
from matricula.organizations.models import Affiliation
from matricula.programs.departure import leave_organization, tell_of_removal
from matricula.programs.errors import ProgramEnded, RemovedFromProgram
from matricula.programs.models import Membership, Program, kept_out
from matricula.programs.seats import forget_notices, notice_seats
from matricula.programs.signals import membership_ended, program_entered


@transaction.atomic(savepoint=False)
def enter_program(*, program: Program, account: Account, invited_at: datetime | None = None) -> Membership:
    """The account's active membership; an ended one is revived. Twice is once. Every way in ends here.

    Whoever comes back has their progress, and is in no group until the door they came by brings one.

    Who left comes back by any open door; who was removed only by an invitation made since, so whoever lets
    in the holder of one says when it was made: `invited_at`.

    Raises ProgramFull, ProgramEnded, RemovedFromProgram.
    """
    if program.has_ended:
        raise ProgramEnded
    membership = Membership(program=program, organization_id=program.organization_id, account=account)
    new = insert_once(membership)
    if not new:
        membership = Membership.objects.get(program=program, account=account)
    if new or revive_membership(membership, invited_at):
        program.take_seat()
        notice_seats(program)
        before = {} if new else {"groups": leave_groups(membership)}
        verb = "membership.began" if new else "membership.revived"
        organization = program.organization_id
        record(verb, actor=account, organization=organization, subject=membership, before=before)
        program_entered.send(Membership, membership=membership)
    return membership


def revive_membership(membership: Membership, invited_at: datetime | None) -> bool:
    """Make an ended membership active again; False when it is active. Raises RemovedFromProgram.

    One statement both asks and changes: a removal at this very moment comes before it or after.
    """
    active = Membership.State.ACTIVE
    ended = Membership.objects.filter(~Q(state=active), ~kept_out(invited_at), pk=membership.pk)
    now = timezone.now()
    revived = ended.update(state=active, left_at=None, joined_at=now, came_back_at=now)
    membership.refresh_from_db()
    if not membership.is_active:
        raise RemovedFromProgram
    return bool(revived)


def leave_groups(membership: Membership) -> list[str]:
    """All of them; their names, which the audit log keeps. Whoever invites anew says to which groups."""
    names = list(membership.groups.order_by("name").values_list("name", flat=True))
    membership.groups.clear()
    return names


def refuse_removed(*, program: Program, account: Account, invited_at: datetime | None = None) -> None:
    """Raise RemovedFromProgram for whom `enter_program` would, so that nobody is asked in vain."""
    theirs = Membership.objects.filter(kept_out(invited_at), program=program, account=account)
    if theirs.exists():
        raise RemovedFromProgram


def refuse_removed_mailbox(*, program: Program, address: str) -> None:
    """Raises RemovedFromProgram where whoever the organization knew by this work e-mail was removed: another
    account of theirs comes in by an invitation only, as the first does."""
    ties = Affiliation.objects.filter(organization=program.organization_id, canonical=canonical(address))
    theirs = Membership.objects.filter(kept_out(None), program=program, account__in=ties.values("account"))
    if theirs.exists():
        raise RemovedFromProgram


def proof_needed_since(*, program: Program, account: Account) -> datetime | None:
    """When the tie ended that entering `program` would renew; None when none did.

    A mailbox proven before that day is proven anew: it may be somebody else's, or read by nobody, since.
    """
    ended = Membership.objects.filter(program=program, account=account, left_at__isnull=False)
    ties = Affiliation.objects.filter(organization=program.organization_id, account=account)
    ends = list(ties.values_list("ended_at", flat=True))
    gone = [] if None in ends else [one for one in ends if one]
    return max([*gone, *(one for one in ended.values_list("left_at", flat=True) if one)], default=None)


@transaction.atomic
def end_membership(*, membership: Membership, actor: Account | None, state: Membership.State) -> bool:
    """The person left or was removed: the seat is free; progress and certificates stay. Twice is once.

    True when it was active until now, or would have been again. Who was removed gets a letter; whoever lets
    somebody leave writes to them (`expiry.py`, room `leaving`).
    """
    ending = close_membership(membership=membership, actor=actor, state=state)
    if ending.ended and state == Membership.State.REMOVED and not ending.told:
        tell_of_removal(membership)
    return ending.ended


@dataclass(frozen=True)
class Ending:
    """Of a membership: whether it `ended` now, and whether the person was `told` what became of their
    mailboxes, as they are no longer with the organization."""

    ended: bool = False
    told: bool = False


@transaction.atomic
def close_membership(*, membership: Membership, actor: Account | None, state: Membership.State) -> Ending:
    """The account is held first, as whoever enters holds it first. What is told of it is told while the
    account's mailboxes are still its own, and the seat comes last."""
    hold_account(membership.account_id)
    ended = Membership.objects.filter(pk=membership.pk, state=Membership.State.ACTIVE).update(
        state=state, left_at=timezone.now()
    )
    if not ended:
        removed = state == Membership.State.REMOVED and remove_for_later(membership, actor)
        return Ending(ended=removed)
    organization = membership.program.organization
    after = {"state": state.value}
    record("membership.ended", actor=actor, organization=organization, subject=membership, after=after)
    membership_ended.send(Membership, membership=membership, state=state)
    told = leave_organization(organization=organization, account=membership.account, actor=actor)
    membership.program.free_seat()
    forget_notices(membership.program)
    return Ending(ended=True, told=told)


def remove_for_later(membership: Membership, actor: Account | None) -> bool:
    """Whoever deleted their account is out already: with a removal they are not in again by taking that back.
    False when it was otherwise."""
    removed, deleted = Membership.State.REMOVED, F("account__deleted_at")
    rows = Membership.objects.filter(pk=membership.pk, state=Membership.State.LEFT, left_at=deleted)
    found = list(rows.values_list("pk", flat=True))
    if not Membership.objects.filter(pk__in=found).update(state=removed, left_at=timezone.now()):
        return False
    organization, after = membership.program.organization, {"state": removed.value}
    record("membership.ended", actor=actor, organization=organization, subject=membership, after=after)
    membership_ended.send(Membership, membership=membership, state=removed)
    return True
