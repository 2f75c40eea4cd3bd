"""Two accounts made one, an account deleted, the ledgers that take that back; files of one's data."""

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matricula.db.public_ids import public_id_field
from matricula.leaving.offboarding.models import EndNotice, HeldDeparture, LeaversFile, LeaversLine
from matricula.organizations.models import Affiliation, Organization

__all__ = [
    "Combining",
    "CombiningLine",
    "DataExport",
    "Deletion",
    "DeletionLine",
    "EndNotice",
    "EntryPair",
    "EntryRequest",
    "HeldDeparture",
    "LeaversFile",
    "LeaversLine",
    "ReleasedAddress",
]

UNDO_DAYS = 14
TAKE_BACK_DAYS = 7
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


class LedgerLine(models.Model):
    """What became of one row. `before` and `after` hold the columns that changed, and no others.

    Lines are added, and told what undo made of them; the database refuses any other change (`triggers.py`).
    """

    class Undone(models.TextChoices):
        BACK = "back", _("went back")
        KEPT = "kept", _("stayed: it changed since")
        LOST = "lost", _("could not go back")

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
        abstract = True


class CombiningLine(LedgerLine):
    combining = models.ForeignKey(Combining, on_delete=models.CASCADE, related_name="lines", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["combining", "table_name", "row_id", "act"], name="one_line_of_each_act"
            )
        ]


DATA_DAYS = 7
"""That the file of one's own data can be downloaded, once it is ready."""


class DataExportQuerySet(models.QuerySet["DataExport"]):
    def under_way(self) -> Self:
        return self.filter(state__in=DataExport.UNDER_WAY)

    def live(self) -> Self:
        """Those that will have a file, or have one."""
        return self.filter(state__in=DataExport.LIVE)

    def downloadable(self) -> Self:
        return self.filter(state=DataExport.State.READY, until__gt=timezone.now())


class DataExport(models.Model):
    """Somebody asked for all data of theirs: a job puts it into one file, which goes after DATA_DAYS."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        MAKING = "making", _("being put together")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")
        GONE = "gone", _("gone")

    UNDER_WAY = (State.WAITING, State.MAKING)
    LIVE = (*UNDER_WAY, State.READY)

    public_id = public_id_field()
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="data_exports"
    )
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    stored_as = models.CharField(max_length=43)
    """How its file is called on the disk: nobody learns it, and nobody guesses it."""
    section = models.CharField(max_length=40, blank=True)
    after = models.CharField(max_length=64, blank=True)
    part = models.PositiveIntegerField(default=0)
    """Where the next step begins: a section, the key its rows are told from, and how many parts it has."""
    read_at = models.JSONField(default=dict)
    """When each section was begun to be read: they are not of one moment."""
    done = models.PositiveIntegerField(default=0)
    whole = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    asked_at = models.DateTimeField(default=timezone.now)
    ready_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)

    objects = DataExportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(state__in=["waiting", "making", "ready"]),
                name="one_live_file_of_an_account",
            ),
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(ready_at__isnull=False, until__gt=F("ready_at")),
                name="a_ready_file_has_its_days",
            ),
        ]

    @property
    def percent(self) -> int:
        return min(99, 100 * self.done // self.whole) if self.whole else 0


class DeletionQuerySet(models.QuerySet["Deletion"]):
    def open(self) -> Self:
        """Those that can still be taken back."""
        return self.standing().filter(erasing_at__isnull=True, take_until__gt=timezone.now())

    def standing(self) -> Self:
        """Those that were not taken back."""
        return self.filter(taken_back_at__isnull=True)

    def due(self) -> Self:
        """Those of which something is still to be erased, and nobody has it kept."""
        over = Q(erasing_at__isnull=False) | Q(take_until__lte=timezone.now())
        return self.standing().filter(over, erased_at__isnull=True, account__held_at__isnull=True)


class Deletion(models.Model):
    """A person deleted their account. Until `take_until` they may take it back; then all goes but the row."""

    public_id = public_id_field()
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="deletions")
    made_at = models.DateTimeField(default=timezone.now)
    take_until = models.DateTimeField(db_index=True)
    taken_back_at = models.DateTimeField(null=True)
    erasing_at = models.DateTimeField(null=True)
    """When the first of it went: from then on nothing comes back."""
    erased_at = models.DateTimeField(null=True)
    proof = models.CharField(max_length=20, blank=True)
    """How the person showed who they are."""
    network = models.CharField(max_length=60, blank=True)
    browser = models.CharField(max_length=200, blank=True)

    objects = DeletionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(take_until__gt=F("made_at")), name="taking_back_has_its_days"),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True) | Q(erasing_at__isnull=True),
                name="what_was_taken_back_is_not_erased",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(erasing_at__isnull=False),
                name="erased_after_it_began",
            ),
            models.UniqueConstraint(
                fields=["account"], condition=Q(taken_back_at__isnull=True), name="deleted_once"
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether it can still be taken back."""
        return self.taken_back_at is None and self.erasing_at is None and self.take_until > timezone.now()


class DeletionLine(LedgerLine):
    deletion = models.ForeignKey(Deletion, on_delete=models.CASCADE, related_name="lines", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["deletion", "table_name", "row_id", "act"], name="one_line_of_each_act_of_deleting"
            )
        ]


class ReleasedAddress(models.Model):
    """An address that a deleted account logged in with: free for everybody, and a way to take it back."""

    deletion = models.ForeignKey(Deletion, on_delete=models.CASCADE, related_name="released")
    canonical = models.CharField(max_length=254, db_index=True)


class EntryPair(models.Model):
    """Two entries of an organization with the same name, once somebody there said something of them. It hangs
    on the entries, not on the accounts: it holds whoever's they are."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    one = models.ForeignKey(Affiliation, on_delete=models.CASCADE, related_name="+", db_index=False)
    other = models.ForeignKey(Affiliation, on_delete=models.CASCADE, related_name="+")
    two_people_since = models.DateTimeField(null=True)
    """Since when an administrator says that they are two people."""
    suggested_at = models.DateTimeField(null=True)
    """When a letter last asked whether they are one."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="one_row_a_pair_of_entries"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="the_older_entry_first"),
        ]


class EntryRequestQuerySet(models.QuerySet["EntryRequest"]):
    def waiting(self) -> Self:
        """Those about two entries that are still there."""
        return self.filter(answer="", one__ended_at__isnull=True, other__ended_at__isnull=True)


class EntryRequest(models.Model):
    """Somebody whom an organization lists twice asks it which entry is them."""

    class Answer(models.TextChoices):
        YES = "yes", _("yes")
        NO = "no", _("no")

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    public_id = public_id_field()
    one = models.ForeignKey(Affiliation, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Affiliation, on_delete=models.CASCADE, related_name="+")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    """The account with which both were shown to be the person's."""
    asked_at = models.DateTimeField(default=timezone.now)
    answer = models.CharField(max_length=3, choices=Answer, blank=True)
    stays = models.ForeignKey(Affiliation, null=True, on_delete=models.CASCADE, related_name="+")
    """The entry whose work e-mail stays."""
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    good_until = models.DateTimeField(null=True)

    objects = EntryRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="entries_asked_about_in_order"),
            models.CheckConstraint(
                condition=Q(stays__isnull=True) | Q(stays=F("one")) | Q(stays=F("other")),
                name="one_of_the_two_entries_stays",
            ),
            models.CheckConstraint(
                condition=Q(answer="yes", stays__isnull=False, good_until__isnull=False)
                | Q(~Q(answer="yes"), stays__isnull=True, good_until__isnull=True),
                name="a_yes_names_the_entry_that_stays",
            ),
            models.UniqueConstraint(
                fields=["one", "other"], condition=Q(answer=""), name="one_waiting_request_a_pair"
            ),
        ]

    @property
    def is_good(self) -> bool:
        """Whether it was agreed to, and still holds."""
        return self.good_until is not None and self.good_until > timezone.now()
