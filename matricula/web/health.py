"""How the site is: `/readyz` tells it in numbers, and its troubles by name; `matricula check` in words.

Rooms above add theirs. Told is what is undone, not what is due: a queue that is short because nothing can be
put into it is no healthy one.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from django.db import DatabaseError

from matricula.files.storage import storage_bytes, storage_fault
from matricula.web.metrics import Gauge, gauge, measures


class Trouble(NamedTuple):
    """Something that somebody has to look after. Anybody may read its name; its words are for operators."""

    name: str
    words: str


Probe = Callable[[], dict[str, object]]
Search = Callable[[], Iterator[Trouble]]
_probes: list[Probe] = []
_searches: list[Search] = []


def reports_health(probe: Probe) -> Probe:
    """Register what a room has to say of how it is."""
    _probes.append(probe)
    return probe


def finds_troubles(search: Search) -> Search:
    """Register who looks for what goes wrong."""
    _searches.append(search)
    return search


def health_report() -> dict[str, object]:
    """All the probes' words, and the names of all troubles."""
    found = {name: value for probe in _probes for name, value in probe().items()}
    return found | {"troubles": [one.name for one in troubles()]}


def troubles() -> list[Trouble]:
    return [trouble for search in _searches for trouble in search()]


def told_troubles() -> Iterator[str]:
    """Their words; a database that is away or not migrated is told elsewhere."""
    try:
        yield from [one.words for one in troubles()]
    except DatabaseError:
        return


@finds_troubles
def storage_troubles() -> Iterator[Trouble]:
    if fault := storage_fault():
        yield Trouble(*fault)


@measures
def storage_measures() -> Iterator[Gauge]:
    size, free = storage_bytes()
    yield gauge("storage_size_bytes", "Of the disk that uploads and files of courses are kept on.", size)
    yield gauge("storage_free_bytes", "What is left of it.", free)
