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

    Raises NoWorkEmail, AlreadyInvited, AlreadyMember, ProgramEnded.
    """
    work_email = last_work_email(membership)
    if not work_email:
        raise NoWorkEmail
    made = invite(
        program=membership.program,
        address=work_email,
        invited_by=actor,
        name=membership.account.full_name,
        groups=membership.groups.all(),
    )
    if made is None:
        raise AlreadyInvited
    return made


def last_work_email(membership: Membership) -> str:
    """What the organization knows this person by, or knew them by last; never a personal address."""
    organization = membership.program.organization_id
    ties = Affiliation.objects.filter(organization=organization, account=membership.account_id)
    return ties.live_first().values_list("work_email", flat=True).first() or ""
