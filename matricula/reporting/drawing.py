"""Where the points of a chart lie. What the chart says stands in a table beside it, for who cannot see it."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 600, 160


@dataclass(frozen=True)
class Curve:
    name: str
    points: str
    total: int


def curves(series: Sequence[tuple[str, Sequence[int]]]) -> tuple[list[Curve], int]:
    """Polylines in a frame of WIDTH by HEIGHT, and the highest value, which touches the top."""
    top = max((value for _, values in series for value in values), default=0) or 1
    return [Curve(name, line(values, top), sum(values)) for name, values in series], top


def line(values: Sequence[int], top: int) -> str:
    step = WIDTH / max(1, len(values) - 1)
    return " ".join(
        f"{place * step:.1f},{HEIGHT - value * HEIGHT / top:.1f}" for place, value in enumerate(values)
    )


def share(value: int, whole: int) -> int:
    """Percent of `whole`, 0 to 100."""
    return min(100, round(100 * value / whole)) if whole else 0
