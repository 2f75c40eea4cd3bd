"""The process above those that serve pages: it starts them, replaces them, and ends with them.

It is granian's, but for how it hears of signals (granian sets a `threading.Event` in a handler, and a second
signal within that never returns), how long it waits, and how connections leave a process that is replaced. It
knows nothing of Django, so that what it starts after a reload is the new program (decision 30).

python -m matricula.commands.serving HOST PORT PROCESSES THREADS PATIENCE
"""

import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from matricula.stopping import LOOK_SECONDS, StopWish, holding_stops

LEAVING_SECONDS = 2
"""How long a replaced process still answers, each time with the last answer of its connection."""
RETIRES = signal.SIGUSR1
logger = logging.getLogger(__name__)
Pages = Callable[..., Iterable[bytes]]


class Wake:
    """What granian's loop waits for; a handler may set it, for it is no more than a mark."""

    def __init__(self) -> None:
        self.is_on = False

    def set(self) -> None:
        self.is_on = True

    def clear(self) -> None:
        self.is_on = False

    def wait(self) -> None:
        while not self.is_on:
            time.sleep(LOOK_SECONDS)


class PageServer(MPServer):
    """Serving processes, and the socket they share."""

    def __init__(self, patience: float, **options: Any) -> None:
        super().__init__("matricula.wsgi:application", interface=Interfaces.WSGI, **options)
        self.main_loop_interrupt: Any = Wake()
        self.wish = StopWish(patience)

    def signal_handler_interrupt(self, *_: object) -> None:
        self.wish.note_moment()
        self.interrupt_signal = True
        self.main_loop_interrupt.set()

    def startup(self, *given: Any) -> None:
        super().startup(*given)
        if self.wish.came:  # before there was anything to stop
            self.signal_handler_interrupt()

    def _spawn_worker(self, *given: Any, **named: Any) -> Any:
        process: Any = super()._spawn_worker(*given, **named)
        process._watcher = lambda: self.watch(process)
        return process

    def _spawn_workers(self, *given: Any) -> None:
        with holding_stops():
            super()._spawn_workers(*given)

    def _respawn_workers(self, places: list[int], target: Any, loader: Any, delay: float = 0) -> None:
        """The new one first; then the old one lets its connections go, and goes."""
        for place in places:
            old = self.wrks[place]
            self.respawned_wrks[place] = time.monotonic()
            with holding_stops():
                self.wrks[place] = self._spawn_worker(idx=place, target=target, callback_loader=loader)
                self.wrks[place].start()
            self.pause(delay)
            old.interrupt_by_parent = True
            if old.is_alive():
                os.kill(old.inner.pid, RETIRES)
                self.pause(LEAVING_SECONDS)
            self.end([old])

    def _stop_workers(self) -> None:
        self.end(self.wrks)
        self.wrks.clear()

    def watch(self, process: Any) -> None:
        """A thread for each. A signal that ended it may have been for all of us: then it is on its way."""
        process.inner.join()
        time.sleep(4 * LOOK_SECONDS)
        if not process.interrupt_by_parent and not self.interrupt_signal:
            logger.error("A serving process ended by itself; another one takes its place.")
            self.interrupt_children.append(process.idx)
            self.main_loop_interrupt.set()

    def end(self, processes: list[Any]) -> None:
        """They finish the pages under way; for how long is a setting, and a second signal's."""
        for process in processes:
            process.terminate()
        ends = time.monotonic() + self.wish.patience
        while any(one.is_alive() for one in processes):
            if self.wish.is_urgent or time.monotonic() > ends:
                for process in processes:
                    process.kill()
            time.sleep(LOOK_SECONDS)

    def pause(self, seconds: float) -> None:
        ends = time.monotonic() + seconds
        while time.monotonic() < ends and not self.interrupt_signal:
            time.sleep(LOOK_SECONDS)


def load_pages(target: str) -> Pages:
    """In a serving process: the site, as granian calls it.

    Until granian waits for it, SIGTERM ends the process at once; Ctrl-C is for the process above to hear.
    """
    retired: list[object] = []
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(RETIRES, lambda *_: retired.append(None))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
    from matricula.wsgi import application

    return lambda environ, start: application(environ, last_answer(start) if retired else start)


def last_answer(start: Callable[..., Any]) -> Callable[..., Any]:
    """The next request comes over a new connection, to a process that stays (RFC 9112, section 9.6)."""
    return lambda status, headers, *more: start(status, [*headers, ("Connection", "close")], *more)


def main(host: str, port: str, processes: str, threads: str, patience: str) -> None:
    server = PageServer(
        float(patience),
        address=host,
        port=int(port),
        workers=int(processes),
        blocking_threads=int(threads),
        log_level=LogLevels.error,
        respawn_failed_workers=True,
    )
    server.serve(target_loader=load_pages)


if __name__ == "__main__":
    main(*sys.argv[1:])
