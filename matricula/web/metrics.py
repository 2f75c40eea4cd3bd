"""How the site is, as a monitoring system asks for it: Prometheus's text format, version 0.0.4 (decision 48).

Rooms add their numbers in `health.py`. Every label's value is one that our program names: nothing that an
outsider writes becomes a series.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SCHEME = "Bearer "


Numbers = dict[tuple[tuple[str, str], ...], float]
"""By their labels, given as (name, value); one without has ()."""


class Gauge(NamedTuple):
    """Numbers that go up and down, under a name that `matricula_` is put before."""

    name: str
    meaning: str
    values: Numbers


Measure = Callable[[], Iterator[Gauge]]
_measures: list[Measure] = []


def measures(measure: Measure) -> Measure:
    """Register what a room counts for monitoring, in a statement or two: it is asked every few seconds."""
    _measures.append(measure)
    return measure


def asks_for_metrics(request: HttpRequest) -> bool:
    """Whether it shows the token of the settings (RFC 6750, section 2.1); nobody can where there is none."""
    shown = request.headers.get("Authorization", "").encode()
    token = settings.METRICS_TOKEN
    return bool(token) and constant_time_compare(shown, (SCHEME + token).encode())


def all_gauges() -> Iterator[Gauge]:
    """Raises OperationalError and InterfaceError while the database is away."""
    yield gauge("database_up", "Whether the database answers.", 1)
    for measure in _measures:
        yield from measure()


def gauge(name: str, meaning: str, value: float) -> Gauge:
    """Of one number without labels."""
    return Gauge(name, meaning, {(): value})


def in_text(gauges: Iterator[Gauge]) -> str:
    return "".join(f"{line}\n" for one in gauges for line in lines_of(one))


def lines_of(one: Gauge) -> Iterator[str]:
    name = f"matricula_{one.name}"
    yield f"# HELP {name} {one.meaning}"
    yield f"# TYPE {name} gauge"
    for labels, value in one.values.items():
        told = ",".join(f'{label}="{escaped(text)}"' for label, text in labels)
        yield f"{name}{{{told}}} {value!r}" if told else f"{name} {value!r}"


def escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
