"""Workers killed at any moment, again and again, while others work beside them."""

import random
import time
from collections import Counter
from pathlib import Path

import pytest

from matricula.jobs.models import Job
from matricula.jobs.queue import enqueue
from tests.crash.chaos_worker import STEPS
from tests.crash.conftest import kill, until

pytestmark = pytest.mark.django_db(transaction=True)
WORKER = str(Path(__file__).parent / "chaos_worker.py")
WORKERS, JOBS, KILLED_FOR_SECONDS = 3, 4, 5


def left(kind):
    """How often each step of each job left something."""
    return Counter(Job.objects.filter(kind=f"left by {kind}").values_list("reference", "place"))


def test_loss_on_crash_with_workers_killed_again_and_again_every_step_is_done_and_none_counts_twice(start):
    jobs = {kind: [enqueue(kind, organization=n % 2).pk for n in range(JOBS)] for kind in ("counted", "sent")}
    workers = [start(WORKER) for _ in range(WORKERS)]
    until(lambda: left("counted"))
    ends, kills = time.monotonic() + KILLED_FOR_SECONDS, 0
    while time.monotonic() < ends:
        time.sleep(random.uniform(0.1, 0.8))
        kill(workers.pop(0))
        kills += 1
        workers.append(start(WORKER))
    under_way = Job.objects.filter(kind__in=jobs).exclude(state=Job.State.DONE)
    until(lambda: not under_way.exists(), seconds=60)
    wanted = {kind: {(pk, place): 1 for pk in jobs[kind] for place in range(STEPS)} for kind in jobs}
    assert dict(left("counted")) == wanted["counted"]
    assert set(left("sent")) == set(wanted["sent"])
    twice = sum(left("sent").values()) - len(wanted["sent"])
    assert twice <= kills, "a step outside of a transaction was done twice though nobody was killed in it"
    assert set(Job.objects.filter(kind__in=jobs).values_list("steps", flat=True)) == {STEPS}
