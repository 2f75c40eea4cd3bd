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
    queue = models.CharField(max_length=60, blank=True)
    """Of the jobs of one queue only one runs at a time, and queues take turns; "" is no queue."""
    recurs = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    lease = models.CharField(max_length=22, blank=True)
    leased_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(recurs=True), name="one_recurring_job_a_kind"
            ),
            models.UniqueConstraint(
                fields=["queue"],
                condition=Q(state="running") & ~Q(queue=""),
                name="one_job_of_a_queue_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="queued"), name="jobs_due"),
            models.Index(fields=["leased_until"], condition=Q(state="running"), name="jobs_leased"),
            models.Index(fields=["kind", "reference"], name="jobs_about"),
            models.Index(
                fields=["queue", "due_at"], condition=Q(state="queued") & ~Q(queue=""), name="jobs_of_a_queue"
            ),
        ]
