"""The letter got lost: whoever asks gets the same answer, after the same work."""

from contextlib import suppress

from django.db import transaction

from matricula.invitations.errors import InvitationAnswered, LetterJustSent
from matricula.invitations.invitations import send_invitation_again
from matricula.invitations.models import Invitation, LostLetter
from matricula.jobs.queue import enqueue
from matricula.mail.addresses import AddressRefused, canonical
from matricula.mail.models import Letter
from matricula.programs.errors import ProgramEnded
from matricula.security.throttling import LETTERS, MailboxLimit, NetworkLimit, Tally, spend

LOOK_FOR = "invitations.lost_letter"
OF_AN_ADDRESS, OF_A_NETWORK = MailboxLimit("lost-letter"), NetworkLimit("lost-letter-network")
UNDER_WAY = (Letter.State.QUEUED, Letter.State.SENDING)


@transaction.atomic
def ask_for_letter(address: str, network: str) -> None:
    """Ask the worker to look whether an invitation is open; no word about what it finds.

    Nothing is looked up here, so that an address that is known takes no longer than another.
    Raises TooManyTries, for invited and others alike.
    """
    try:
        spelled = canonical(address)
    except AddressRefused:
        return
    spend([Tally(OF_A_NETWORK, network), Tally(OF_AN_ADDRESS, spelled), Tally(LETTERS, spelled)])
    asked = LostLetter.objects.create(canonical=spelled)
    enqueue(LOOK_FOR, reference=asked.pk)


def answer_lost_letter(asked: LostLetter) -> None:
    """Send the open invitations to the address again, but for those under way; the address is forgotten."""
    rows = Invitation.objects.open().filter(canonical=asked.canonical).exclude(letter__state__in=UNDER_WAY)
    for invitation in rows.select_related("program").order_by("pk"):
        with suppress(InvitationAnswered, LetterJustSent, ProgramEnded):
            send_invitation_again(invitation=invitation, actor=None)
    asked.delete()
