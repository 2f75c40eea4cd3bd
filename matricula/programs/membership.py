"""Entering and leaving a program. A seat is taken and freed here and nowhere else."""

from django.db import transaction
from django.utils import timezone

from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.organizations.models import Affiliation
from matricula.programs.errors import ProgramEnded
from matricula.programs.models import Membership, Program
from matricula.programs.noticing import forget_notices, notice_seats
from matricula.web.finding import only
from matricula.web.inserting import insert_once


@transaction.atomic(savepoint=False)
def enter_program(*, program: Program, account: Account) -> Membership:
    """The account's active membership; an ended one is revived. Twice is once.

    Raises ProgramFull, ProgramEnded.
    """
    if program.has_ended:
        raise ProgramEnded
    membership = Membership(program=program, organization_id=program.organization_id, account=account)
    new = insert_once(membership)
    if not new:
        membership = Membership.objects.get(program=program, account=account)
    if new or revive(membership):
        program.take_seat()
        notice_seats(program)
        verb = "membership.began" if new else "membership.revived"
        record(verb, actor=account, organization=program.organization_id, subject=membership)
    return membership


def revive(membership: Membership) -> bool:
    """Make an ended membership active again; False when it is active."""
    ended = Membership.objects.filter(pk=membership.pk).exclude(state=Membership.State.ACTIVE)
    revived = ended.update(state=Membership.State.ACTIVE, left_at=None, joined_at=timezone.now())
    if revived:
        membership.refresh_from_db()
    return bool(revived)


@transaction.atomic
def end_membership(*, membership: Membership, actor: Account | None, state: Membership.State) -> bool:
    """The person left or was removed: the seat is free; progress and certificates stay. Twice is once.

    True when it was active until now.
    """
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
