"""Work that several people do at one moment, each in a thread and connection of their own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connections


def all_at_once(*works: Callable[[], Any]) -> list[Any]:
    """What each returned, or the exception it raised."""
    barrier = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        barrier.wait(timeout=30)
        try:
            return work()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def refusals(results: Sequence[Any]) -> list[Exception]:
    return [one for one in results if isinstance(one, Exception)]
