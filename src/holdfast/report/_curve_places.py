"""Where the values of a curve lie in its panel: along the width in parts of it, upright in pixels."""

from dataclasses import dataclass
from itertools import groupby
from typing import Final

from holdfast.evidence import Absent, Between, Curve, Estimate
from holdfast.report._curve_scale import CurveScale

TOP: Final = 8
"""Room over the plot, for half of a mark at its upper edge."""

PLOT: Final = 160


@dataclass(frozen=True)
class Dot:
    """One measured value, as it is drawn."""

    x: float
    """The cost itself."""
    place: float
    y: float
    low: float
    high: float
    """Pixels below the upper edge of the plot; a side without a bound runs to the edge."""


def stretches(curve: Curve, scale: CurveScale) -> tuple[tuple[Dot, ...], ...]:
    """The values of a curve, cut where no line may join neighbours: at a missing value, and behind a 0 drawn apart."""
    found: list[tuple[Dot, ...]] = []
    for _, points in groupby(curve.points, lambda point: (isinstance(point.y, Absent), scale.apart and point.x == 0)):
        dots = tuple(_dot(one.x, one.y, scale) for one in points if not isinstance(one.y, Absent))
        found.extend([dots] if dots else [])
    return tuple(found)


def last_until(curve: Curve, scale: CurveScale, x: float) -> Dot | None:
    """The last value that was measured until a place; None where there was none."""
    before = [dot for stretch in stretches(curve, scale) for dot in stretch if dot.x <= x]
    return before[-1] if before else None


def height(share: float) -> float:
    """How far below the upper edge of the plot a share lies; what lies beyond 0 and 1 is drawn at the edge."""
    return (1 - min(max(share, 0.0), 1.0)) * PLOT


def px(number: float) -> str:
    """Pixels at a hundredth."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _dot(x: float, y: Estimate | Between, scale: CurveScale) -> Dot:
    low = 0.0 if y.sides == "upper" else y.low
    high = 1.0 if y.sides == "lower" else y.high
    return Dot(x, scale.at(x), height(y.value), height(low), height(high))
