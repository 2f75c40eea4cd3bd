"""What the worker does for joining, and when."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from matricula.jobs.retention import forgets_rows
from matricula.joining.models import Arrival, Request


@forgets_rows("arrivals that led nowhere", timedelta(days=30), "they ended", Arrival)
def abandoned_arrivals(before: datetime) -> "QuerySet[Arrival]":
    """Those that led into a program stay: they say how somebody came."""
    return Arrival.objects.filter(finished_at__isnull=True, expires_at__lt=before)


@forgets_rows(
    "requests of people whose link did not open", timedelta(days=365), "they were answered", Request
)
def answered_requests(before: datetime) -> "QuerySet[Request]":
    return Request.objects.filter(answered_at__lt=before)
