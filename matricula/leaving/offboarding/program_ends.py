"""Whom a program's end would strand: counted when its last day is chosen, and written to before it comes."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from matricula.accounts.mailboxes import addresses_reaching
from matricula.db.days import today_there
from matricula.db.queries import insert_once
from matricula.leaving.offboarding.models import EndNotice
from matricula.leaving.rehearsal.stranding import leaving_with, stranded_people
from matricula.mail.models import Letter
from matricula.programs.models import Membership, Program, not_ended

ENDS = "leaving.program_ends"
"""The letter: a program ends, and with it the only way in."""
BATCH = 500


def stranded_by_end(program: Program, ends_on: date) -> QuerySet[Any]:
    """Of the program's own people; of those in several that end that day the last one counts them."""
    then = Program(pk=program.pk, organization=program.organization, ends_on=ends_on)
    active = Membership.objects.active().filter(organization=program.organization_id)
    also = active.filter(program__ends_on=ends_on, program__gt=program.pk)
    people = stranded_people(program.organization, leaving_with(then))
    return people.filter(pk__in=active.filter(program=program).values("account")).exclude(
        pk__in=also.values("account")
    )


def count_stranded(program: Program, ends_on: date) -> int:
    return stranded_by_end(program, ends_on).count()


def write_before_ends() -> bool:
    """To the next people of one program that ends within the days of a hold. True when more may be left.

    Whoever joins afterwards is told by the letters of the end itself.
    """
    for program, ends_on in programs_ending():
        notice = notice_of(program, ends_on)
        if notice.done_at is None:
            write_some(program, notice)
            return True
    return False


def programs_ending() -> list[tuple[Program, date]]:
    """Whose last day is near where their organization is."""
    latest = timezone.now().date() + timedelta(days=settings.HELD_DAYS + 1)
    rows = Program.objects.filter(not_ended(), ends_on__lte=latest).select_related("organization")
    told = EndNotice.objects.filter(done_at__isnull=False).values_list("program", "ends_on")
    done = set(told.filter(ends_on__lte=latest))
    near = timedelta(days=settings.HELD_DAYS)
    return [
        (one, one.ends_on)
        for one in rows.order_by("pk")
        if one.ends_on
        and (one.pk, one.ends_on) not in done
        and one.ends_on <= today_there(one.organization.time_zone) + near
    ]


def notice_of(program: Program, ends_on: date) -> EndNotice:
    insert_once(EndNotice(program=program, ends_on=ends_on))
    return EndNotice.objects.get(program=program, ends_on=ends_on)


@transaction.atomic
def write_some(program: Program, notice: EndNotice) -> None:
    people = stranded_by_end(program, notice.ends_on).filter(pk__gt=notice.place).order_by("pk")
    accounts = list(people.values_list("pk", flat=True)[:BATCH])
    memberships = Membership.objects.active().filter(program=program, account__in=accounts)
    reached = addresses_reaching(accounts)
    letters = [
        letter_of(program, one, *reached[one.account_id]) for one in memberships if one.account_id in reached
    ]
    news = {"place": accounts[-1] if accounts else notice.place, "told": notice.told + len(letters)}
    done = timezone.now() if len(accounts) < BATCH else None
    same = EndNotice.objects.filter(pk=notice.pk, place=notice.place, done_at__isnull=True)
    if same.update(**news, done_at=done):
        Letter.objects.bulk_create(letters)


def letter_of(program: Program, membership: Membership, address: str, language: str) -> Letter:
    return Letter(
        kind=ENDS,
        to=address,
        language=language,
        reference=membership.pk,
        organization_id=program.organization_id,
        bulk=True,
        context={"day": str(program.ends_on)},
    )
