"""Rounds of letters to all who have not answered, some at a time and just ahead of the worker."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from matricula.jobs.models import Job
from matricula.jobs.performing import every
from matricula.joining.inviting import queue_letters, to_write_to
from matricula.joining.models import Invitation, Round
from matricula.mail.leasing import crowded
from matricula.organizations.models import Organization

BATCH = 500
SHOWN_FOR = timedelta(hours=1)


@every("joining.rounds", timedelta(seconds=1))
@transaction.atomic
def write_again(job: Job | None = None) -> bool:
    """One batch of each round that is under way; whether there was anything to do."""
    rounds = list(Round.objects.under_way().select_related("program").order_by("pk"))
    full = crowded() if rounds else set()
    wrote = [write_some(one) for one in rounds if one.program.organization_id not in full]
    return any(wrote)


def write_some(one: Round) -> bool:
    """To the next of those meant, answered or not. Who answered or was written to since is left out."""
    meant = Invitation.objects.filter(program=one.program, pk__gt=one.reached, pk__lte=one.last)
    batch = list(meant.select_for_update().order_by("pk").values_list("pk", flat=True)[:BATCH])
    people = list(to_write_to(Invitation.objects.filter(pk__in=batch)).select_related("program"))
    written = queue_letters(people) if people else 0
    news = {"written": F("written") + written, "reached": batch[-1] if batch else one.last}
    if len(batch) < BATCH:
        news["ended_at"] = timezone.now()
    Round.objects.under_way().filter(pk=one.pk).update(**news)
    return True


def progress_of(organization: Organization) -> dict[str, int | bool] | None:
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
