"""Reminders: one letter to each who has not answered, some days after the last one arrived."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, DateTimeField, Value, When
from django.utils import timezone

from matricula.invitations.invitations import queue_letters
from matricula.invitations.models import REMINDER, Invitation
from matricula.mail.leases import organizations_at_their_limit
from matricula.mail.models import BETWEEN_LETTERS
from matricula.programs.models import Program

REMINDERS_AT_ONCE = 500
PAUSES = (timedelta(days=3), timedelta(days=4))
"""From a letter that arrived to the first reminder, and from that one to the second: 3 and 7 days after the
first letter. A reminder that is late delays the next, so that never two come at once."""


def next_reminder(arrived: datetime) -> Case:
    """When an invitation whose letter just arrived is reminded of, for an UPDATE; after the second, never."""
    due = [When(reminders_sent=sent, then=Value(arrived + pause)) for sent, pause in enumerate(PAUSES)]
    return Case(*due, default=None, output_field=DateTimeField())


@transaction.atomic
def send_reminders() -> bool:
    """A batch of the reminders that are due; True when there may be more.

    A reminder replaces its `remind_at`, under a lock of the row: nobody is reminded twice of the same.
    """
    reminding = (
        Program.objects.current()
        .filter(reminds=True)
        .exclude(organization__in=organizations_at_their_limit())
    )
    due = Invitation.objects.filter(
        program__in=list(reminding.values_list("pk", flat=True)),
        state=Invitation.State.SENT,
        remind_at__lte=timezone.now(),
    )
    # SKIP LOCKED: whoever is joining or being written to at this moment is asked about in the next batch.
    locked = due.select_for_update(of=("self",), skip_locked=True).select_related("program", "letter")
    batch = list(locked[:REMINDERS_AT_ONCE])
    Invitation.objects.filter(pk__in=[one.pk for one in batch]).update(remind_at=None)
    wanted = [one for one in batch if not one.is_expired and not was_just_written_to(one)]
    if wanted:
        queue_letters(wanted, REMINDER)
    return len(batch) == REMINDERS_AT_ONCE


def was_just_written_to(invitation: Invitation) -> bool:
    return bool(invitation.letter and invitation.letter.queued_at > timezone.now() - BETWEEN_LETTERS)
