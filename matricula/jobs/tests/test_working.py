"""The worker's lines of work: what they wait for, and what ends them."""

from threading import Event, Thread

from django.db import OperationalError

from matricula.jobs import working
from matricula.jobs.working import after, repeat


def test_a_worker_that_starts_before_its_database_begins_once_it_is_there(monkeypatch):
    monkeypatch.setattr(working, "PAUSE_SECONDS", 0.01)
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

    line = Thread(target=repeat, args=(after(begin, turn), stopped))
    line.start()
    line.join(timeout=10)
    assert seen == ["begins", "begins", "begins", "turn", "turn"]
