"""What the worker does for roles, and when."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from matricula.jobs.retention import forgets_rows
from matricula.roles.models import Appointment


@forgets_rows("offers of roles that nobody accepted", timedelta(days=365), "they ended", Appointment)
def ended_offers(before: datetime) -> "QuerySet[Appointment]":
    unused = Appointment.objects.filter(accepted_by__isnull=True)
    return unused.filter(Q(ended_at__lt=before) | Q(ended_at__isnull=True, expires_at__lt=before))
