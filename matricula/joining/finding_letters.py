"""The letter got lost: whoever asks gets the same answer, after the same work."""

from contextlib import suppress

from django.db import transaction

from matricula.accounts.addresses import AddressRefused, canonical
from matricula.accounts.throttling import LETTERS, MailboxLimit, NetworkLimit, Tally, spend
from matricula.joining.errors import InvitationAnswered, LetterJustSent
from matricula.joining.inviting import send_again
from matricula.joining.models import Invitation
from matricula.mail.models import Letter
from matricula.mail.rendering import writes

KIND = "joining.lost_letter"
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


@writes(KIND)
def find_letter(asked: Letter) -> None:
    """No letter by itself: it has the open invitations to its address sent again, but for those under way."""
    rows = (
        Invitation.objects.open().filter(canonical=canonical(asked.to)).exclude(letter__state__in=UNDER_WAY)
    )
    for invitation in rows.select_related("program"):
        with suppress(InvitationAnswered, LetterJustSent):
            send_again(invitation=invitation, actor=None)
