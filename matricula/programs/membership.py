"""Entering and leaving a program. A seat is taken and freed here and nowhere else."""

from django.db import transaction
from django.utils import timezone

from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.organizations.models import Affiliation
from matricula.programs.errors import ProgramEnded
from matricula.programs.models import Membership, Program
from matricula.programs.noticing import forget_notices, notice_seats
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
        membership.program.free_seat()
        forget_notices(membership.program)
        record(
            "membership.ended",
            actor=actor,
            organization=membership.program.organization_id,
            subject=membership,
            after={"state": state.value},
        )
        end_affiliation(membership=membership, actor=actor)
    return bool(ended)


def end_affiliation(*, membership: Membership, actor: Account | None) -> None:
    """With the last membership in an organization the work e-mail is detached."""
    organization = membership.program.organization_id
    others = Membership.objects.active().filter(
        program__organization=organization, account=membership.account_id
    )
    tie = Affiliation.objects.live().filter(organization=organization, account=membership.account_id).first()
    if tie and not others.exists():
        Affiliation.objects.filter(pk=tie.pk).update(ended_at=timezone.now())
        record("affiliation.ended", actor=actor, organization=organization, subject=tie)
