"""Counting tries, in the database, so that every process of every host counts the same."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from matricula.accounts.models import Throttle
from matricula.web.secret import digest


@transaction.atomic
def allows(action: str, whom: str, *, tries: int, minutes: int) -> bool:
    """Count one try of `action` by `whom`; False once `tries` in `minutes` are used up."""
    key, now = digest("throttle", f"{action}:{whom}"), timezone.now()
    ends = now + timedelta(minutes=minutes)
    Throttle.objects.get_or_create(key=key, defaults={"window_ends_at": ends})
    Throttle.objects.filter(key=key, window_ends_at__lte=now).update(tries=0, window_ends_at=ends)
    return bool(Throttle.objects.filter(key=key, tries__lt=tries).update(tries=F("tries") + 1))
