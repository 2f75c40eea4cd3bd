"""All that is told of somebody: the sections of this room, and those that rooms above it bring."""

from collections.abc import Iterator

from matricula.leaving.data import about_learning, about_one, about_places, about_what_was_done
from matricula.leaving.data.sections import Section

_brought: list[Section] = []


def brings_data(section: Section) -> Section:
    """Register a section of a room above this one."""
    _brought.append(section)
    return section


def all_sections() -> Iterator[Section]:
    """In the order of the file."""
    for module in (about_one, about_places, about_learning, about_what_was_done):
        yield from module.SECTIONS
    yield from sorted(_brought, key=lambda one: one.name)


def sections_from(name: str) -> list[Section]:
    """That one and what comes after it. Raises LookupError where there is none of this name here."""
    found = list(all_sections())
    names = [one.name for one in found]
    if name not in names:
        raise LookupError(f"There is no section {name}: another version of the site began the file.")
    return found[names.index(name) :]
