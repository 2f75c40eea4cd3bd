"""What became of answers: test runs, and sign-ins that were refused."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from matricula.db.public_ids import public_id_field
from matricula.identities.models import Connection, Flow


class JudgedAnswer(models.Model):
    """An answer that was looked at, with each check. Its reference is on the page of whoever brought it."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="judged_answers")
    public_id = public_id_field()
    purpose = models.CharField(max_length=7, choices=Flow.Purpose)
    passed = models.BooleanField()
    reason = models.CharField(max_length=40, blank=True)
    """The code of the check or refusal that it failed by."""
    words = models.CharField(max_length=500, blank=True)
    """What the refusal said, where it was no check."""
    checks = models.JSONField(default=list)
    subject = models.CharField(max_length=512, blank=True)
    email = models.CharField(max_length=254, blank=True)
    """Whom an answer that was believed named, where something else refused them."""
    values = models.JSONField(default=dict)
    """Claims or attributes as they came."""
    raw = models.TextField(blank=True)
    """The answer itself, without what could be used again: signatures, codes, tokens."""
    signed_by = models.CharField(max_length=64, blank=True)
    """The fingerprint of the certificate (SAML), or the thumbprint of the key (RFC 7638), that signed it."""
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    """Who tested."""
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["connection", "-at"], name="answers_of_a_connection")]

    @property
    def reference(self) -> str:
        """Short enough to be read out on the telephone."""
        return self.public_id[:8]


class OfferedMetadata(models.Model):
    """Metadata of several providers, from which an owner has yet to choose, with what they entered beside.

    A federation's is some megabytes: it has its own row, so that no sign-in reads it.
    """

    connection = models.OneToOneField(
        Connection, on_delete=models.CASCADE, primary_key=True, related_name="offered_metadata"
    )
    content = models.TextField()
    entered = models.JSONField()
    at = models.DateTimeField(default=timezone.now)
