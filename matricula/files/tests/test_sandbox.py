"""What is given by outsiders is read where it harms nobody."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import pytest
from pydantic import Base64Bytes

from matricula.files import sandbox
from matricula.files.sandbox import GIB, Limits, OverLimit, ReaderBroke, ReaderKilled, run_sandboxed
from tests.crash.conftest import until

QUICK = Limits(seconds=2, memory=GIB)


@dataclass(frozen=True)
class Found:
    place: Path
    content: Base64Bytes
    numbers: tuple[int, ...]


def look(place: Path, content: Base64Bytes, number: int) -> Found | str:
    return Found(place, content, (number,)) if number else "nothing"


def count_for_ever() -> int:
    number = 0
    while True:
        number += 1


def fill_memory() -> int:
    return len(b"x" * (8 * GIB))


def write_for_ever() -> bytes:
    while True:
        os.write(1, b"x" * 1_000_000)


def segfault() -> int:
    os.kill(os.getpid(), signal.SIGSEGV)
    return 0


def be_killed() -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def lie() -> int:
    os.write(1, b'{"__reduce__": "os.system"}')
    os._exit(0)


def environment() -> dict[str, str]:
    return dict(os.environ)


def sleep(note: Path) -> int:
    note.write_text(str(os.getpid()))
    time.sleep(60)
    return 0


def test_what_is_found_comes_back_as_it_was(tmp_path):
    assert run_sandboxed(look, tmp_path, b"\0\xff", 7, within=QUICK) == Found(tmp_path, b"\0\xff", (7,))
    assert run_sandboxed(look, tmp_path, b"", 0, within=QUICK) == "nothing"


def test_what_takes_too_long_is_ended():
    began = time.monotonic()
    with pytest.raises(OverLimit):
        run_sandboxed(count_for_ever, within=Limits(seconds=1, memory=GIB))
    assert time.monotonic() - began < 30


def test_what_needs_too_much_memory_is_ended():
    with pytest.raises(OverLimit):
        run_sandboxed(fill_memory, within=QUICK)


def test_what_answers_without_end_is_ended():
    with pytest.raises(ReaderBroke):
        run_sandboxed(write_for_ever, within=Limits(seconds=5, memory=GIB, answer=3_000_000))


@pytest.mark.parametrize("breaks", [segfault, lie])
def test_what_breaks_its_reader_or_answers_something_else_breaks_nobody(breaks):
    with pytest.raises(ReaderBroke):
        run_sandboxed(breaks, within=QUICK)


def test_who_is_killed_by_somebody_else_may_try_again():
    with pytest.raises(ReaderKilled):
        run_sandboxed(be_killed, within=QUICK)


def test_who_gets_no_processor_may_try_again(tmp_path):
    with pytest.raises(ReaderKilled):
        run_sandboxed(sleep, tmp_path / "note", within=Limits(seconds=2, memory=GIB, patience=1))


def test_stored_markup_what_breaks_in_finds_no_secret_of_the_server(monkeypatch):
    for name in ("SECRET_KEY", "DATABASE_URL", "EMAIL_URL"):
        monkeypatch.setenv(name, "a secret of the server")
    told = run_sandboxed(environment, within=QUICK)
    assert "PATH" in told
    assert "a secret of the server" not in told.values()


def test_loss_on_crash_nobody_works_on_for_a_worker_that_was_killed(tmp_path, monkeypatch):
    """Whoever is called its parent is gone: the process ends by itself."""
    monkeypatch.setattr(sandbox.os, "getpid", lambda: 1)
    faults = []

    def work():
        try:
            run_sandboxed(sleep, tmp_path / "note", within=Limits(seconds=2, memory=GIB, patience=30))
        except Exception as fault:
            faults.append(fault)

    began = time.monotonic()
    thread = Thread(target=work)
    thread.start()
    until(lambda: not thread.is_alive())
    assert isinstance(faults[0], ReaderBroke)
    assert time.monotonic() - began < 20
