"""What `/readyz` tells: rooms above add their own words."""

from collections.abc import Callable

Probe = Callable[[], dict[str, object]]
_probes: list[Probe] = []


def reports_health(probe: Probe) -> Probe:
    """Register what a room has to say of how it is."""
    _probes.append(probe)
    return probe


def health_report() -> dict[str, object]:
    """All the probes' words."""
    return {name: value for probe in _probes for name, value in probe().items()}
