"""From JOIN NOW to membership: what opens a link, what an arrival still lacks, and how it finishes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from matricula.accounts.mailboxes import hold_account, hold_accounts_listing, vouch_for
from matricula.accounts.models import Account, EmailAddress
from matricula.audit.models import lines_together, record
from matricula.db.queries import first_or_none, insert_once
from matricula.invitations.models import Invitation, InvitationToken
from matricula.invitations.settlement import hold_invitations
from matricula.joining.errors import LinkRefused, NotConfirmed, WorkEmailTaken
from matricula.joining.models import Arrival, DirectLink
from matricula.joining.origins import Origin
from matricula.learning.enrolments import start_course, start_specialization
from matricula.mail.addresses import canonical
from matricula.organizations.models import Affiliation
from matricula.programs.errors import ProgramFull
from matricula.programs.memberships import enter_program, proof_needed_since, refuse_removed
from matricula.programs.models import Membership, Program
from matricula.programs.offer import offered_courses, offered_specializations


def begin_arrival(*, evidence: Origin, account: Account | None) -> Arrival:
    """JOIN NOW. Raises LinkRefused when the invitation was answered by somebody else, ProgramFull,
    RemovedFromProgram."""
    invitation = evidence.invitation
    if account:
        invited_at = invitation.created_at if invitation else None
        refuse_removed(program=evidence.program, account=account, invited_at=invited_at)
    if invitation and invitation.state == Invitation.State.JOINED:
        raise LinkRefused("used")
    if evidence.program.is_full:
        raise ProgramFull
    return Arrival.objects.create(
        program=evidence.program,
        invitation=invitation,
        direct_link=evidence.direct_link,
        channel=evidence.channel,
        account=account,
        work_email=invitation.address if invitation else "",
        course=evidence.source.course,
        specialization=evidence.source.specialization,
    )


def holder_of(arrival: Arrival) -> Account | None:
    """The account that holds the invited mailbox: known only to whoever has the e-mailed invitation.

    Not one that left the organization it is of: a colleague may read it now.
    """
    if arrival.channel != InvitationToken.Channel.MAIL:
        return None
    row = first_or_none(EmailAddress.objects.spelled(arrival.work_email).held().select_related("account"))
    return row.account if row else None


def may_finish(arrival: Arrival) -> bool:
    """The mailbox is proven, or the program trusts an e-mailed link: since the last tie to the company, or to
    the program, ended."""
    account = arrival.account
    if account is None or not arrival.work_email:
        return False
    if not is_trusted(arrival) and not account.has_confirmed(arrival.work_email):
        return False
    since = proof_needed_since(program=arrival.program, account=account)
    return since is None or is_trusted(arrival, since) or account.has_confirmed(arrival.work_email, since)


def is_trusted(arrival: Arrival, since: datetime | None = None) -> bool:
    """Whether the program takes the e-mailed link itself for proof of the mailbox; one made before `since`
    proves nothing any more."""
    if not arrival.program.trusts_the_link or arrival.channel != InvitationToken.Channel.MAIL:
        return False
    made = invited_at(arrival)
    return since is None or (made is not None and made > since)


def invited_at(arrival: Arrival) -> datetime | None:
    """When the invitation that brought the visitor was made; None for a direct link."""
    return arrival.invitation.created_at if arrival.invitation else None


def finish_arrival(*, arrival: Arrival) -> Membership:
    """Affiliation, membership, groups and the STARTed course in one step; twice is once.

    Raises NotConfirmed, WorkEmailTaken, ProgramFull, LinkRefused, RemovedFromProgram.
    """
    account = arrival.account
    if account is None or not arrival.work_email:
        raise NotConfirmed
    with transaction.atomic():
        hold_people(arrival, account)
        if not may_finish(arrival):
            raise NotConfirmed
        return enter_by_arrival(arrival, account)


def hold_people(arrival: Arrival, account: Account) -> None:
    """First of all, and before the proof is looked at: a tie that ends just now makes it too old.

    A link that is trusted takes the mailbox off whoever had it before, so they are held as well.
    """
    if is_trusted(arrival):
        hold_accounts_listing(canonical(arrival.work_email), beside=account.pk)
    else:
        hold_account(account.pk)


@transaction.atomic
@lines_together()
def enter_by_arrival(arrival: Arrival, account: Account) -> Membership:
    """What `finish_arrival` does once the mailbox is known to be proven, and the people are held. Raises as
    it does.

    Held in this order, everywhere: the people, by id; the arrival; their invitations; the membership; the tie
    to the company and its addresses; the program.
    """
    first = Arrival.objects.filter(pk=arrival.pk, finished_at__isnull=True).update(finished_at=timezone.now())
    if not first:
        return Membership.objects.get(program=arrival.program, account=account)
    if arrival.program.has_ended:
        raise LinkRefused("ended")
    if is_trusted(arrival) and not vouch_for(account, arrival.work_email):
        raise LinkRefused("lost")
    source = accept_origin(arrival, account)
    affiliate_account(arrival, account)
    membership = enter_program(program=arrival.program, account=account, invited_at=invited_at(arrival))
    membership.groups.add(*(source.groups.all() if source else []))
    start_chosen(arrival, membership)
    record("arrival.finished", actor=account, organization=arrival.program.organization_id, subject=arrival)
    return membership


def accept_origin(arrival: Arrival, account: Account) -> Invitation | DirectLink | None:
    """Answer the invitation, or count a use of the link: what the person comes by, and joins the groups of.

    A member uses up no link, and an invitation that entering by another door answered is still theirs.
    Raises LinkRefused for whoever comes second, RemovedFromProgram.
    """
    program, invitation = arrival.program, arrival.invitation
    hold_invitations(program=program, account=account, invitation=invitation)
    if invitation and invitation.settle(Invitation.State.JOINED, account=account):
        return invitation
    inside = Membership.objects.active().filter(program=program, account=account).exists()
    if inside and (invitation is None or account.accepted_invitations.filter(pk=invitation.pk).exists()):
        return invitation
    refuse_removed(program=program, account=account, invited_at=invited_at(arrival))
    if arrival.direct_link and arrival.direct_link.use():
        return arrival.direct_link
    raise LinkRefused("used")


def affiliate_account(arrival: Arrival, account: Account) -> Affiliation:
    """The tie to the company. Raises WorkEmailTaken when somebody else there has the address.

    One that is there is held, so that it does not end with another membership while this one begins. One that
    ended as we waited for it makes room for a new one, and withdraws what was promised of its mailbox.
    """
    organization = arrival.program.organization_id
    for _attempt in range(2):
        tie = Affiliation(organization_id=organization, account=account, work_email=arrival.work_email)
        tie.canonical = canonical(tie.work_email)
        if insert_once(tie):
            account.addresses.spelled(tie.work_email).update(power_ends_at=None)
            return tie
        own = first_or_none(Affiliation.objects.held(organization=organization, account=account.pk))
        if own:
            return own
    raise WorkEmailTaken


def start_chosen(arrival: Arrival, membership: Membership) -> None:
    """What was STARTed, unless it was taken out of the program or the catalog meanwhile."""
    series = chosen_row(offered_specializations, arrival.program, arrival.specialization_id)
    course = None if series else chosen_row(offered_courses, arrival.program, arrival.course_id)
    if series:
        start_specialization(specialization=series, membership=membership)
    elif course:
        start_course(course=course, membership=membership)


def chosen_row(offered: Callable[[Program], QuerySet[Any]], program: Program, pk: int | None) -> Any:
    return first_or_none(offered(program).filter(pk=pk)) if pk else None
