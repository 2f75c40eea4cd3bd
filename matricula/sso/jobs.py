"""What passes in this room, and when."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from matricula.jobs.retention import forgets_rows
from matricula.sso.models import JudgedAnswer


@forgets_rows(
    "tests of company sign-in, and answers that were refused", timedelta(days=30), "they came", JudgedAnswer
)
def judged_answers(before: datetime) -> "QuerySet[JudgedAnswer]":
    return JudgedAnswer.objects.filter(at__lt=before)
