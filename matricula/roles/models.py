from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from matricula.db.days import end_of_day_in
from matricula.db.public_ids import public_id_field
from matricula.mail.addresses import canonical
from matricula.organizations.models import Organization, Role
from matricula.programs.models import Group


def offer_expiry(organization: Organization | None = None) -> datetime:
    """To the end of the day that the letter names, where the organization is."""
    zone = organization.time_zone if organization else settings.TIME_ZONE
    return end_of_day_in(Appointment.DAYS, zone)


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def waiting(self) -> Self:
        return self.filter(ended_at__isnull=True)


class Appointment(models.Model):
    """A role offered by letter. It is nobody's until an account that proved the mailbox accepts it."""

    DAYS = 14

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="appointments")
    public_id = public_id_field()
    address = models.CharField(max_length=254)
    canonical = models.CharField(max_length=254)
    kind = models.CharField(max_length=24, choices=Role.Kind)
    groups = models.ManyToManyField(Group, blank=True, related_name="+")
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    link_digest = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 - set when sent
    offered_at = models.DateTimeField(default=timezone.now)
    written_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=offer_expiry)
    ended_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="appointments"
    )

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "canonical"],
                condition=Q(ended_at__isnull=True),
                name="one_waiting_appointment_an_address",
            ),
            models.CheckConstraint(
                condition=Q(accepted_by__isnull=True) | Q(ended_at__isnull=False),
                name="an_accepted_appointment_has_ended",
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.canonical = canonical(self.address)
        super().save(*args, **kwargs)

    @property
    def is_open(self) -> bool:
        return self.ended_at is None and self.expires_at > timezone.now()
