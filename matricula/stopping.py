"""How a process ends: told once it finishes what is under way, told twice it ends at once.

A signal's handler runs in the middle of whatever its thread was doing, perhaps while that holds a lock. So it
notes the moment and does nothing else; whoever waits in a loop looks at the note.
"""

import logging
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

STOPS = (signal.SIGINT, signal.SIGTERM)
ONE_WISH_SECONDS = 0.25
"""A terminal tells every process of a group, and the first of them tells the others: that is one wish."""
INTERRUPTED = 130
"""The exit code of what was ended before it was done, as shells have it for Ctrl-C."""
LOOK_SECONDS = 0.05


class StopWish:
    """What Ctrl-C and SIGTERM said to this process since it was made. Signals that were held come now."""

    def __init__(self, patience: float) -> None:
        self.patience, self.moments = patience, list[float]()
        for one in STOPS:
            signal.signal(one, self.note_moment)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)

    def note_moment(self, *_: object) -> None:
        self.moments.append(time.monotonic())

    @property
    def came(self) -> bool:
        return bool(self.moments)

    @property
    def is_urgent(self) -> bool:
        """Told once more, or told so long ago that nothing is waited for any longer."""
        if not self.moments:
            return False
        first, last = self.moments[0], self.moments[-1]
        return last - first > ONE_WISH_SECONDS or time.monotonic() - first > self.patience


def end_quietly_when_told() -> None:
    """For the time in which there is nothing to finish: no traceback, whatever was under way is undone."""
    for one in STOPS:
        signal.signal(one, lambda *_: end_at_once())
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)


def end_at_once() -> NoReturn:
    """Nothing is waited for, no thread and no lock; what is not committed is rolled back by the database."""
    os._exit(INTERRUPTED)


def leave_at_once(code: int) -> NoReturn:
    """When all is done. Python would first take every module apart, a second of work on a busy machine."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


@contextmanager
def holding_stops() -> Iterator[None]:
    """What is told meanwhile comes afterwards. A process made meanwhile holds it, too, until it is ready."""
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
