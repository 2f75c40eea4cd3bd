"""Rounds of letters: to everybody in a program who has not answered."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from matricula.programs.models import Program


class RoundQuerySet(models.QuerySet["Round"]):
    def under_way(self) -> Self:
        return self.filter(ended_at__isnull=True)


class Round(models.Model):
    """An administrator writes to all who have not answered; the worker writes some at a time.

    `last` is the newest invitation meant, `reached` the last one looked at.
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="rounds")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    expected = models.PositiveIntegerField()
    last = models.BigIntegerField()
    reached = models.BigIntegerField(default=0)
    written = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program"], condition=Q(ended_at__isnull=True), name="one_round_at_a_time"
            )
        ]
