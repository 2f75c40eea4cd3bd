"""The outbox: one row a letter, written with the work it tells of, delivered by the worker."""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Letter(models.Model):
    """A letter to be sent. It carries references, never secrets: those are minted when it is rendered."""

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"
        BOUNCED = "bounced"

    kind = models.CharField(max_length=60)
    to = models.CharField(max_length=254)
    language = models.CharField(max_length=10, default="en")
    reference = models.BigIntegerField(null=True)
    context = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    message_id = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="queued"), name="letters_due"),
            models.Index(fields=["leased_until"], condition=Q(state="sending"), name="letters_leased"),
            models.Index(fields=["kind", "reference"], name="letters_about"),
        ]


class InboxLetter(models.Model):
    """A delivered letter as the development inbox shows it."""

    letter = models.OneToOneField(Letter, on_delete=models.CASCADE)
    to = models.CharField(max_length=254)
    sender = models.CharField(max_length=254)
    subject = models.CharField(max_length=998)
    text = models.TextField()
    html = models.TextField()
    date = models.DateTimeField(default=timezone.now)
