"""Learning programs: what they offer, who is in them, and how many may be."""

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Func, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matricula.catalog.models import Course, Specialization
from matricula.db.days import TodayIn, end_of_day, today_there
from matricula.db.public_ids import public_id_field
from matricula.organizations.models import Organization, Role
from matricula.programs.errors import ProgramFull


def not_ended(path: str = "") -> Q:
    """Of programs, or of rows whose program is at `path`: the last day is not over there."""
    today = TodayIn(f"{path}organization__time_zone")
    return Q(**{f"{path}ends_on__isnull": True}) | Q(**{f"{path}ends_on__gte": today})


def kept_out(invited_at: datetime | OuterRef | Coalesce | None) -> Q:
    """Of memberships: ended by an administrator, who has not invited the person since.

    `invited_at`: when the invitation they hold was made; None for a door that is open to everybody.
    """
    removed = Q(state=Membership.State.REMOVED)
    return removed & Q(left_at__gte=invited_at) if invited_at else removed


class ProgramQuerySet(models.QuerySet["Program"]):
    def current(self) -> Self:
        """Those people may be invited to: under way, or still to begin."""
        return self.filter(not_ended())

    def shown_to(self, role: Role) -> Self:
        """The organization's programs; to a group manager those of their own groups."""
        rows = self.filter(organization=role.organization_id)
        if role.kind != Role.Kind.GROUP_MANAGER:
            return rows
        mine = Group.objects.shown_to(role).values("program_id")
        return rows.filter(pk__in=mine)


class Program(models.Model):
    """A learning program of an organization, from the first to the last day where the organization is."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="programs")
    public_id = public_id_field()
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    seats = models.PositiveIntegerField(null=True)
    seats_used = models.PositiveIntegerField(default=0)
    seats_noticed = models.PositiveSmallIntegerField(default=0)
    trusts_the_link = models.BooleanField(default=False)
    open_to_sign_in = models.BooleanField(default=False)
    """Whoever signs in with the company may join, without an invitation."""
    requires_sign_in = models.BooleanField(default=False)
    """Its pages open only in a browser that has the company's sign-in as well (`sign_in_requirement.py`)."""
    reminds = models.BooleanField(default=False)
    invitation_days = models.PositiveSmallIntegerField(default=30)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    courses = models.ManyToManyField(Course, blank=True, related_name="programs")
    specializations = models.ManyToManyField(Specialization, blank=True, related_name="programs")

    objects = ProgramQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "slug"], name="a_program_address_once_in_a_company"
            ),
            models.CheckConstraint(
                condition=Q(seats__isnull=True) | Q(seats_used__lte=F("seats")), name="no_seat_is_given_twice"
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="a_program_begins_before_it_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def seats_free(self) -> int | None:
        """How many may still join; None for as many as want to."""
        return None if self.seats is None else max(0, self.seats - self.seats_used)

    @property
    def is_full(self) -> bool:
        return self.seats_free == 0

    @property
    def has_begun(self) -> bool:
        return self.starts_on is None or self.starts_on <= today_there(self.organization.time_zone)

    @property
    def has_ended(self) -> bool:
        return self.ends_on is not None and self.ends_on < today_there(self.organization.time_zone)

    @property
    def closes_at(self) -> datetime | None:
        """The last moment of the last day."""
        return end_of_day(self.ends_on, self.organization.time_zone) if self.ends_on else None

    def take_seat(self) -> None:
        """Give one seat away, or raise ProgramFull. Safe against any number of takers at once."""
        free = Q(seats__isnull=True) | Q(seats_used__lt=F("seats"))
        if not Program.objects.filter(free, pk=self.pk).update(seats_used=F("seats_used") + 1):
            raise ProgramFull

    def free_seat(self) -> None:
        Program.objects.filter(pk=self.pk, seats_used__gt=0).update(seats_used=F("seats_used") - 1)


class GroupQuerySet(models.QuerySet["Group"]):
    def shown_to(self, role: Role) -> Self:
        """The organization's groups; a group manager's own."""
        rows = self.filter(program__organization=role.organization_id)
        return rows.filter(managers=role.account_id) if role.kind == Role.Kind.GROUP_MANAGER else rows


class Group(models.Model):
    """A part of a program's members. Members join an open one themselves."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="groups")
    public_id = public_id_field()
    name = models.CharField(max_length=120)
    is_open = models.BooleanField(default=False)
    managers = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="managed_groups")

    objects = GroupQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program", "name"], name="a_group_name_once_in_a_program")
        ]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> Self:
        return self.filter(state=Membership.State.ACTIVE)

    def current(self) -> Self:
        """Active ones of programs that have not ended."""
        return self.active().filter(not_ended("program__"))

    def shown_to(self, role: Role) -> Self:
        """The organization's people, each once; to a group manager those of their own groups."""
        rows = self.filter(organization=role.organization_id, set_aside_at__isnull=True)
        if role.kind != Role.Kind.GROUP_MANAGER:
            return rows
        mine = Membership.groups.through.objects.filter(group__managers=role.account_id)
        return rows.filter(pk__in=mine.values("membership_id"))


class Count(models.Model):
    """How many there are of something in a program; `CountChange` holds what has not been added yet."""

    program = models.ForeignKey(
        Program, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    what = models.CharField(max_length=20)
    subject = models.CharField(max_length=20)
    n = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program", "what", "subject"], name="one_tally_of_each")
        ]


class CountChange(models.Model):
    """One more or less, written by the database beside what it counts; so no row is waited for by all."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    what = models.CharField(max_length=20)
    subject = models.CharField(max_length=20)
    n = models.BigIntegerField()


NAME = Func(F("search"), template="substr(%(expressions)s, 1, 60)", output_field=models.TextField())
"""What members are sorted by, without any parameter: so PostgreSQL knows it again as what an index has."""


class Membership(models.Model):
    """An account in a program.

    The organization, the words people are found by and how many courses they started and completed are
    copies, kept by the database (`counters.py`), so that a list of a million is one index away.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("active")
        LEFT = "left", _("left")
        REMOVED = "removed", _("removed")

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships"
    )
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    groups = models.ManyToManyField(Group, blank=True, related_name="memberships")
    joined_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True)
    came_back_at = models.DateTimeField(null=True)
    """When it was revived last; `joined_at` is the same then."""
    set_aside_at = models.DateTimeField(null=True)
    """Since when another account of the same person has the membership in this program (room `leaving`)."""
    search = models.TextField(db_default="", editable=False)
    courses_started = models.PositiveIntegerField(db_default=0, editable=False)
    courses_completed = models.PositiveIntegerField(db_default=0, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program", "account"], name="a_person_once_in_a_program"),
            models.CheckConstraint(
                condition=Q(state="active", left_at__isnull=True)
                | Q(~Q(state="active"), left_at__isnull=False),
                name="left_at_tells_who_left",
            ),
            models.CheckConstraint(
                condition=Q(set_aside_at__isnull=True) | ~Q(state="active"),
                name="nobody_is_active_twice",
            ),
        ]
        indexes = [
            models.Index(fields=["program", "state", "id"], name="members_of_a_program"),
            models.Index(fields=["program", "id"], name="all_members_of_a_program"),
            models.Index(fields=["organization", "id"], name="all_members_of_a_company"),
            models.Index(fields=["organization", "state", "id"], name="members_of_a_company"),
            models.Index(
                fields=["organization", "set_aside_at"],
                condition=Q(set_aside_at__isnull=False),
                name="set_aside_in_a_company",
            ),
            models.Index("organization", NAME, "id", name="members_by_name"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding:
            self.organization_id = self.program.organization_id
        super().save(*args, **kwargs)

    @property
    def is_active(self) -> bool:
        return self.state == self.State.ACTIVE

    @property
    def is_current(self) -> bool:
        """Active, in a program that has not ended: what opens the program's pages."""
        return self.is_active and not self.program.has_ended
