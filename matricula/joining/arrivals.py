"""From JOIN NOW to membership: what opens a link, what an arrival still lacks, and how it finishes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from matricula.accounts.mailboxes import hold_accounts_listing, hold_live_account, vouch_for
from matricula.accounts.models import Account, EmailAddress
from matricula.audit.models import lines_together, record
from matricula.db.queries import first_or_none, insert_once
from matricula.identities.asserted_identities import AssertedIdentity
from matricula.identities.errors import IdentityError
from matricula.identities.identities import link_identity
from matricula.invitations.settlement import hold_invitations
from matricula.joining.errors import LinkRefused, NotConfirmed, WorkEmailTaken
from matricula.joining.models import Arrival
from matricula.joining.origin import Origin
from matricula.joining.origins import columns_of
from matricula.learning.completion import hold_enrolments
from matricula.learning.enrolments import start_course, start_specialization
from matricula.learning.models import Enrolment
from matricula.mail.addresses import canonical
from matricula.organizations.models import Affiliation
from matricula.programs.errors import ProgramFull
from matricula.programs.memberships import (
    enter_program,
    proof_needed_since,
    refuse_removed,
    refuse_removed_mailbox,
)
from matricula.programs.models import Membership, Program
from matricula.programs.offer import offered_courses, offered_specializations
from matricula.programs.terms import Terms


def begin_arrival(
    *, origin: Origin, account: Account | None, asserted: AssertedIdentity | None = None
) -> Arrival:
    """JOIN NOW, with the company's sign-in that the visitor brought along, if any.

    Raises LinkRefused when somebody else joined by it, ProgramFull, RemovedFromProgram.
    """
    program = origin.program
    if account:
        refuse_removed(program=program, account=account, invited_at=origin.invited_at)
    if origin.is_answered:
        raise LinkRefused("used", origin)
    if program.is_full:
        raise ProgramFull
    brought = {**(columns_of(asserted) if asserted else {}), **origin.columns}
    arrival = Arrival(program=program, account=account, work_email=origin.address, **brought)
    origin.terms.save_with(arrival)
    return arrival


def holder_of(arrival: Arrival) -> Account | None:
    """The account that holds the invited mailbox: known only to whoever has the e-mailed invitation.

    Not one that left the organization it is of: a colleague may read it now.
    """
    if not arrival.origin.reached(arrival.work_email):
        return None
    row = first_or_none(EmailAddress.objects.spelled(arrival.work_email).lasting().select_related("account"))
    return row.account if row else None


def is_addressed_to(origin: Origin, account: Account) -> bool:
    """Whether a personal invitation names an address of `account`, or was answered by it. Any other link is
    for whoever opens it."""
    invitation = origin.invitation
    if invitation is None or invitation.accepted_by_id == account.pk:
        return True
    ties = Affiliation.objects.live().filter(organization=invitation.organization_id, account=account)
    named = {"canonical": invitation.canonical}
    return account.addresses.filter(**named).exists() or ties.filter(**named).exists()


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
    """Whether what brought the visitor is proof of the mailbox by itself; if older than `since`, no more."""
    asserted = arrival.asserted
    if asserted and asserted.proves(arrival.work_email, since):
        return True
    return arrival.origin.proves(arrival.work_email, since)


def finish_arrival(*, arrival: Arrival) -> Membership:
    """Affiliation, membership, groups and the STARTed course in one step; twice is once.

    Raises NotConfirmed, WorkEmailTaken, ProgramFull, LinkRefused, RemovedFromProgram, IdentityError.
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

    A link that is trusted takes the mailbox off whoever had it before, so they are held as well. Raises
    AccountCombined.
    """
    if is_trusted(arrival):
        hold_accounts_listing(canonical(arrival.work_email), beside=account.pk)
    hold_live_account(account.pk)


@transaction.atomic
@lines_together()
def enter_by_arrival(arrival: Arrival, account: Account) -> Membership:
    """What `finish_arrival` does once the mailbox is known to be proven, and the people are held. Raises as
    it does.

    Held in this order, everywhere: the people, by id; the arrival; their invitations; what they are learning;
    the membership; the tie to the company and its addresses; the program.
    """
    first = Arrival.objects.filter(pk=arrival.pk, finished_at__isnull=True).update(finished_at=timezone.now())
    if not first:
        return membership_by(arrival, account)
    if reason := arrival.why_stopped:
        raise LinkRefused(reason)
    if is_trusted(arrival) and not vouch_for(account, arrival.work_email):
        raise LinkRefused("lost")
    origin = arrival.origin
    hold_invitations(program=arrival.program, account=account, invitation=origin.invitation)
    hold_enrolments(Enrolment.objects.filter(account=account))
    terms = origin.accept(account).changed_by(arrival)
    if origin.is_a_sign_in:
        refuse_removed_mailbox(program=arrival.program, address=arrival.work_email)
    affiliate_account(arrival, account)
    link_sign_in(arrival, account)
    membership = enter_program(program=arrival.program, account=account, invited_at=origin.invited_at)
    fulfil_terms(terms, membership)
    record("arrival.finished", actor=account, organization=arrival.program.organization_id, subject=arrival)
    return membership


def link_sign_in(arrival: Arrival, account: Account) -> None:
    """Next time the company's sign-in brings them straight in.

    Who came by nothing else is refused with it, and so is who would have no other way into the account.
    Whoever was invited joins all the same, and is told why at their next sign-in.
    """
    asserted = arrival.asserted
    if asserted is None or not asserted.is_recent:
        return
    try:
        link_identity(
            connection=asserted.connection,
            subject=asserted.subject,
            account=account,
            email=asserted.email,
            email_doubted=asserted.email_doubted,
        )
    except IdentityError:
        if arrival.origin.is_a_sign_in or not account.has_usable_password():
            raise


def membership_by(arrival: Arrival, account: Account) -> Membership:
    """Of an arrival that finished. Raises LinkRefused for an account that it did not bring in."""
    theirs = Membership.objects.filter(program=arrival.program, account=account)
    membership = first_or_none(theirs)
    if membership is None:
        raise LinkRefused("used")
    return membership


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
        own = first_or_none(Affiliation.objects.locked(organization=organization, account=account.pk))
        if own:
            if arrival.origin.address and account.has_confirmed(arrival.work_email):
                change_work_email(own, arrival.work_email)
            return own
    raise WorkEmailTaken


def change_work_email(tie: Affiliation, address: str) -> None:
    """The address that the person was invited at, and proved, is their work e-mail from now on; the one of
    before is history: whoever looks for it finds them, and it leaves with the organization as this one does.

    Who has it already, in a tie of somebody else, keeps it, and nobody is kept out by that.
    """
    before, history = tie.work_email, tie.as_history
    if tie.canonical == canonical(address):
        return
    try:
        with transaction.atomic():
            tie.work_email, tie.started_at = address, timezone.now()
            tie.save(update_fields=["work_email", "canonical", "started_at"])
            history.save(force_insert=True)
    except IntegrityError:
        tie.refresh_from_db()
        return
    changed = {"before": {"address": before}, "after": {"address": address}}
    record("affiliation.renamed", actor=tie.account, organization=tie.organization_id, subject=tie, **changed)


def fulfil_terms(terms: Terms, membership: Membership) -> None:
    """Join the groups, and START what was chosen, unless it was taken out of the program or the catalog
    meanwhile."""
    membership.groups.add(*terms.groups)
    series = still_in(offered_specializations, membership.program, terms.specialization)
    course = None if series else still_in(offered_courses, membership.program, terms.course)
    if series:
        start_specialization(specialization=series, membership=membership)
    elif course:
        start_course(course=course, membership=membership)


def still_in(offered: Callable[[Program], QuerySet[Any]], program: Program, chosen: Model | None) -> Any:
    return first_or_none(offered(program).filter(pk=chosen.pk)) if chosen else None
