"""Inviting somebody again who left, or was removed."""

from django.db import transaction

from matricula.accounts.models import Account
from matricula.joining.errors import AlreadyInvited, NoWorkEmail
from matricula.joining.inviting import invite
from matricula.joining.models import Invitation
from matricula.organizations.models import Affiliation
from matricula.programs.models import Membership


@transaction.atomic
def invite_back(*, membership: Membership, actor: Account | None) -> Invitation:
    """Answering it brings the old membership back, with its groups and progress.

    Raises NoWorkEmail, AlreadyInvited, ProgramEnded.
    """
    ties = Affiliation.objects.filter(
        organization=membership.program.organization_id, account=membership.account_id
    )
    newest = ties.order_by("-pk").first()
    if newest is None:
        raise NoWorkEmail
    made = invite(
        program=membership.program,
        address=newest.work_email,
        invited_by=actor,
        name=membership.account.full_name,
        groups=membership.groups.all(),
    )
    if made is None:
        raise AlreadyInvited
    return made
