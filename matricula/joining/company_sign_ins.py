"""Joining with the company's sign-in: alone, or beside the link that somebody was sent."""

from django.db import transaction
from django.http import HttpRequest

from matricula.accounts.mailboxes import hold_account
from matricula.db.queries import first_or_none
from matricula.identities.asserted_identities import AssertedIdentity, asserted_here, forget_asserted
from matricula.identities.company_sessions import identity_here, start_company_session
from matricula.identities.models import Identity
from matricula.joining.arrivals import (
    begin_arrival,
    finish_arrival,
    is_addressed_to,
    is_trusted,
    may_finish,
)
from matricula.joining.errors import NotConfirmed
from matricula.joining.models import Arrival
from matricula.joining.origin import Origin
from matricula.mail.addresses import canonical
from matricula.organizations.models import Affiliation
from matricula.programs.memberships import enter_program
from matricula.programs.models import Membership, Program, kept_out
from matricula.programs.sign_in_requirement import has_live_connection


def brought_here(request: HttpRequest, arrival: Arrival) -> AssertedIdentity | None:
    """The company's sign-in of this arrival, if it waits in this very session."""
    here = asserted_here(request, organization=arrival.program.organization_id)
    same = here and (here.connection.pk, here.subject) == (arrival.connection_id, arrival.subject)
    return here if same else None


def needs_password(request: HttpRequest, arrival: Arrival) -> bool:
    """Not where the company says who sits here, and its word proves the work e-mail as well: then its sign-in
    is their way in."""
    here = brought_here(request, arrival)
    return not (here and here.email and here.proves(arrival.work_email) and is_trusted(arrival))


def open_company_session(request: HttpRequest, arrival: Arrival) -> None:
    """The sign-in that was brought along opens the company's programs in this browser, once it is linked."""
    here = brought_here(request, arrival)
    if here is None:
        return
    rows = Identity.objects.live().filter(
        connection=here.connection, subject=here.subject, account=arrival.account_id
    )
    identity = first_or_none(rows.select_related("account", "connection"))
    if identity:
        forget_asserted(request)
        start_company_session(request, identity, until=here.ends_at)


def sign_in_first(request: HttpRequest, program: Program) -> bool:
    """Whether JOIN NOW leads to the company first: the program requires its sign-in, none is here, and it
    works today. Where it does not, people join all the same, and the program opens with the sign-in."""
    if not program.requires_sign_in or asserted_here(request, organization=program.organization_id):
        return False
    here = identity_here(request, organization=program.organization_id)
    return here is None and has_live_connection(program.organization_id)


def enter_by_link(*, origin: Origin, identity: Identity) -> bool:
    """JOIN NOW by a link, of somebody the company's sign-in has brought: whether they are in now.

    False where the link is another's, or something is missing that only they themselves can prove. Raises
    what `begin_arrival` and `finish_arrival` do.
    """
    account = identity.account
    if not is_addressed_to(origin, account):
        return False
    with transaction.atomic():
        arrival = begin_arrival(origin=origin, account=account, asserted=AssertedIdentity.of(identity))
        arrival.work_email = origin.address or work_email_of(identity)
        if not may_finish(arrival):
            arrival.delete()
            return False
        arrival.save(update_fields=["work_email"])
        finish_arrival(arrival=arrival)
    return True


def work_email_of(identity: Identity) -> str:
    """By which the company knows them; nothing where they have no tie to it."""
    ties = Affiliation.objects.live().filter(
        organization=identity.connection.organization_id, account=identity.account_id
    )
    return first_or_none(ties.values_list("work_email", flat=True)) or ""


@transaction.atomic
def enter_as_linked(*, program: Program, identity: Identity) -> Membership:
    """Whoever the company's sign-in is linked with, and belongs to the company already, lacks nothing.

    Raises NotConfirmed for those who have no tie to the company; ProgramFull, ProgramEnded,
    RemovedFromProgram.
    """
    hold_account(identity.account_id)
    if not work_email_of(identity) or not Identity.objects.live().filter(pk=identity.pk).exists():
        raise NotConfirmed
    return enter_program(program=program, account=identity.account)


def removed_membership(asserted: AssertedIdentity) -> Membership | None:
    """The last one an administrator ended, of whoever this sign-in belonged to until the company ended it, or
    the company knew by the work e-mail that it proves."""
    organization = asserted.connection.organization_id
    ended = Identity.objects.filter(
        connection=asserted.connection, subject=asserted.subject, ended_by=Identity.EndedBy.COMPANY
    )
    accounts = set(ended.values_list("account", flat=True))
    if asserted.proves(asserted.email):
        ties = Affiliation.objects.filter(organization=organization, canonical=canonical(asserted.email))
        accounts |= set(ties.values_list("account", flat=True))
    theirs = Membership.objects.filter(kept_out(None), organization=organization, account__in=accounts)
    return first_or_none(theirs.select_related("program__organization").order_by("-left_at"))
