"""The address book, walked: every pattern with its whole path and name."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLResolver, get_resolver


@dataclass(frozen=True)
class Address:
    """A line of the address book."""

    path: str
    name: str
    """With its namespaces."""
    named: frozenset[str]
    """What the path names, such as `group_id`."""
    view: Any


def all_addresses(
    resolver: Any = None, path: str = "", names: tuple[str, ...] = (), named: frozenset[str] = frozenset()
) -> Iterator[Address]:
    for one in (resolver or get_resolver()).url_patterns:
        whole, its = path + str(one.pattern), named | set(one.pattern.converters)
        if isinstance(one, URLResolver):
            yield from all_addresses(one, whole, (*names, *filter(None, [one.namespace])), its)
        else:
            yield Address(whole, ":".join((*names, one.name or "")), its, one.callback)
