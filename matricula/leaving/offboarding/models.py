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
from matricula.programs.models import Membership, Program


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


class LeaversFile(models.Model):
    """A list of people who leave an organization: judged, shown, and carried out once it is confirmed."""

    class State(models.TextChoices):
        CHECKING = "checking"
        CHECKED = "checked"
        RUNNING = "running"
        DONE = "done"
        STOPPED = "stopped"
        CANCELLED = "cancelled"
        REFUSED = "refused"

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="leavers_files")
    public_id = public_id_field()
    name = models.CharField(max_length=200)
    stored_as = models.CharField(max_length=60, blank=True)
    handed_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(max_length=9, choices=State, default=State.CHECKING)
    choices = models.JSONField(default=dict)
    layout = models.JSONField(default=dict)
    """How it is read, while somebody has to say which column says who leaves."""
    code = models.CharField(max_length=40, blank=True)
    refused_line = models.PositiveIntegerField(default=0)
    is_read = models.BooleanField(default=False)
    offset = models.BigIntegerField(default=0)
    """How far its digest is judged, in bytes."""
    lines = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    """How many lines of each verdict."""
    outcomes = models.JSONField(default=dict)
    """How many people of each outcome, as far as it is carried out."""
    holds = models.BooleanField(default=True)
    """Whether those who would be stranded are held, and not removed at once."""
    run_to = models.PositiveIntegerField(default=0)
    """The last line carried out."""
    done = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    def move(self, *before: State, **news: object) -> bool:
        """Change it if it still is in a state of `before`; False when somebody was faster."""
        moved = LeaversFile.objects.filter(pk=self.pk, state__in=before).update(**news)
        for name, value in news.items() if moved else ():
            setattr(self, name, value)
        return bool(moved)

    @property
    def to_leave(self) -> int:
        return int(self.counts.get("leaves", 0)) + int(self.counts.get("stranded", 0))


class LeaversLine(models.Model):
    """A line with what would become of whom it names, and what became of them."""

    class Outcome(models.TextChoices):
        REMOVED = "removed", _("Removed")
        HELD = "held", _("Written to and held")
        STAYED = "stayed", _("Has a role here meanwhile")
        GONE = "gone", _("Had left meanwhile")

    pk = models.CompositePrimaryKey("file_id", "line")
    file = models.ForeignKey(
        LeaversFile, on_delete=models.CASCADE, related_name="kept_lines", db_constraint=False, db_index=False
    )
    line = models.PositiveIntegerField()
    named = models.CharField(max_length=254)
    verdict = models.CharField(max_length=8)
    why = models.CharField(max_length=8)
    tie = models.BigIntegerField(null=True)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["file", "verdict", "line"], name="leavers_by_verdict"),
            models.Index(fields=["file", "tie"], name="leavers_by_person"),
        ]


class EndNotice(models.Model):
    """Those whom a program's end on this day would strand are written to; `place` is the last account."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="+", db_index=False)
    ends_on = models.DateField()
    place = models.BigIntegerField(default=0)
    told = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program", "ends_on"], name="one_notice_of_an_end"),
        ]
