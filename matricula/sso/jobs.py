"""What comes by itself in this room, and what passes."""

from datetime import datetime, time, timedelta

from django.db.models import QuerySet

from matricula.identities.models import Flow
from matricula.jobs.models import Job
from matricula.jobs.queue import recurs, recurs_nightly
from matricula.jobs.retention import forgets_rows
from matricula.sso import certificates, metadata_renewal
from matricula.sso.models import JudgedAnswer, OfferedMetadata

MORNING = time(5, 30)


@recurs("sso.metadata", timedelta(hours=1), atomic=False)
def renew_due_metadata(job: Job) -> bool:
    return metadata_renewal.renew_due_metadata()


@recurs_nightly("sso.certificates", MORNING)
def tell_ending_certificates(job: Job) -> None:
    certificates.tell_ending_certificates()


@forgets_rows("tests of company sign-in", timedelta(days=30), "they were made", JudgedAnswer)
def tests_of_connections(before: datetime) -> "QuerySet[JudgedAnswer]":
    return JudgedAnswer.objects.filter(purpose=Flow.Purpose.TEST, at__lt=before)


@forgets_rows("company sign-ins that were refused", timedelta(days=7), "they came", JudgedAnswer)
def refused_answers(before: datetime) -> "QuerySet[JudgedAnswer]":
    return JudgedAnswer.objects.filter(purpose=Flow.Purpose.SIGN_IN, at__lt=before)


@forgets_rows(
    "metadata of several providers, waiting for a choice", timedelta(days=1), "they came", OfferedMetadata
)
def offered_metadata(before: datetime) -> "QuerySet[OfferedMetadata]":
    return OfferedMetadata.objects.filter(at__lt=before)
