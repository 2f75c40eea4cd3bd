"""The journal: one line for each thing that was done. Lines are added, never changed."""

from typing import Any

from django.conf import settings
from django.db import models


class Entry(models.Model):
    """One thing done: by whom, for which organization, to what, with how much assurance."""

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
    verb = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["organization_id", "-id"], name="audit_by_organization")]


def record(
    verb: str,
    *,
    actor: Any = None,
    organization: Any = None,
    subject: models.Model | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> Entry:
    """Write one line, inside the transaction of the work it tells of."""
    return Entry.objects.create(
        verb=verb,
        actor=actor,
        organization_id=getattr(organization, "pk", organization),
        subject_type=subject._meta.label_lower if subject else "",
        subject_id=subject.pk if subject else None,
        before=before or {},
        after=after or {},
    )
