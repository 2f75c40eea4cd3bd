"""What joining does when other rooms tell of something."""

from django.dispatch import receiver
from django.utils import timezone

from matricula.accounts.models import Account, EmailAddress
from matricula.accounts.signals import account_reclaimed, address_confirmed
from matricula.identities.errors import IdentityError
from matricula.invitations.settlement import settle_invitations_to
from matricula.joining.arrivals import enter_by_arrival
from matricula.joining.errors import LinkRefused, WorkEmailTaken
from matricula.joining.models import WITH_ORIGIN, Arrival
from matricula.joining.origins import WITHOUT_SIGN_IN
from matricula.mail.addresses import canonical
from matricula.programs.errors import ProgramFull, RemovedFromProgram


@receiver(address_confirmed)
def finish_waiting(sender: object, email: EmailAddress, **_: object) -> None:
    """Arrivals that waited for this mailbox go on, whatever device confirmed it. Who proves a mailbox holds
    the account before.
    """
    waiting = Arrival.objects.select_related(*WITH_ORIGIN).filter(
        account=email.account_id, finished_at__isnull=True, expires_at__gt=timezone.now()
    )
    for arrival in waiting:
        if arrival.work_email and canonical(arrival.work_email) == email.canonical:
            arrival.account = email.account
            enter_or_leave(arrival, email.account)
    settle_invitations_to(email)


@receiver(account_reclaimed)
def drop_sign_ins(sender: object, account: Account, **_: object) -> None:
    """Whoever had the account before brought a company's sign-in of their own: it opens nothing here."""
    theirs = Arrival.objects.filter(account=account, finished_at__isnull=True, connection__isnull=False)
    by_that_alone = theirs.filter(invitation__isnull=True, direct_link__isnull=True)
    by_that_alone.delete()
    theirs.update(**WITHOUT_SIGN_IN)


def enter_or_leave(arrival: Arrival, account: Account) -> None:
    """The mailbox stays proven even when the program filled up; the page then says what is missing."""
    try:
        enter_by_arrival(arrival, account)
    except (ProgramFull, WorkEmailTaken, LinkRefused, RemovedFromProgram, IdentityError):
        return
