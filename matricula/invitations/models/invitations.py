"""Invitations, the tokens of their links, and the words they are found by."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Concat, Lower
from django.utils import timezone

from matricula.catalog.models import Course, Specialization
from matricula.db.public_ids import public_id_field
from matricula.invitations.models.imports import ImportedFile
from matricula.mail.addresses import canonical
from matricula.mail.models import Letter
from matricula.organizations.models import Organization
from matricula.programs.models import Group, Program, not_ended
from matricula.security.secrets import digest, new_link_secret

INVITATION_DAYS = 30


def invitation_expiry(program: Program | None = None) -> datetime:
    """Until when an invitation made now may be answered: never beyond the program's last day."""
    days = program.invitation_days if program else INVITATION_DAYS
    until = timezone.now() + timedelta(days=days)
    return min(until, program.closes_at) if program and program.closes_at else until


def has_run_out(expires_at: datetime) -> bool:
    return expires_at <= timezone.now()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def live(self) -> Self:
        """Those that still may be answered, or would be, had they not expired."""
        return self.filter(state__in=Invitation.LIVE)

    def unwritten(self) -> Self:
        """Those of which no letter has told."""
        return self.filter(state=Invitation.State.QUEUED, letter__isnull=True)

    def open(self) -> Self:
        return self.live().filter(not_ended("program__"), expires_at__gt=timezone.now())


RUNNING = ("queued", "sent", "opened", "failed")
"""How an invitation stands that may run out."""
STANDING = Case(
    When(Q(state="revoked", superseded_by__isnull=False), then=Value("corrected")),
    When(state__in=["joined", "declined", "revoked"], then=F("state")),
    When(lapsed_at=F("expires_at"), then=Value("expired")),
    When(Q(opened_at__isnull=False) & ~Q(state="failed"), then=Value("opened")),
    default=F("state"),
)


class Invitation(models.Model):
    """An e-mailed, personal invitation to a program.

    `standing` is the state as people see it, computed by the database. Whether an invitation has expired is
    told by `expires_at` alone; `lapsed_at` follows it within a minute (`mark_expired`), for lists and counts.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"
        FAILED = "failed"
        JOINED = "joined"
        DECLINED = "declined"
        REVOKED = "revoked"

    LIVE = (State.QUEUED, State.SENT, State.FAILED)

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="invitations", db_index=False)
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    public_id = public_id_field(unique=False)
    address = models.CharField(max_length=254)
    canonical = models.CharField(max_length=254)
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=10, default="en")
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_constraint=False
    )
    groups = models.ManyToManyField(Group, blank=True)
    course = models.ForeignKey(
        Course, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    specialization = models.ForeignKey(
        Specialization, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    note = models.JSONField(default=dict, blank=True)
    """What else the file said of the person, by its headers."""
    from_file = models.ForeignKey(
        ImportedFile,
        null=True,
        on_delete=models.SET_NULL,
        related_name="invitations",
        db_constraint=False,
        db_index=False,
    )
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(default=invitation_expiry)
    lapsed_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.CASCADE,
        related_name="accepted_invitations",
        db_index=False,
    )
    letter = models.ForeignKey(Letter, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    reminders_sent = models.PositiveSmallIntegerField(db_default=0)
    remind_at = models.DateTimeField(null=True)
    """When the next reminder is due, if the program reminds; each letter that arrives says."""
    superseded_by = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    standing = models.GeneratedField(
        expression=STANDING, output_field=models.CharField(max_length=9), db_persist=True
    )
    search = models.GeneratedField(
        expression=Lower(Concat(Value(" "), "name", Value(" "), "canonical")),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="an_invitation_has_a_name_of_its_own"),
            models.UniqueConstraint(
                fields=["program", "canonical"],
                condition=Q(state__in=["queued", "sent", "failed"]),
                name="one_live_invitation_a_person",
            ),
            models.CheckConstraint(
                condition=Q(state="joined", accepted_by__isnull=False)
                | Q(~Q(state="joined"), accepted_by__isnull=True),
                name="accepted_exactly_when_joined",
            ),
            models.CheckConstraint(condition=Q(reminders_sent__lte=2), name="two_reminders_and_no_more"),
        ]
        # Lists show the newest first, yet ids ascend here: what grows at its end stays half as large.
        indexes = [
            models.Index(fields=["program", "standing", "id"], name="invitations_of_a_program"),
            models.Index(fields=["program", "id"], name="all_invitations_of_a_program"),
            models.Index(fields=["organization", "standing", "id"], name="invitations_of_a_company"),
            models.Index(fields=["organization", "id"], name="all_invitations_of_a_company"),
            models.Index(fields=["canonical"], name="invitations_of_a_person"),
            models.Index(
                fields=["expires_at"], condition=Q(standing__in=RUNNING), name="invitations_running_out"
            ),
            models.Index(
                fields=["program", "remind_at"],
                condition=Q(state="sent", remind_at__isnull=False),
                name="invitations_to_remind",
            ),
            *(
                models.Index(
                    fields=[name], condition=Q(**{f"{name}__isnull": False}), name=f"invitations_by_{name}"
                )
                for name in ("course", "specialization", "accepted_by", "superseded_by", "letter")
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.canonical = canonical(self.address)
        if self._state.adding:
            self.organization_id = self.program.organization_id
        super().save(*args, **kwargs)

    @property
    def is_expired(self) -> bool:
        return has_run_out(self.expires_at)

    def settle(self, state: State, *, account: Any = None) -> bool:
        """Answer a live invitation, once. False when somebody else was first."""
        return bool(
            Invitation.objects.live()
            .filter(pk=self.pk)
            .update(state=state, accepted_by=account, answered_at=timezone.now())
        )


class SearchLine(models.Model):
    """The words an invitation is found by, beside it: a million are stored at once and indexed afterwards."""

    invitation = models.OneToOneField(
        Invitation, on_delete=models.CASCADE, primary_key=True, related_name="line", db_constraint=False
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    search = models.TextField()


class InvitationToken(models.Model):
    """What a link of an invitation is known by: the digest of its secret."""

    class Channel(models.TextChoices):
        MAIL = "mail"
        SHOWN = "shown"

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    channel = models.CharField(max_length=5, choices=Channel, default=Channel.MAIL)
    letter = models.ForeignKey(
        Letter,
        null=True,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    """The letter it was made for; none for a link that was shown."""
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)


INVITATION = "invitations.invitation"
REMINDER = "invitations.reminder"
REPLACES = "replaces"
"""Marks a letter that is not the first: the links of those before it end when it has left."""


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


class LostLetter(models.Model):
    """Somebody asked for their letter again. The row goes with the answer: no address of a stranger stays."""

    canonical = models.CharField(max_length=254)
    asked_at = models.DateTimeField(default=timezone.now)


def mint_link(invitation: Invitation, channel: InvitationToken.Channel) -> str:
    """A new absolute link; only the digest of its secret stays."""
    return mint_links({invitation.pk: None}, channel)[invitation.pk]


def mint_links(invitations: Mapping[int, int | None], channel: InvitationToken.Channel) -> dict[int, str]:
    """A new absolute link for each, in one statement. `invitations`: with the letter each link is for."""
    secrets = {pk: new_link_secret() for pk in invitations}
    InvitationToken.objects.bulk_create(
        InvitationToken(
            invitation_id=pk, letter_id=invitations[pk], digest=digest("invitation", secret), channel=channel
        )
        for pk, secret in secrets.items()
    )
    return {pk: f"{settings.BASE_URL}/join/{secret}/" for pk, secret in secrets.items()}
