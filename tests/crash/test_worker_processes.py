"""A worker of several processes ends as one."""

import os
import signal
from pathlib import Path

import pytest

from matricula.jobs.models import Job
from tests.crash.conftest import until

pytestmark = pytest.mark.django_db(transaction=True)


def children(parent):
    return [int(one) for one in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def runs(pid):
    """Not gone, and not a zombie that waits for somebody to ask how it ended."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


@pytest.fixture
def worker(start):
    begun = start("-m", "matricula", "worker", MATRICULA_WORKER_PROCESSES="2")
    until(lambda: len(children(begun.pid)) == 2 and Job.objects.filter(recurs=True).exists())
    return begun


def test_told_to_stop_all_processes_of_a_worker_end_well(worker):
    processes = children(worker.pid)
    os.kill(worker.pid, signal.SIGTERM)
    assert worker.wait(timeout=20) == 0
    assert not any(runs(one) for one in processes)


def test_with_one_process_of_a_worker_killed_the_others_end_and_it_is_seen(worker):
    first, second = children(worker.pid)
    os.kill(first, signal.SIGKILL)
    assert worker.wait(timeout=20) == 1
    assert not runs(second)


def test_loss_on_crash_processes_of_a_worker_that_was_killed_do_not_go_on_alone(worker):
    processes = children(worker.pid)
    os.kill(worker.pid, signal.SIGKILL)
    until(lambda: not any(runs(one) for one in processes))
