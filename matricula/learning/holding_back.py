"""Completions that a room above holds back: they count, and their certificates follow later."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from matricula.learning.models import Enrolment, SpecializationEnrolment

One = TypeVar("One", Enrolment, SpecializationEnrolment)
Which = Callable[[Sequence[Enrolment] | Sequence[SpecializationEnrolment]], set[int]]
_held_back: list[Which] = []


def holds_back(which: Which) -> None:
    """Register who tells, of enrolments of one kind, which are held back (ids)."""
    _held_back.append(which)


def told_now(completed: Sequence[One]) -> list[One]:
    """Those whose news goes out at once."""
    later: set[int] = set().union(*(which(completed) for which in _held_back))
    return [one for one in completed if one.pk not in later]
