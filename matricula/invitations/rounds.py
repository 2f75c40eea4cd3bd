"""Writing again to those who have not answered: all in rounds, each in reminders; whose time is over."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, DateTimeField, F, Q, Value, When
from django.utils import timezone

from matricula.invitations.invitations import due_for_another_letter, queue_letters
from matricula.invitations.models import REMINDER, RUNNING, Invitation, Round
from matricula.mail.leases import organizations_at_their_limit
from matricula.mail.models import BETWEEN_LETTERS
from matricula.organizations.models import Organization
from matricula.programs.models import Program

BATCH = 500
REMINDERS_AT_ONCE = 500
SHOWN_FOR = timedelta(hours=1)


@transaction.atomic
def write_rounds() -> bool:
    """One batch of each round that is under way; whether there was anything to do."""
    rounds = list(Round.objects.under_way().select_related("program").order_by("pk"))
    full = organizations_at_their_limit() if rounds else set()
    wrote = [write_round(one) for one in rounds if one.program.organization_id not in full]
    return any(wrote)


def write_round(one: Round) -> bool:
    """To the next of those meant, answered or not. Whoever answered or was written to since is
    left out. The rows are held in the order of their ids, as `hold_invitations` holds them.
    """
    meant = Invitation.objects.filter(program=one.program, pk__gt=one.reached, pk__lte=one.last)
    batch = list(meant.select_for_update().order_by("pk").values_list("pk", flat=True)[:BATCH])
    people = list(due_for_another_letter(Invitation.objects.filter(pk__in=batch)).select_related("program"))
    written = queue_letters(people) if people else 0
    news = {"written": F("written") + written, "reached": batch[-1] if batch else one.last}
    if len(batch) < BATCH:
        news["ended_at"] = timezone.now()
    Round.objects.under_way().filter(pk=one.pk).update(**news)
    return True


def round_progress(organization: Organization) -> dict[str, int | bool] | None:
    """Of the rounds under way in `organization`, or of those that ended within the hour; None without any."""
    recent = Q(ended_at__isnull=True) | Q(ended_at__gt=timezone.now() - SHOWN_FOR)
    rounds = list(Round.objects.filter(recent, program__organization=organization))
    running = [one for one in rounds if one.ended_at is None]
    shown = running or rounds
    if not shown:
        return None
    return {
        "running": bool(running),
        "written": sum(one.written for one in shown),
        "expected": sum(one.expected for one in shown),
    }


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


EXPIRED_AT_ONCE = 5_000


def mark_expired() -> bool:
    """True when there may be more."""
    over = Invitation.objects.filter(standing__in=RUNNING, expires_at__lte=timezone.now())
    batch = list(over.order_by("expires_at").values_list("pk", flat=True)[:EXPIRED_AT_ONCE])
    Invitation.objects.filter(pk__in=batch).update(lapsed_at=F("expires_at"))
    return len(batch) == EXPIRED_AT_ONCE
