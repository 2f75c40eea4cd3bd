"""Ask the administrator: one click for whoever holds a link that no longer opens, and what becomes of it."""

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.db.paging import count_some
from matricula.invitations.invitations import invite_as, invite_person, renew_invitation
from matricula.invitations.models import Invitation
from matricula.jobs.queue import enqueue
from matricula.joining.errors import RequestAnswered
from matricula.joining.models import Request, RequestByAddress
from matricula.mail.addresses import AddressRefused, canonical
from matricula.organizations.models import Organization
from matricula.organizations.ownership import administering_roles, write_to_holders
from matricula.programs.models import Program
from matricula.security.throttling import Limit, NetworkLimit, Tally, spend

REQUEST, LOOK_FOR = "joining.request", "joining.request_by_address"
OF_A_PERSON, OF_A_NETWORK = Limit("request"), NetworkLimit("request-network")


@transaction.atomic
def ask_administrator(
    *,
    reason: str,
    program: Program | None = None,
    invitation: Invitation | None = None,
    address: str = "",
    network: str = "",
) -> None:
    """Tell the administrators of `program` that what was held did not open, or that who left asks back.

    `reason` is the code of a LinkRefused or JoiningError. Where nothing was held, the worker looks whose
    invitation `address` had: an address that is known takes no longer here than another, and counts the same.
    Once in ten minutes.

    Raises TooManyTries when many asked from the network, about whomever.
    """
    if network:
        spend([Tally(OF_A_NETWORK, network)])
    who = invitation.address if invitation else address
    program = program or (invitation.program if invitation else None)
    try:
        spelled = canonical(who)
    except AddressRefused:
        return
    if not OF_A_PERSON.allows(f"{program.pk if program else ''}:{spelled}"):
        return
    if program:
        file_request(program=program, address=who, reason=reason, invitation=invitation)
    else:
        asked = RequestByAddress.objects.create(address=who, reason=reason)
        enqueue(LOOK_FOR, reference=asked.pk)


@transaction.atomic
def answer_by_address(asked: RequestByAddress) -> None:
    """The newest invitation to the address tells whose administrators to ask; the address is forgotten."""
    rows = Invitation.objects.filter(canonical=canonical(asked.address))
    invitation = rows.select_related("program__organization").order_by("-id").first()
    if invitation:
        file_request(
            program=invitation.program,
            address=asked.address,
            reason=asked.reason,
            invitation=invitation,
        )
    asked.delete()


@transaction.atomic
def file_request(
    *, program: Program, address: str, reason: str, invitation: Invitation | None
) -> Request | None:
    """The row, the audit line and the letters. None while the same person's request waits."""
    try:
        with transaction.atomic():
            made = Request.objects.create(
                program=program, invitation=invitation, address=address, reason=reason
            )
    except IntegrityError:
        return None
    record("request.made", organization=program.organization_id, subject=made, after={"reason": reason})
    write_to_holders(administering_roles(program.organization_id), kind=REQUEST, reference=made.pk)
    return made


@transaction.atomic
def answer_with_letter(*, request: Request, actor: Account | None) -> None:
    """Send the invitation again, or a new one where the old can no longer be answered.

    Raises RequestAnswered, InvitationAnswered, LetterJustSent, AlreadyMember, ProgramEnded.
    """
    record_answer(request, Request.Answer.INVITED, actor)
    live = Invitation.objects.live().filter(program=request.program, canonical=request.canonical).first()
    if live:
        renew_invitation(invitation=live, actor=actor)
        return
    if request.invitation:
        invite_as(old=request.invitation, address=request.address, invited_by=actor)
    else:
        invite_person(program=request.program, address=request.address, invited_by=actor)


@transaction.atomic
def dismiss_waiting_request(*, request: Request, actor: Account | None) -> None:
    """Raises RequestAnswered."""
    record_answer(request, Request.Answer.DISMISSED, actor)


def record_answer(request: Request, answer: Request.Answer, actor: Account | None) -> None:
    """Answer a waiting request, once."""
    rows = Request.objects.filter(Q(answer=""), pk=request.pk)
    if not rows.update(answer=answer, answered_by=actor, answered_at=timezone.now()):
        raise RequestAnswered
    record(
        "request.answered",
        actor=actor,
        organization=request.program.organization_id,
        subject=request,
        after={"answer": answer.value},
    )


MOST_COUNTED = 99


def number_waiting(organization: Organization) -> str:
    """Of requests that nobody has answered, for the menu; "" for none, and no more than MOST_COUNTED."""
    total = count_some(Request.objects.waiting().filter(program__organization=organization), MOST_COUNTED)
    return f"{total.n}+" if total.at_least else str(total.n or "")
