"""What was asked to be done to many rows, how far it is, and who was left out and why."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from matricula.db.public_ids import public_id_field
from matricula.organizations.models import Organization


class BulkActQuerySet(models.QuerySet["BulkAct"]):
    def under_way(self) -> Self:
        return self.filter(ended_at__isnull=True)


class BulkAct(models.Model):
    """One verb (`kind`) for many rows of a list: those of `chosen`, or without any all that fit `asked`.

    `last` is the newest row meant, `reached` the last one that was looked at: rows are taken in the order of
    their ids, so each is looked at once, whatever becomes of it meanwhile.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="bulk_acts")
    public_id = public_id_field()
    kind = models.CharField(max_length=40)
    asked = models.JSONField(default=dict)
    chosen = models.JSONField(default=list)
    option = models.CharField(max_length=60, blank=True)
    """What the verb needs besides, such as the public id of a group."""
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    expected = models.PositiveIntegerField()
    last = models.BigIntegerField()
    reached = models.BigIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    is_stopped = models.BooleanField(default=False)

    objects = BulkActQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_stopped=False) | Q(ended_at__isnull=False), name="what_is_stopped_has_ended"
            )
        ]

    @property
    def is_running(self) -> bool:
        return self.ended_at is None

    @property
    def looked_at(self) -> int:
        """How many rows so far; never more than were expected, though some came since."""
        return min(self.done + self.refused, self.expected)


class BulkRefusal(models.Model):
    """A row that was left out, and the sentence that says why. Whose row it is, only its id says."""

    act = models.ForeignKey(BulkAct, on_delete=models.CASCADE, related_name="refusals", db_index=False)
    subject_id = models.BigIntegerField()
    reason = models.CharField(max_length=400)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["act", "subject_id"], name="a_row_is_refused_once_an_act")
        ]
        indexes = [models.Index(fields=["act", "id"], name="refusals_of_an_act")]
