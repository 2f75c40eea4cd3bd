"""What the worker does for the queue itself."""

from datetime import timedelta

from django.utils import timezone

from matricula.jobs.models import Job
from matricula.jobs.queue import recurs

KEPT = timedelta(days=7)
AT_ONCE = 10_000


@recurs("jobs.sweep", timedelta(hours=6))
def sweep_done_jobs(job: Job) -> bool:
    """Rows of jobs that are done a week; those that failed stay until somebody tries them again.

    Anybody may ask for a lost letter, and each asking is a job: without this the table would only grow.
    """
    done = Job.objects.filter(state=Job.State.DONE, ended_at__lt=timezone.now() - KEPT)
    gone = list(done.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    Job.objects.filter(pk__in=gone, state=Job.State.DONE).delete()
    return len(gone) == AT_ONCE
