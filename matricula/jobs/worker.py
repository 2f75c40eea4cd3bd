"""The worker: several lines of work side by side, each until it is told to stop, in one process or more."""

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import wait

from django.db import OperationalError, close_old_connections, connections

POLL_SECONDS = 0.5
logger = logging.getLogger(__name__)
Turn = Callable[[], int]
"""Does what is due, and says how much there was."""


def work_in_processes(count: int, *turns: Turn) -> int:
    """`work_until_stopped` in so many processes, for Python computes in one thread of each; the exit code.

    No database connection may be open. When one process ends, all do: a worker that ends is seen.
    """
    if count == 1:
        work_until_stopped(*turns)
        return 0
    forking, together = multiprocessing.get_context("fork"), (*turns, stop_with(os.getpid()))
    processes = [forking.Process(target=work_until_stopped, args=together) for _ in range(count)]
    for process in processes:
        process.start()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: processes[0].terminate())
    wait([process.sentinel for process in processes])
    for process in processes:
        process.terminate()
    for process in processes:
        process.join()
    return int(any(process.exitcode not in (0, -signal.SIGTERM) for process in processes))


def stop_with(parent: int) -> Turn:
    """A turn that stops its process once `parent` is gone, killed perhaps."""

    def mourn() -> int:
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)
        return 0

    return mourn


def work_until_stopped(*turns: Turn) -> None:
    """Take each turn again and again until SIGTERM or Ctrl-C; what is under way is finished first.

    Raises SystemExit after a fault: whoever looks after the process starts it anew.
    """
    stopped = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopped.set())
    with ThreadPoolExecutor(len(turns)) as threads:
        lines = [threads.submit(repeat_turn, turn, stopped) for turn in turns]
    if any(line.exception() for line in lines):
        raise SystemExit(1)


def begin_with(beginning: Callable[[], None], turn: Turn) -> Turn:
    """`turn`, once `beginning` is done: a turn that finds the database away begins again."""
    begun = False

    def begin_and_turn() -> int:
        nonlocal begun
        if not begun:
            beginning()
            begun = True
        return turn()

    return begin_and_turn


def repeat_turn(turn: Turn, stopped: threading.Event) -> None:
    """A database that is away is waited for; any other fault ends all lines: a worker that ends is seen."""
    try:
        while not stopped.is_set():
            close_old_connections()
            try:
                taken = turn()
            except OperationalError:
                taken = 0
            if not taken:
                stopped.wait(POLL_SECONDS)
    except Exception:
        logger.exception("The worker stops.")
        raise
    finally:
        stopped.set()
        connections.close_all()
