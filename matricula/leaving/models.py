"""Combinings: two accounts of one person made one, and the ledger by which that is undone."""

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matricula.db.public_ids import public_id_field
from matricula.leaving.offboarding.models import EndNotice, HeldDeparture, LeaversFile, LeaversLine

__all__ = ["Combining", "CombiningLine", "EndNotice", "HeldDeparture", "LeaversFile", "LeaversLine"]
UNDO_DAYS = 14
RULES = 1
"""The version of the rules of `plan.py`; the ledger of each combining says by which it was made."""


class CombiningQuerySet(models.QuerySet["Combining"]):
    def open(self) -> Self:
        """Those that can still be undone."""
        return self.standing().filter(final_at__isnull=True, undo_until__gt=timezone.now())

    def standing(self) -> Self:
        """Those that were not undone."""
        return self.filter(undone_at__isnull=True)


class Combining(models.Model):
    """One account took in another. Until `undo_until` either side alone may have it undone."""

    class Side(models.TextChoices):
        KEPT = "kept", _("the account that was kept")
        GIVEN_UP = "given_up", _("the account that was given up")

    public_id = public_id_field()
    kept = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="combinings_as_kept"
    )
    given_up = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="combinings_as_given_up"
    )
    made_at = models.DateTimeField(default=timezone.now)
    undo_until = models.DateTimeField(db_index=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=8, choices=Side, blank=True)
    reminded_at = models.DateTimeField(null=True)
    final_at = models.DateTimeField(null=True)
    proofs = models.JSONField(default=dict)
    """How, and when, each side was proven."""
    network = models.CharField(max_length=60, blank=True)
    browser = models.CharField(max_length=200, blank=True)
    rules = models.PositiveSmallIntegerField(default=RULES)
    plan_digest = models.CharField(max_length=64)

    objects = CombiningQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(kept=F("given_up")), name="two_accounts_are_combined"),
            models.CheckConstraint(condition=Q(undo_until__gt=F("made_at")), name="undo_has_its_days"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(final_at__isnull=True),
                name="what_was_undone_is_not_final",
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by="")
                | (Q(undone_at__isnull=False) & ~Q(undone_by="")),
                name="undone_by_a_side",
            ),
            models.UniqueConstraint(
                fields=["given_up"], condition=Q(undone_at__isnull=True), name="given_up_once"
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether it can still be undone."""
        return self.undone_at is None and self.final_at is None and self.undo_until > timezone.now()


def undo_end() -> timedelta:
    return timedelta(days=UNDO_DAYS)


class CombiningLine(models.Model):
    """What became of one row. `before` and `after` hold the columns that changed, and no others.

    Lines are added, and told what undo made of them; the database refuses any other change (`triggers.py`).
    """

    class Undone(models.TextChoices):
        BACK = "back", _("went back")
        KEPT = "kept", _("stayed: it changed since")
        LOST = "lost", _("could not go back")

    combining = models.ForeignKey(Combining, on_delete=models.CASCADE, related_name="lines", db_index=False)
    table_name = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    act = models.CharField(max_length=9)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    counterpart = models.BigIntegerField(null=True)
    """The row of the other account that it was measured against."""
    reason = models.CharField(max_length=40, blank=True)
    undone = models.CharField(max_length=4, choices=Undone, blank=True)
    why = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["combining", "table_name", "row_id", "act"], name="one_line_of_each_act"
            )
        ]
