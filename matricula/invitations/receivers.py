"""What invitations does when other rooms tell of something."""

from datetime import datetime

from django.db.models import F, Q
from django.dispatch import receiver
from django.utils import timezone

from matricula.accounts.models import EmailAddress
from matricula.invitations.letters import KINDS
from matricula.invitations.models import REPLACES, Invitation, InvitationToken
from matricula.invitations.reminders import next_reminder
from matricula.invitations.settlement import JOINED, REVOKED, known_by, settle_all
from matricula.mail.models import Letter
from matricula.mail.signals import letters_ended
from matricula.programs.models import Membership
from matricula.programs.signals import membership_ended, program_entered


@receiver(letters_ended)
def note_delivery(sender: object, letters: list[Letter], state: Letter.State, **_: object) -> None:
    """The invitations' states follow their latest letters."""
    about = [one.pk for one in letters if one.kind in KINDS]
    if not about:
        return
    live, now = Invitation.objects.live().filter(letter__pk__any_of=about), timezone.now()
    if state == Letter.State.SENT:
        live.update(state=Invitation.State.SENT, sent_at=now, remind_at=next_reminder(now))
        end_links_before([one.pk for one in letters if one.context.get(REPLACES)], now)
    else:
        live.update(state=Invitation.State.FAILED, remind_at=None)


def end_links_before(letters: list[int], now: datetime) -> None:
    """The links that came before these letters, now that they have left: nobody waits with a dead link for a
    letter that the outbox holds back. A second copy of the same letter ends nothing."""
    of_another = Q(letter__isnull=False) & ~Q(letter=F("invitation__letter"))
    shown_before = Q(letter__isnull=True, created_at__lt=F("invitation__letter__queued_at"))
    live = InvitationToken.objects.filter(ended_at__isnull=True, invitation__letter__pk__any_of=letters)
    if letters:
        live.filter(of_another | shown_before).update(ended_at=now)


@receiver(program_entered)
def settle_invitations_of(sender: object, membership: Membership, **_: object) -> None:
    """Who entered, by whatever door, has answered every invitation to the program that was theirs."""
    account, program = membership.account, membership.program
    first, *rest = (rows.values("canonical") for rows in known_by(program, member=account))
    theirs = Invitation.objects.filter(program=program, canonical__in=first.union(*rest))
    settle_all(theirs, JOINED, account)


@receiver(membership_ended)
def withdraw_invitations_of(sender: object, membership: Membership, state: str, **_: object) -> None:
    """With a removal ends whatever was still open: only an invitation made after it counts."""
    if state != Membership.State.REMOVED:
        return
    proven = EmailAddress.objects.confirmed().filter(account=membership.account_id).values("canonical")
    settle_all(Invitation.objects.filter(program=membership.program_id, canonical__in=proven), REVOKED)
