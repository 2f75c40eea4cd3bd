"""Programs whose last day is over, and the letter that tells their people."""

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format

from matricula.accounts.mailboxes import hold_account
from matricula.accounts.models import EmailAddress
from matricula.jobs.models import Job
from matricula.jobs.performing import every
from matricula.mail.models import Letter
from matricula.mail.rendering import Reading, writes_many
from matricula.mail.wording import plain
from matricula.organizations.letterhead import letterhead
from matricula.programs.membership import end_membership
from matricula.programs.models import Membership, not_ended

BATCH = 200
KIND = "programs.ended"


@every("programs.end", timedelta(hours=1))
@transaction.atomic
def end_memberships(job: Job | None = None) -> bool:
    """Everybody still in a program that has ended leaves it, some at a time. True when more are left.

    The courses closed with the day itself: this frees the seats, detaches work e-mails, and writes to each.
    All accounts are held before the first seat is freed, as whoever removes one person holds theirs first.
    """
    over = Membership.objects.active().exclude(not_ended("program__"))
    batch = list(over.select_related("program__organization", "account").order_by("pk")[:BATCH])
    for account in sorted(one.account_id for one in batch):
        hold_account(account)
    left = Membership.State.LEFT
    tell([one for one in batch if end_membership(membership=one, actor=None, state=left)])
    return len(batch) == BATCH


def tell(memberships: list[Membership]) -> None:
    """In the transaction that ended them, so each once. To their own address: the work e-mail may be gone."""
    accounts = [one.account_id for one in memberships]
    primary = EmailAddress.objects.filter(account__in=accounts, account__is_active=True, is_primary=True)
    rows = primary.values_list("account", "address", "account__language")
    reached = {account: (address, language) for account, address, language in rows}
    Letter.objects.bulk_create(
        letter_to(*reached[one.account_id], one) for one in memberships if one.account_id in reached
    )


def letter_to(address: str, language: str, membership: Membership) -> Letter:
    """One of many: whoever waits for a letter of theirs goes first."""
    program = membership.program
    return Letter(
        kind=KIND,
        to=address,
        language=language,
        reference=membership.pk,
        organization_id=program.organization_id,
        bulk=True,
        context={"day": str(program.ends_on)},
    )


@writes_many(KIND)
def farewells(letters: list[Letter]) -> dict[int, Reading]:
    """Moot for who is back in the program."""
    rows = Membership.objects.exclude(state=Membership.State.ACTIVE).select_related("program__organization")
    found = rows.in_bulk([one.reference for one in letters])
    return {
        one.pk: farewell(found[one.reference], one.context["day"])
        for one in letters
        if one.reference in found
    }


def farewell(membership: Membership, day: str) -> Reading:
    program = membership.program
    return Reading(
        "programs/email/ended",
        values={
            "program": plain(program.name),
            "day": date_format(date.fromisoformat(day), "DATE_FORMAT"),
            "link": settings.BASE_URL + reverse(settings.LOGIN_REDIRECT_URL),
            **letterhead(program.organization),
        },
        same=(program.pk, day),
        sender_name=plain(program.organization.name),
    )
