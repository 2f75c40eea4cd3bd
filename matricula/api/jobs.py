"""What the worker does for the API, and when."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from matricula.api import idempotency
from matricula.api.models import KeptAnswer, Token
from matricula.jobs.retention import forgets_rows


@forgets_rows("answers kept for idempotency keys", idempotency.KEPT, "they were given", KeptAnswer)
def old_answers(before: datetime) -> "QuerySet[KeptAnswer]":
    return KeptAnswer.objects.filter(kept_at__lt=before)


@forgets_rows("API tokens", timedelta(days=365), "they ran out or were revoked", Token)
def ended_tokens(before: datetime) -> "QuerySet[Token]":
    return Token.objects.filter(Q(revoked_at__lt=before) | Q(expires_at__lt=before))
