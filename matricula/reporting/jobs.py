"""How long it is told who read what of people."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from matricula.jobs.retention import forgets_rows
from matricula.reporting.models import ListReading, Reading

TOLD = timedelta(days=400)
"""A little more than 13 months: a year, and time to look after it."""


@forgets_rows("who opened the pages of people", TOLD, "that day", Reading)
def readings(before: datetime) -> "QuerySet[Reading]":
    return Reading.objects.filter(day__lt=before.date())


@forgets_rows("who took lists of people", TOLD, "that day", ListReading)
def list_readings(before: datetime) -> "QuerySet[ListReading]":
    return ListReading.objects.filter(day__lt=before.date())
