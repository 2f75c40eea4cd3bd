"""The letter got lost: whoever asks gets the same answer, after the same work."""

from contextlib import suppress

from django.db import transaction

from matricula.accounts.addresses import AddressRefused, canonical
from matricula.accounts.throttling import Limit, NetworkLimit
from matricula.joining.errors import InvitationAnswered, LetterJustSent
from matricula.joining.inviting import send_again
from matricula.joining.models import Invitation
from matricula.mail.models import Letter
from matricula.mail.rendering import writes

KIND = "joining.lost_letter"
OF_AN_ADDRESS = Limit("lost-letter", tries=1, minutes=10)
OF_A_NETWORK = NetworkLimit("lost-letter-from", tries=20, minutes=10)
UNDER_WAY = (Letter.State.QUEUED, Letter.State.SENDING)


@transaction.atomic
def ask_for_letter(address: str, network: str) -> None:
    """Ask the worker to look whether an invitation is open; no word about what it finds."""
    try:
        spelled = canonical(address)
    except AddressRefused:
        return
    if not OF_A_NETWORK.allows(network):
        return
    if OF_AN_ADDRESS.allows(spelled):
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
