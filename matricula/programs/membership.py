"""Entering and leaving a program. A seat is taken and freed here and nowhere else."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.organizations.models import Affiliation
from matricula.programs.errors import ProgramEnded, RemovedFromProgram
from matricula.programs.models import Membership, Program, kept_out
from matricula.programs.noticing import forget_notices, notice_seats
from matricula.programs.signals import membership_ended, program_entered
from matricula.web.finding import only
from matricula.web.inserting import insert_once


@transaction.atomic(savepoint=False)
def enter_program(*, program: Program, account: Account, invited_at: datetime | None = None) -> Membership:
    """The account's active membership; an ended one is revived. Twice is once. Every way in ends here.

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
    if new or revive(membership, invited_at):
        program.take_seat()
        notice_seats(program)
        verb = "membership.began" if new else "membership.revived"
        record(verb, actor=account, organization=program.organization_id, subject=membership)
        program_entered.send(Membership, membership=membership)
    return membership


def revive(membership: Membership, invited_at: datetime | None) -> bool:
    """Make an ended membership active again; False when it is active. Raises RemovedFromProgram.

    One statement both asks and changes: a removal at this very moment comes before it or after.
    """
    active = Membership.State.ACTIVE
    ended = Membership.objects.filter(~Q(state=active), ~kept_out(invited_at), pk=membership.pk)
    revived = ended.update(state=active, left_at=None, joined_at=timezone.now())
    membership.refresh_from_db()
    if not membership.is_active:
        raise RemovedFromProgram
    return bool(revived)


def refuse_removed(*, program: Program, account: Account, invited_at: datetime | None = None) -> None:
    """Raise RemovedFromProgram for whom `enter_program` would, so that nobody is asked in vain."""
    theirs = Membership.objects.filter(kept_out(invited_at), program=program, account=account)
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

    True when it was active until now. The account is held first, as whoever enters holds it first.
    """
    list(Account.objects.select_for_update(no_key=True).filter(pk=membership.account_id).values_list("pk"))
    ended = Membership.objects.filter(pk=membership.pk, state=Membership.State.ACTIVE).update(
        state=state, left_at=timezone.now()
    )
    if ended:
        record(
            "membership.ended",
            actor=actor,
            organization=membership.program.organization_id,
            subject=membership,
            after={"state": state.value},
        )
        organization = membership.program.organization_id
        end_affiliation(organization=organization, account=membership.account_id, actor=actor)
        membership.program.free_seat()
        forget_notices(membership.program)
        membership_ended.send(Membership, membership=membership, state=state)
    return bool(ended)


def end_affiliation(*, organization: int, account: int, actor: Account | None) -> bool:
    """With the last membership in an organization the work e-mail is detached. True when it was now.

    The tie is held before the memberships are looked at: of two that end at one moment neither sees that the
    other has ended, but the one that waited for the tie does. Whoever joins holds it as well (`affiliate` in
    `joining`), and before the seat, as it is here, so that no two wait for each other.
    """
    tie = only(Affiliation.objects.held(organization=organization, account=account))
    active = Membership.objects.active().filter(organization=organization, account=account)
    if tie is None or active.exists():
        return False
    Affiliation.objects.filter(pk=tie.pk).update(ended_at=timezone.now())
    record("affiliation.ended", actor=actor, organization=organization, subject=tie)
    return True
