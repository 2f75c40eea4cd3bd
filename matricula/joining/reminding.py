"""Reminders: twice, to who was written to and has not answered, in programs that want them."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, DateTimeField, Value, When
from django.utils import timezone

from matricula.jobs.models import Job
from matricula.jobs.performing import every
from matricula.joining.inviting import BETWEEN_LETTERS, REMINDER, queue_letters
from matricula.joining.models import Invitation
from matricula.mail.leasing import crowded
from matricula.programs.models import Program

BATCH = 500
PAUSES = (timedelta(days=3), timedelta(days=4))
"""From a letter that arrived to the first reminder, and from that one to the second: 3 and 7 days after the
first letter. A reminder that is late delays the next, so that never two come at once."""


def next_reminder(arrived: datetime) -> Case:
    """When an invitation whose letter just arrived is reminded of, for an UPDATE; after the second, never."""
    due = [When(reminders_sent=sent, then=Value(arrived + pause)) for sent, pause in enumerate(PAUSES)]
    return Case(*due, default=None, output_field=DateTimeField())


@every("joining.remind", timedelta(minutes=10))
@transaction.atomic
def remind(job: Job | None = None) -> bool:
    """A batch of the reminders that are due; True when there may be more.

    A reminder replaces its `remind_at`, under a lock of the row: nobody is reminded twice of the same.
    """
    reminding = Program.objects.current().filter(reminds=True).exclude(organization__in=crowded())
    due = Invitation.objects.filter(
        program__in=list(reminding.values_list("pk", flat=True)),
        state=Invitation.State.SENT,
        remind_at__lte=timezone.now(),
    )
    locked = due.select_for_update(of=("self",), skip_locked=True).select_related("program", "letter")
    batch = list(locked[:BATCH])
    Invitation.objects.filter(pk__in=[one.pk for one in batch]).update(remind_at=None)
    wanted = [one for one in batch if not one.is_expired and not was_just_written_to(one)]
    if wanted:
        queue_letters(wanted, REMINDER)
    return len(batch) == BATCH


def was_just_written_to(invitation: Invitation) -> bool:
    return bool(invitation.letter and invitation.letter.queued_at > timezone.now() - BETWEEN_LETTERS)
