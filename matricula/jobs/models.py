"""Work for later: one row a job, written with the work that asks for it, performed by the worker."""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Job(models.Model):
    """Work of some `kind` about something (`reference`), performed step by step."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    kind = models.CharField(max_length=60)
    reference = models.BigIntegerField(null=True)
    place = models.BigIntegerField(default=0)
    """How far it is: a step may say where the next one begins."""
    recurs = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    lease = models.CharField(max_length=22, blank=True)
    leased_until = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(recurs=True), name="one_recurring_job_a_kind"
            )
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="queued"), name="jobs_due"),
            models.Index(fields=["leased_until"], condition=Q(state="running"), name="jobs_leased"),
            models.Index(fields=["kind", "reference"], name="jobs_about"),
        ]
