"""Which letters a worker takes up: people who wait for one first, then the many, within each day's limit."""

from collections import Counter
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from matricula.mail.models import Allowance, Letter

AHEAD = 10_000
"""Letters of an organization that may wait in the outbox before more of many are put there."""


def lease_letters(limit: int, bulk: bool | None = None) -> list[Letter]:
    """Take up to `limit` letters that nobody else holds and their organizations may still send today; only
    those of many, or only awaited ones, as `bulk` says."""
    with transaction.atomic():
        won = take_letters(limit, bulk)
        return hold_back(won) if won else []


def take_letters(limit: int, bulk: bool | None) -> list[Letter]:
    """Each is won by a guarded update; PostgreSQL's workers skip each other's rows, SQLite's wait."""
    now = timezone.now()
    until = now + timedelta(seconds=settings.MAIL_LEASE_SECONDS)
    won: list[Letter] = []
    for free in free_letters(now, bulk):
        wanted = limit - len(won)
        if wanted <= 0:
            break
        found = list(free.select_for_update(skip_locked=True)[:wanted])
        ours = {"state": Letter.State.SENDING, "leased_until": until, "attempts": F("attempts") + 1}
        if found and free.filter(pk__any_of=[one.pk for one in found]).update(**ours) == len(found):
            for one in found:
                one.state, one.leased_until, one.attempts = Letter.State.SENDING, until, one.attempts + 1
            won += found
    return won


def renew_lease(awaited: set[int]) -> None:
    """A slow mail server is no reason for another worker to send the same letters."""
    until = timezone.now() + timedelta(seconds=settings.MAIL_LEASE_SECONDS)
    Letter.objects.filter(pk__any_of=[*awaited], state=Letter.State.SENDING).update(leased_until=until)


def free_letters(now: datetime, bulk: bool | None) -> list[QuerySet[Letter]]:
    """Abandoned by a worker that was killed; awaited by a person; one of many."""
    lanes = [False, True] if bulk is None else [bulk]
    queued = Letter.objects.filter(state=Letter.State.QUEUED, due_at__lte=now).order_by("due_at", "id")
    abandoned = Letter.objects.filter(state=Letter.State.SENDING, leased_until__lt=now)
    taken_up = abandoned.filter(bulk__in=lanes).order_by("leased_until", "id")
    return [taken_up, *(queued.filter(bulk=one) for one in lanes)]


def hold_back(won: list[Letter]) -> list[Letter]:
    """Those within the limit of their organization's day; the rest wait until tomorrow."""
    new = Counter(one.organization_id for one in won if one.organization_id and one.attempts == 1)
    left = {organization: take_allowance(organization, wanted) for organization, wanted in new.items()}
    sendable, waiting = [], []
    for one in won:
        counted = one.organization_id in left and one.attempts == 1
        if counted and left[one.organization_id or 0] == 0:
            waiting.append(one.pk)
            continue
        if counted:
            left[one.organization_id or 0] -= 1
        sendable.append(one)
    if waiting:
        put_off(waiting)
    return sendable


def take_allowance(organization: int, wanted: int) -> int:
    """How many of `wanted` letters the organization may still send today; they are counted."""
    limit = settings.MAIL_DAILY_LIMIT
    if not limit:
        return wanted
    row = Allowance.objects.get_or_create(organization_id=organization, day=timezone.now().date())[0]
    given = max(0, min(wanted, limit - row.sent))
    guarded = Allowance.objects.filter(pk=row.pk, sent__lte=limit - given)
    return given if given and guarded.update(sent=F("sent") + given) else 0


def return_allowance(letters: list[Letter]) -> None:
    """Of letters that were counted when they were taken, and were not tried."""
    day = timezone.now().date()
    counted = Counter(one.organization_id for one in letters if one.organization_id and one.attempts == 1)
    for organization, number in counted.items():
        today = Allowance.objects.filter(organization_id=organization, day=day, sent__gte=number)
        today.update(sent=F("sent") - number)


def put_off(waiting: list[int]) -> None:
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    Letter.objects.filter(pk__any_of=waiting).update(
        state=Letter.State.QUEUED, due_at=midnight, leased_until=None, attempts=0, error=Letter.OVER_THE_LIMIT
    )


def letters_promised(words: str, organization: int) -> str:
    """`words` promise a letter of the organization; when today's limit is reached, also when it leaves."""
    limit = settings.MAIL_DAILY_LIMIT
    today = Allowance.objects.filter(organization_id=organization, day=timezone.now().date())
    if not limit or not today.filter(sent__gte=limit).exists():
        return words
    later = _("Today's limit of letters (%(limit)s) is reached: it goes on after midnight (UTC).")
    return f"{words} {later % {'limit': f'{limit:,}'}}"


def waiting_until_tomorrow(organization: int) -> int:
    """How many of the organization's letters the daily limit holds back, counted up to AHEAD."""
    held = Letter.objects.filter(state=Letter.State.QUEUED, error=Letter.OVER_THE_LIMIT)
    return held.filter(organization_id=organization, due_at__gt=timezone.now())[:AHEAD].count()


def organizations_at_their_limit() -> set[int]:
    """Organizations with so many letters in the outbox that more of many would only grow old there."""
    queued = Letter.objects.filter(state=Letter.State.QUEUED, bulk=True, organization_id__isnull=False)
    numbers = queued.values("organization_id").annotate(n=Count("pk")).filter(n__gte=AHEAD)
    return {one["organization_id"] or 0 for one in numbers}
