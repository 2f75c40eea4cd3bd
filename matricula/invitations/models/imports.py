"""A file of people to invite, and what is kept of its lines while it is checked and carried out."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from matricula.db.public_ids import public_id_field
from matricula.programs.models import Program


class ImportedFileQuerySet(models.QuerySet["ImportedFile"]):
    def under_way(self) -> Self:
        return self.filter(state__in=(ImportedFile.State.CHECKING, ImportedFile.State.RUNNING))

    def may_be_stopped(self) -> Self:
        """Confirmed, and not everybody is written to yet."""
        return self.filter(owes_letters=True, state__in=ImportedFile.CONFIRMED)


class ImportedFile(models.Model):
    """A file that somebody handed in: checked, shown, and carried out once it is confirmed."""

    class State(models.TextChoices):
        CHECKING = "checking"
        CHECKED = "checked"
        RUNNING = "running"
        DONE = "done"
        STOPPED = "stopped"
        CANCELLED = "cancelled"
        REFUSED = "refused"

    CONFIRMED = (State.RUNNING, State.DONE)
    """And not stopped."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="imported_files")
    public_id = public_id_field()
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=10, default="en")
    """Of its letters."""
    stored_as = models.CharField(max_length=60, blank=True)
    handed_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(max_length=9, choices=State, default=State.CHECKING)
    choices = models.JSONField(default=dict)
    """What somebody said about reading it: the reader's Choices."""
    layout = models.JSONField(default=dict)
    """How it is read: the reader's Layout, with samples only until it is confirmed or dropped."""
    readings = models.PositiveIntegerField(default=0)
    """How often it was read anew, with other choices."""
    code = models.CharField(max_length=40, blank=True)
    """Why it was refused: a key of the reader's REFUSALS."""
    line = models.PositiveIntegerField(default=0)
    """Where it was refused."""
    read_to = models.PositiveIntegerField(default=0)
    """The last line kept."""
    lines = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    """How many lines of each verdict."""
    left_out = models.JSONField(default=dict)
    """Names that are not attached, by why: {"group": {"Mars": 12}}."""
    run_to = models.PositiveIntegerField(default=0)
    """The last line carried out."""
    done = models.PositiveIntegerField(default=0)
    invited = models.PositiveIntegerField(default=0)
    owes_letters = models.BooleanField(default=False)
    """Letters of its invitations are still to be put into the outbox: those after `written_to`."""
    written_to = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = ImportedFileQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["owes_letters"], condition=Q(owes_letters=True), name="files_owing_letters")
        ]

    @property
    def may_be_stopped(self) -> bool:
        return self.owes_letters and self.state in self.CONFIRMED

    @property
    def may_be_told(self) -> bool:
        """Every line has its outcome."""
        stopped = self.state == self.State.STOPPED and self.ended_at is not None
        return stopped or self.state in (self.State.CHECKED, self.State.DONE)

    @property
    def may_be_read_anew(self) -> bool:
        return self.state == self.State.CHECKED and bool(self.layout)

    @property
    def undecided(self) -> str:
        """Why it cannot be read before somebody chooses the column of addresses."""
        return str(self.layout.get("undecided", ""))

    def without_samples(self) -> dict[str, object]:
        """Its layout as it is kept once nobody chooses any more: without anybody's name or address."""
        columns = [{**one, "samples": []} for one in self.layout.get("columns", [])]
        return {**self.layout, "columns": columns} if self.layout else {}

    def move(self, *before: State, **news: object) -> bool:
        """Change it if it still is in a state of `before`, read as it was; False when somebody was faster."""
        same = ImportedFile.objects.filter(pk=self.pk, state__in=before, readings=self.readings)
        moved = same.update(**news)
        for name, value in news.items() if moved else ():
            setattr(self, name, value)
        return bool(moved)


class Verdict(models.TextChoices):
    """What becomes of a line."""

    NEW = "new"
    INVITED = "invited"
    EXPIRED = "expired"
    MEMBER = "member"
    DECLINED = "declined"
    TWICE = "twice"
    INVALID = "invalid"
    STOPPED = "stopped"


class ImportedLine(models.Model):
    """One line of a file. Written by the tens of thousands: no key but its place, no foreign-key checks."""

    pk = models.CompositePrimaryKey("file_id", "line")
    file = models.ForeignKey(
        ImportedFile,
        on_delete=models.CASCADE,
        related_name="kept_lines",
        db_constraint=False,
        db_index=False,
    )
    line = models.PositiveIntegerField()
    public_id = models.CharField(max_length=22)
    """Of the invitation it may become."""
    address = models.CharField(max_length=254)
    canonical = models.CharField(max_length=254)
    name = models.CharField(max_length=200)
    groups = models.JSONField()
    """Ids."""
    course = models.BigIntegerField(null=True)
    specialization = models.BigIntegerField(null=True)
    left_out = models.JSONField()
    """[why, name] of each name that is not attached."""
    note = models.JSONField()
    verdict = models.CharField(max_length=8, choices=Verdict)
    fault = models.CharField(max_length=40)
    """A key of the reader's FAULTS."""

    class Meta:
        indexes = [
            models.Index(
                fields=["file", "verdict", "line"],
                condition=~Q(verdict="new"),
                name="lines_that_are_not_invited",
            )
        ]
