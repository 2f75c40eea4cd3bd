"""The worker's lines of work: what they wait for, and what ends them."""

import multiprocessing
import os
import signal
import sys
import time
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


def run_slowly(place, count):
    """A worker of `count` processes, each in the middle of something; what it finished stands in the file."""

    def turn():
        place.joinpath("begun").touch()
        time.sleep(1.5)
        place.joinpath("done").touch()
        return 0

    worker = multiprocessing.get_context("fork").Process(
        target=lambda: sys.exit(work_in_processes(count, turn, lambda: 0))
    )
    worker.start()
    while not place.joinpath("begun").exists():
        time.sleep(0.01)
    return worker


@pytest.mark.parametrize("count", [1, 2])
def test_told_once_a_worker_finishes_what_is_under_way(tmp_path, count):
    worker = run_slowly(tmp_path, count)
    os.kill(worker.pid, signal.SIGTERM)
    worker.join(timeout=20)
    assert (worker.exitcode, tmp_path.joinpath("done").exists()) == (0, True)


@pytest.mark.parametrize("count", [1, 2])
def test_told_twice_a_worker_ends_at_once(tmp_path, count):
    worker = run_slowly(tmp_path, count)
    began = time.monotonic()
    os.kill(worker.pid, signal.SIGINT)
    time.sleep(0.4)
    os.kill(worker.pid, signal.SIGINT)
    worker.join(timeout=20)
    assert worker.exitcode in (0, 130)
    assert (tmp_path.joinpath("done").exists(), time.monotonic() - began < 1.2) == (False, True)


def test_a_worker_waits_no_longer_than_it_is_told_to(tmp_path, settings):
    settings.STOP_SECONDS = 0
    worker = run_slowly(tmp_path, 1)
    os.kill(worker.pid, signal.SIGTERM)
    worker.join(timeout=20)
    assert (worker.exitcode, tmp_path.joinpath("done").exists()) == (130, False)
