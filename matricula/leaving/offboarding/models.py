"""Departures that are held: a removal waits for its day, so that the person gets a way in of their own."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matricula.db.days import day_there
from matricula.db.public_ids import public_id_field
from matricula.organizations.models import Organization
from matricula.programs.models import Membership


class HeldDepartureQuerySet(models.QuerySet["HeldDeparture"]):
    def held(self) -> Self:
        return self.filter(state=HeldDeparture.State.HELD)

    def waiting(self) -> Self:
        """Those that would end something: a membership that combining set aside is nobody's meanwhile."""
        return self.held().filter(membership__state=Membership.State.ACTIVE)

    def due(self) -> Self:
        return self.held().filter(due_at__lte=timezone.now())


class HeldDeparture(models.Model):
    """Somebody will be removed from a program when the day `due_at` is over. Until then nothing changes."""

    class State(models.TextChoices):
        HELD = "held", _("held")
        DONE = "done", _("removed")
        TAKEN_BACK = "back", _("taken back")
        OVER = "over", _("out of it otherwise")

    public_id = public_id_field()
    membership = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="departures", db_index=False
    )
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+", db_index=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    held_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=4, choices=State, default=State.HELD)
    ended_at = models.DateTimeField(null=True)

    objects = HeldDepartureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["membership"], condition=Q(state="held"), name="one_departure_is_held"
            ),
            models.CheckConstraint(
                condition=Q(state="held", ended_at__isnull=True)
                | (~Q(state="held") & Q(ended_at__isnull=False)),
                name="a_departure_that_is_held_has_not_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["membership"], name="departures_of_a_membership"),
            models.Index(fields=["due_at"], condition=Q(state="held"), name="departures_by_day"),
            models.Index(fields=["organization", "id"], condition=Q(state="held"), name="held_of_a_company"),
        ]

    @property
    def until(self) -> date:
        """The last day, where the organization is."""
        return day_there(self.due_at, self.organization.time_zone)
