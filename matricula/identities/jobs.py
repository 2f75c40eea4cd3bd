"""What passes in this room, and when."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from matricula.identities.models import CompanySession, Flow, OwnerRecoveryCode, SeenNonce, StoredAnswer
from matricula.jobs.retention import forgets_rows

DAY = timedelta(days=1)


@forgets_rows("ways to a company's sign-in and back", DAY, "they ended", Flow)
def flows(before: datetime) -> "QuerySet[Flow]":
    return Flow.objects.filter(expires_at__lt=before)


@forgets_rows("answers of a company's sign-in, as they came", DAY, "they ended", StoredAnswer)
def stored_answers(before: datetime) -> "QuerySet[StoredAnswer]":
    return StoredAnswer.objects.filter(expires_at__lt=before)


@forgets_rows("what came once from a company's sign-in", DAY, "they ran out", SeenNonce)
def seen_nonces(before: datetime) -> "QuerySet[SeenNonce]":
    return SeenNonce.objects.filter(expires_at__lt=before)


@forgets_rows("sign-ins with a company", timedelta(days=30), "they ended", CompanySession)
def company_sessions(before: datetime) -> "QuerySet[CompanySession]":
    return CompanySession.objects.filter(expires_at__lt=before)


@forgets_rows("recovery codes of owners", timedelta(days=30), "they were used", OwnerRecoveryCode)
def spent_owner_codes(before: datetime) -> "QuerySet[OwnerRecoveryCode]":
    """Whether one is left is asked of those that were not used."""
    return OwnerRecoveryCode.objects.filter(used_at__lt=before)
