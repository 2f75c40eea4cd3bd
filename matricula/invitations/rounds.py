"""Rounds: one more letter to everybody of a program who has not answered, a batch at a time."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from matricula.invitations.invitations import due_for_another_letter, queue_letters
from matricula.invitations.models import Invitation, Round
from matricula.mail.leases import organizations_at_their_limit
from matricula.organizations.models import Organization

BATCH = 500
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
