"""A worker that performs a job of the tests, with a short lease: some steps take longer than it.

python chaos_worker.py
"""

import os
import time
from datetime import timedelta

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "matricula.settings"
django.setup()

from matricula.jobs import leases  # noqa: E402
from matricula.jobs.models import Job  # noqa: E402
from matricula.jobs.queue import perform_due, performs_job  # noqa: E402
from matricula.jobs.worker import work_until_stopped  # noqa: E402

leases.LEASE = timedelta(seconds=0.5)
STEPS = 10


def step(job: Job) -> bool:
    """Every fifth takes twice as long as the lease."""
    Job.objects.create(kind=f"left by {job.kind}", reference=job.pk, place=job.place, state=Job.State.DONE)
    time.sleep(1 if (job.pk + job.place) % 5 == 0 else 0.02)
    job.place += 1
    return job.place < STEPS


performs_job("counted", tries=1000)(step)
performs_job("sent", atomic=False, tries=1000)(step)

if __name__ == "__main__":
    work_until_stopped(lambda: perform_due())
