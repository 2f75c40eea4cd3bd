"""The worker: several lines of work side by side, each until it is told to stop, in one process or more."""

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import wait as wait_for_lines
from contextvars import ContextVar
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess

from django.conf import settings
from django.db import OperationalError, close_old_connections, connections

from matricula.jobs.bell import bell
from matricula.stopping import INTERRUPTED, LOOK_SECONDS, StopWish, end_at_once, holding_stops

POLL_SECONDS = 0.5
logger = logging.getLogger(__name__)
_stopped: ContextVar[threading.Event | None] = ContextVar("stopped", default=None)
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
    wish = StopWish(settings.STOP_SECONDS)
    with holding_stops():
        for process in processes:
            process.start()
    while not wish.came and not wait([process.sentinel for process in processes], timeout=LOOK_SECONDS):
        pass
    for process in processes:
        process.terminate()
    for process in processes:
        end_process(process, wish)
    if wish.is_urgent:
        return INTERRUPTED
    return int(any(process.exitcode not in (0, -signal.SIGTERM) for process in processes))


def end_process(process: BaseProcess, wish: StopWish) -> None:
    """It ends by itself, soon after its own last moment at the latest."""
    while process.exitcode is None:
        process.join(LOOK_SECONDS)
        if wish.is_urgent:
            process.kill()


def stop_with(parent: int) -> Turn:
    """A turn that stops its process once `parent` is gone, killed perhaps."""

    def mourn() -> int:
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)
        return 0

    return mourn


def work_until_stopped(*turns: Turn) -> None:
    """Take each turn again and again until SIGTERM or Ctrl-C; what is under way is finished first, unless we
    are told once more or it takes too long: then it is undone, and another worker does it again.

    Raises SystemExit after a fault: whoever looks after the process starts it anew.
    """
    wish, stopped = StopWish(settings.STOP_SECONDS), threading.Event()
    with ThreadPoolExecutor(len(turns)) as threads:
        lines = [threads.submit(repeat_turn, turn, stopped) for turn in turns]
        while wait_for_lines(lines, timeout=LOOK_SECONDS).not_done:
            if wish.came:
                stopped.set()
            if wish.is_urgent:
                end_at_once()
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


def stop_of_this_turn() -> Callable[[], bool]:
    """Tells, in any thread, whether the worker that takes this turn is to end. Outside of one it never is."""
    stopped = _stopped.get()
    return stopped.is_set if stopped else lambda: False


def repeat_turn(turn: Turn, stopped: threading.Event) -> None:
    """A database that is away is waited for; any other fault ends all lines: a worker that ends is seen."""
    _stopped.set(stopped)
    try:
        while not stopped.is_set():
            close_old_connections()
            rung = bell.rung
            try:
                taken = turn()
            except OperationalError:
                taken = 0
            if not taken:
                bell.wait(rung, POLL_SECONDS)
    except Exception:
        logger.exception("The worker stops.")
        raise
    finally:
        stopped.set()
        connections.close_all()
