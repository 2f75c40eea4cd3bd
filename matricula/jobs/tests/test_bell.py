"""A worker that waits hears at once that there is something to do, and finds it anyway."""

import threading
import time
from threading import Event

import pytest

from matricula.jobs import queue, worker
from matricula.jobs.bell import Listener, listening_turns
from matricula.jobs.queue import enqueue, perform_due, performs_job
from matricula.jobs.worker import repeat_turn
from tests.crash.conftest import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def done(monkeypatch):
    """When jobs were done."""
    monkeypatch.setattr(queue, "_performers", {})
    moments = []
    performs_job("noted")(lambda job: moments.append(time.monotonic()))
    return moments


@pytest.fixture
def working():
    stopped, lines = Event(), []

    def begin(*turns):
        lines.extend(threading.Thread(target=repeat_turn, args=(turn, stopped)) for turn in turns)
        for line in lines:
            line.start()
        time.sleep(0.3)

    yield begin
    stopped.set()
    for line in lines:
        line.join()


def waited(done):
    """Seconds until a new job is done, by a worker that has nothing to do."""
    before, began = len(done), time.monotonic()
    enqueue("noted")
    until(lambda: len(done) > before, pause=0.002)
    return done[-1] - began


def test_a_worker_that_waits_hears_of_a_job_at_once(done, working, monkeypatch):
    if not listening_turns():
        pytest.skip("SQLite tells nobody anything")
    monkeypatch.setattr(worker, "POLL_SECONDS", 5)
    working(perform_due, Listener().hear)
    assert sorted(waited(done) for _ in range(9))[4] < 0.1


def test_a_worker_that_hears_nothing_looks_by_itself(done, working):
    working(perform_due)
    assert waited(done) < 2


def test_a_listener_that_is_cut_off_listens_again(done, working, monkeypatch):
    if not listening_turns():
        pytest.skip("SQLite tells nobody anything")
    listener = Listener()
    listener.hear()
    listener.line.close()
    monkeypatch.setattr(worker, "POLL_SECONDS", 1)
    working(perform_due, listener.hear)
    time.sleep(1)
    assert sorted(waited(done) for _ in range(9))[4] < 0.1
