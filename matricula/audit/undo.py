"""What may be taken back: for ten minutes, by whoever did it, as the audit log has it.

There is no table of undos: the line that says what was done is enough to find it again, and nothing has to be
forgotten. Whether it may still be taken back, the verb that does so asks of the rows themselves.
"""

from datetime import timedelta

from django.db.models import Model, QuerySet
from django.utils import timezone

from matricula.audit.models import Entry

UNDO_FOR = timedelta(minutes=10)


def lines_to_undo(verb: str, subject: Model, actor: Model | None) -> QuerySet[Entry]:
    """Lines of `verb` about `subject` that `actor` may take back, the newest first."""
    since = timezone.now() - UNDO_FOR
    kind = subject._meta.label_lower
    rows = Entry.objects.filter(subject_id=subject.pk, subject_type=kind, verb=verb, at__gt=since)
    return rows.filter(actor=actor.pk if actor else None).order_by("-pk")
