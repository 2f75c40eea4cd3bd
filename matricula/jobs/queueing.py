"""Asking for work, in the transaction of what asks for it."""

from datetime import datetime

from django.utils import timezone

from matricula.jobs.models import Job


def enqueue(
    kind: str, *, reference: int | None = None, due_at: datetime | None = None, queue: str = ""
) -> Job:
    """A job of `kind` about `reference`, at once or from `due_at` on, one at a time of its `queue`."""
    return Job.objects.create(kind=kind, reference=reference, due_at=due_at or timezone.now(), queue=queue)


def try_again(*, kind: str, reference: int) -> bool:
    """Put a failed job back in line; False when there is none."""
    failed = Job.objects.filter(kind=kind, reference=reference, state=Job.State.FAILED)
    back = {"state": Job.State.QUEUED, "attempts": 0, "due_at": timezone.now(), "settled_at": None}
    return bool(failed.update(**back))
