"""What the worker does for security, and when."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from matricula.jobs.retention import forgets_rows
from matricula.security.models import Throttle


@forgets_rows("counted tries", timedelta(hours=1), "the time they count in was over", Throttle)
def windows_that_ended(before: datetime) -> "QuerySet[Throttle]":
    """Counters, and digests of what was given in them."""
    return Throttle.objects.filter(window_ends_at__lt=before)
