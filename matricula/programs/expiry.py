"""Programs whose last day is over, and the letter that tells their people."""

from django.db import transaction

from matricula.accounts.mailboxes import addresses_reaching, hold_account
from matricula.mail.models import Letter
from matricula.programs.memberships import end_membership
from matricula.programs.models import Membership, not_ended

BATCH = 200
FAREWELL = "programs.ended"


@transaction.atomic
def end_memberships() -> bool:
    """Everybody still in a program that has ended leaves it, some at a time. True when more are left.

    The courses closed with the day itself: this frees the seats, detaches work e-mails, and writes to each.
    All accounts are held before the first seat is freed, as whoever removes one person holds theirs first;
    then seats are freed program by program, as whoever leaves several does it.
    """
    over = Membership.objects.active().exclude(not_ended("program__"))
    batch = list(over.select_related("program__organization", "account").order_by("pk")[:BATCH])
    for account in sorted(one.account_id for one in batch):
        hold_account(account)
    left = Membership.State.LEFT
    batch_in_order = sorted(batch, key=lambda one: (one.program_id, one.pk))
    tell_of_end([one for one in batch_in_order if end_membership(membership=one, actor=None, state=left)])
    return len(batch) == BATCH


def tell_of_end(memberships: list[Membership]) -> None:
    """In the transaction that ended them, so each once. To their own address: the work e-mail may be gone."""
    reached = addresses_reaching([one.account_id for one in memberships])
    Letter.objects.bulk_create(
        letter_to(*reached[one.account_id], one) for one in memberships if one.account_id in reached
    )


def letter_to(address: str, language: str, membership: Membership) -> Letter:
    """One of many: whoever waits for a letter of theirs goes first."""
    program = membership.program
    return Letter(
        kind=FAREWELL,
        to=address,
        language=language,
        reference=membership.pk,
        organization_id=program.organization_id,
        bulk=True,
        context={"day": str(program.ends_on)},
    )
