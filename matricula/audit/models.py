"""The audit log: one line for each thing that was done. Lines are added, never changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.db import models

ORGANIZATION = "organization"
_through: ContextVar[str] = ContextVar("through", default="")
_waiting: ContextVar[list["Entry"] | None] = ContextVar("waiting", default=None)


class Entry(models.Model):
    """One thing done: by whom, for which organization, to what, with how much assurance.

    `assurance` is personal when the actor proved who they are, organization when something the organization
    gave out acted in their name: `through` tells what.
    """

    at = models.DateTimeField(auto_now_add=True)
    organization_id = models.BigIntegerField(null=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    assurance = models.CharField(max_length=12, default="personal")
    through = models.CharField(max_length=160, null=True)  # noqa: DJ001 - null adds no table copy
    verb = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["organization_id", "id"], name="audit_by_organization"),
            models.Index(fields=["subject_id", "subject_type"], name="audit_by_subject"),
        ]

    @property
    def who(self) -> str:
        """Who did it, in words; "" when nobody in particular."""
        return " · ".join(str(one) for one in (self.actor, self.through) if one)


class Checkpoint(models.Model):
    """What the lines up to `last_id` were when it was made, chained to the checkpoint before.

    `digests` holds of each line since then its id (8 bytes) and the SHA-256 of what it says (32 bytes);
    `chained` is the SHA-256 of the one before and of these; `mac` is keyed, so that whoever writes into the
    database and knows no secret of this site makes none.
    """

    last_id = models.BigIntegerField(unique=True)
    previous = models.CharField(max_length=64, unique=True)
    """`chained` of the checkpoint before; "" of the first. Unique: a chain does not fork."""
    digests = models.BinaryField()
    chained = models.CharField(max_length=64)
    mac = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)


class Forgetting(models.Model):
    """Lines of an organization that were forgotten because they were older than it keeps them (decision 55).

    It is written before they go, in one transaction: the database lets none of them go without. `lines` holds
    their ids, 8 bytes each; forgettings are chained and keyed as checkpoints are.
    """

    organization_id = models.BigIntegerField(null=True)
    before = models.DateTimeField()
    lines = models.BinaryField()
    previous = models.CharField(max_length=64, unique=True)
    chained = models.CharField(max_length=64)
    mac = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["organization_id", "before"], name="forgotten_of_organization")]


@contextmanager
def acting_through(what: str) -> Iterator[None]:
    """Every line written inside names `what`, such as an API token, beside its actor."""
    before = _through.set(what)
    try:
        yield
    finally:
        _through.reset(before)


def act_through(what: str) -> None:
    """The same from here on, until the `acting_through` around it ends."""
    _through.set(what)


def acts_through() -> str:
    """What acts in somebody's name at the moment; "" where they do so themselves."""
    return _through.get()


@contextmanager
def lines_together() -> Iterator[None]:
    """The lines of one act, recorded inside, are written in one statement at the end of the outermost block.

    To be opened inside a transaction: where the act is undone, so are its lines. A part that may be undone
    while the act goes on needs a block of its own, for a savepoint does not know of lines that wait.
    """
    outer = _waiting.get()
    lines: list[Entry] = []
    before = _waiting.set(lines)
    try:
        yield
    finally:
        _waiting.reset(before)
    if outer is None:
        Entry.objects.bulk_create(lines)
    else:
        outer.extend(lines)


def record(
    verb: str,
    *,
    actor: Any = None,
    organization: Any = None,
    subject: models.Model | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write one line, inside the transaction of the work it tells of."""
    through, waiting = _through.get(), _waiting.get()
    line = Entry(
        verb=verb,
        through=through or None,
        assurance=ORGANIZATION if through else "personal",
        actor=actor,
        organization_id=getattr(organization, "pk", organization),
        subject_type=subject._meta.label_lower if subject else "",
        subject_id=subject.pk if subject else None,
        before=before or {},
        after=after or {},
    )
    if waiting is None:
        line.save(force_insert=True)
    else:
        waiting.append(line)
