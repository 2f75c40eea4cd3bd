"""Tokens, and the answers kept so that a repeated request is answered and not done again."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from matricula.db.public_ids import public_id_field
from matricula.organizations.models import Organization, Role
from matricula.security.seals import SealedField

SEAL = "api-answer"
BETWEEN_NOTES = timedelta(minutes=1)
"""A token in constant use is noted as used this often."""


class TokenQuerySet(models.QuerySet["Token"]):
    def live(self) -> "TokenQuerySet":
        return self.filter(revoked_at__isnull=True, expires_at__gt=timezone.now())


class Token(models.Model):
    """What a program of an organization shows to use the API. Only the digest of its secret is kept."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="tokens")
    public_id = public_id_field()
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    ending = models.CharField(max_length=4)
    scopes = models.JSONField(default=list)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("created_at")), name="a_token_ends_after_it_began"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()

    @property
    def is_live(self) -> bool:
        return self.revoked_at is None and not self.is_expired

    @property
    def role(self) -> Role:
        """What a token sees: all of its organization, as a program administrator does."""
        return Role(organization=self.organization, kind=Role.Kind.PROGRAM_ADMINISTRATOR)

    def note_use(self) -> None:
        """At most once in BETWEEN_NOTES, so that reading does not write."""
        now = timezone.now()
        if self.last_used_at is None or self.last_used_at < now - BETWEEN_NOTES:
            Token.objects.filter(pk=self.pk).update(last_used_at=now)


class KeptAnswer(models.Model):
    """The answer to a request that named an Idempotency-Key, sealed: it may hold the secret of a link."""

    token = models.ForeignKey(Token, on_delete=models.CASCADE, related_name="answers")
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    sealed = SealedField(purpose=SEAL, blank=True)
    kept_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="one_answer_a_key")]
        indexes = [models.Index(fields=["token", "kept_at"], name="answers_by_age")]

    def __str__(self) -> str:
        return self.key
