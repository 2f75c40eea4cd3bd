"""The outbox: one row a letter, written with the work it tells of, delivered by the worker."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from matricula.security.secrets import digests

BETWEEN_LETTERS = timedelta(minutes=10)
"""Nobody gets two letters about one thing sooner, whoever asks for them."""


class Letter(models.Model):
    """A letter to be sent. It carries references, never secrets: those are minted when it is rendered."""

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"
        BOUNCED = "bounced"

    UNDELIVERED = (State.FAILED, State.BOUNCED)
    LIFE = timedelta(days=5)
    """How long a letter that nobody takes is offered again and again (RFC 5321, section 4.5.4.1)."""
    OVER_THE_LIMIT = "The organization's daily limit of letters is reached."

    kind = models.CharField(max_length=60)
    to = models.CharField(max_length=254)
    language = models.CharField(max_length=10, default="en")
    reference = models.BigIntegerField(null=True)
    organization_id = models.BigIntegerField(null=True)
    bulk = models.BooleanField(db_default=False)
    context = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    good_until = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    provider_id = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["bulk", "due_at", "id"], condition=Q(state="queued"), name="letters_due"),
            models.Index(fields=["leased_until"], condition=Q(state="sending"), name="letters_leased"),
            models.Index(fields=["ended_at"], condition=Q(state="failed"), name="letters_given_up"),
            models.Index(fields=["kind", "reference"], name="letters_about"),
            models.Index(
                fields=["organization_id", "ended_at"],
                condition=Q(ended_at__isnull=False, organization_id__isnull=False),
                name="ended_letters_of_a_company",
            ),
            models.Index(fields=["provider_id"], condition=~Q(provider_id=""), name="letters_at_provider"),
        ]

    @property
    def message_id(self) -> str:
        """The same whenever the letter is sent, so that mailboxes know a second copy (RFC 5322, 3.6.4)."""
        host = urlsplit(settings.BASE_URL).hostname
        return f"<{self.pk}.{self.proofs()[0]}@{host}>"

    def proofs(self) -> list[str]:
        """What shows that a Message-ID is of this site, by each of its keys."""
        return [one[:24] for one in digests("message", str(self.pk))]


class Sending(models.Model):
    """Whether letters may leave: one row, which all workers read. `home` is the database that sends."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    home = models.CharField(max_length=200, blank=True)
    held_at = models.DateTimeField(null=True)
    closed_since = models.DateTimeField(null=True)
    closed_words = models.TextField(blank=True)
    probes = models.PositiveIntegerField(default=0)
    probe_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_row_about_sending")]


class Allowance(models.Model):
    """How many letters an organization had sent on a day (UTC)."""

    organization_id = models.BigIntegerField()
    day = models.DateField()
    sent = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization_id", "day"], name="one_allowance_a_day")]


class Mailbox(models.Model):
    """How far a mailbox of returned letters was read: up to the message `uid` (RFC 9051, 2.3.1.1)."""

    name = models.CharField(max_length=300, unique=True)
    uid_validity = models.BigIntegerField(default=0)
    uid = models.BigIntegerField(default=0)


class InboxLetter(models.Model):
    """A delivered letter as the development inbox shows it."""

    letter = models.OneToOneField(Letter, on_delete=models.CASCADE)
    to = models.CharField(max_length=254)
    sender = models.CharField(max_length=254)
    subject = models.CharField(max_length=998)
    text = models.TextField()
    html = models.TextField()
    date = models.DateTimeField(default=timezone.now)
