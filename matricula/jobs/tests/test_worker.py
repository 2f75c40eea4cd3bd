"""The worker's lines of work: what they wait for, and what ends them."""

import multiprocessing
import sys
from threading import Event, Thread

import pytest
from django.db import OperationalError

from matricula.jobs import worker
from matricula.jobs.worker import begin_with, repeat_turn, work_in_processes


def test_a_worker_that_starts_before_its_database_begins_once_it_is_there(monkeypatch):
    monkeypatch.setattr(worker, "POLL_SECONDS", 0.01)
    seen, stopped = [], Event()

    def begin():
        seen.append("begins")
        if len(seen) < 3:
            raise OperationalError("connection refused")

    def turn():
        seen.append("turn")
        if seen.count("turn") == 2:
            stopped.set()
        return 1

    line = Thread(target=repeat_turn, args=(begin_with(begin, turn), stopped))
    line.start()
    line.join(timeout=10)
    assert seen == ["begins", "begins", "begins", "turn", "turn"]


@pytest.mark.parametrize("count", [1, 2])
def test_a_worker_that_meets_a_fault_ends_and_it_is_seen(count):
    def work():
        sys.exit(work_in_processes(count, lambda: 1 // 0, lambda: 0))

    worker = multiprocessing.get_context("fork").Process(target=work)
    worker.start()
    worker.join(timeout=20)
    assert worker.exitcode == 1
