"""The one row a question can have for an answer."""

from collections.abc import Iterable
from typing import TypeVar

Found = TypeVar("Found")


def only(rows: Iterable[Found]) -> Found | None:
    """The row, or None: for what a unique constraint finds.

    `first()` would put it in order before, which costs as much of the processor as the question itself.
    """
    return next(iter(rows), None)
