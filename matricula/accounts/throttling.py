"""Counting tries, in the database, so that every process of every host counts the same."""

from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from matricula.accounts.models import Throttle
from matricula.web.secret import digest


def allows(action: str, whom: str, *, tries: int, minutes: int) -> bool:
    """Count one try of `action` by `whom`; False once `tries` in `minutes` are used up."""
    key, now = digest("throttle", f"{action}:{whom}"), timezone.now()
    free = Throttle.objects.filter(key=key, window_ends_at__gt=now, tries__lt=tries)
    if free.update(tries=F("tries") + 1):
        return True
    ends = now + timedelta(minutes=minutes)
    Throttle.objects.filter(key=key, window_ends_at__lte=now).update(tries=0, window_ends_at=ends)
    Throttle.objects.bulk_create([Throttle(key=key, window_ends_at=ends)], ignore_conflicts=True)
    return bool(free.update(tries=F("tries") + 1))
