"""What the worker does for joining, and when."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from matricula.jobs.models import Job
from matricula.jobs.queue import performs_job
from matricula.jobs.retention import forgets_rows
from matricula.joining.models import Arrival, Request, RequestByAddress
from matricula.joining.requests import LOOK_FOR, answer_by_address


def forget_request(job: Job) -> None:
    """Nobody looks for it any more: the address does not stay behind."""
    RequestByAddress.objects.filter(pk=job.reference or 0).delete()


@performs_job(LOOK_FOR, gives_up=forget_request)
def look_whom_to_ask(job: Job) -> bool:
    asked = RequestByAddress.objects.filter(pk=job.reference or 0).first()
    if asked:
        answer_by_address(asked)
    return False


@forgets_rows("arrivals that led nowhere", timedelta(days=30), "they ended", Arrival)
def abandoned_arrivals(before: datetime) -> "QuerySet[Arrival]":
    """Those that led into a program stay: they say how somebody came."""
    return Arrival.objects.filter(finished_at__isnull=True, expires_at__lt=before)


@forgets_rows(
    "requests of people whose link did not open", timedelta(days=365), "they were answered", Request
)
def answered_requests(before: datetime) -> "QuerySet[Request]":
    return Request.objects.filter(answered_at__lt=before)


@forgets_rows("addresses that asked their administrator", timedelta(days=1), "they asked", RequestByAddress)
def requests_by_address(before: datetime) -> "QuerySet[RequestByAddress]":
    """Where nobody came to look: the row goes with the answer."""
    return RequestByAddress.objects.filter(asked_at__lt=before)
