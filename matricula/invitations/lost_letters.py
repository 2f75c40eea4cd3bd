"""The letter got lost: whoever asks gets the same answer, after the same work."""

from contextlib import suppress

from django.db import transaction

from matricula.invitations.errors import InvitationAnswered, LetterJustSent
from matricula.invitations.invitations import send_invitation_again
from matricula.invitations.models import Invitation
from matricula.mail.addresses import AddressRefused, canonical
from matricula.mail.composition import composes
from matricula.mail.models import Letter
from matricula.security.throttling import LETTERS, MailboxLimit, NetworkLimit, Tally, spend

KIND = "invitations.lost_letter"
OF_AN_ADDRESS, OF_A_NETWORK = MailboxLimit("lost-letter"), NetworkLimit("lost-letter-network")
UNDER_WAY = (Letter.State.QUEUED, Letter.State.SENDING)


@transaction.atomic
def ask_for_letter(address: str, network: str) -> None:
    """Ask the worker to look whether an invitation is open; no word about what it finds.

    Raises TooManyTries, for invited and others alike.
    """
    try:
        spelled = canonical(address)
    except AddressRefused:
        return
    spend([Tally(OF_A_NETWORK, network), Tally(OF_AN_ADDRESS, spelled), Tally(LETTERS, spelled)])
    Letter.objects.create(kind=KIND, to=address)


@composes(KIND)
def send_found_letters(asked: Letter) -> None:
    """No letter by itself: it has the open invitations to its address sent again, but for those under way."""
    rows = (
        Invitation.objects.open().filter(canonical=canonical(asked.to)).exclude(letter__state__in=UNDER_WAY)
    )
    for invitation in rows.select_related("program"):
        with suppress(InvitationAnswered, LetterJustSent):
            send_invitation_again(invitation=invitation, actor=None)
