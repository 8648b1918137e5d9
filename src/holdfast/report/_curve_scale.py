"""The scale that all panels of a block of curves share: where a cost lies along it, and what is written there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, frexp, log2, log10
from typing import Final

from holdfast.evidence import Curves

_APART: Final = 0.13
"""Where a logarithmic axis begins, as a part of the width, when 0 has a place of its own before it."""

_DYADIC: Final = range(-3, 14)
"""Exponents of two that are written out, from 0.125 to 8,192; an axis that goes beyond them has decades."""

_MOST_DYADIC: Final = 7
_MOST_DECADES: Final = 5
"""Steps between the ticks that are named: the names of decades are longer."""

_PLAIN: Final = range(-3, 5)
"""Exponents of ten that are written out."""

_RAISED: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_OCTAVES_IN_A_DECADE: Final = log2(10)


@dataclass(frozen=True)
class CurveScale:
    """A stretch of costs, drawn from the left edge of a panel to the right."""

    log: bool
    low: float
    high: float
    """The ends; on a logarithmic axis their logarithms to base 2."""
    start: float
    """Where along the width `low` lies: behind the place of 0, where that is drawn apart."""
    ticks: tuple[tuple[float, str], ...]
    """Where along the width, and what is written there: of many ticks only some have words."""
    says: str
    """How the costs lie along it, in words."""

    @property
    def apart(self) -> bool:
        """Whether 0 has a place of its own at the left edge."""
        return self.start > 0

    def at(self, x: float) -> float:
        """Where along the width a cost lies."""
        if self.log and x == 0:
            return 0.0
        along = ((log2(x) if self.log else x) - self.low) / (self.high - self.low)
        return self.start + (1 - self.start) * min(max(along, 0.0), 1.0)


def curve_scale(block: Curves) -> CurveScale:
    """The scale of all points of a block: doublings or decades on a logarithmic axis, round steps on a linear one."""
    costs = [point.x for point in block.points]
    if block.x.scale == "linear":
        return _linear(max(costs, default=0.0))
    positive = [cost for cost in costs if cost > 0]
    start = _APART if len(positive) < len(costs) else 0.0
    if not positive:
        return CurveScale(log=True, low=0.0, high=1.0, start=start, ticks=_zero(start), says="")
    return _dyadic(positive, start) or _decades(positive, start)


def plain(cost: float) -> str:
    """A cost as it is written along the axis and in tables."""
    return f"{cost:,.12g}"


def _linear(highest: float) -> CurveScale:
    """From 0 in at most four steps of 1, 2, 2.5 or 5 times a power of ten."""
    top = min(max(highest, 1e-300), 1e300) if highest else 1.0
    unit = 10.0 ** floor(log10(top / 4))
    step = next(step * unit for step in (1, 2, 2.5, 5, 10) if step * unit >= top / 4)
    steps = ceil(top / step)
    ticks = tuple((number / steps, plain(number * step)) for number in range(steps + 1))
    return CurveScale(log=False, low=0.0, high=steps * step, start=0.0, ticks=ticks, says="in equal steps")


def _dyadic(costs: Sequence[float], start: float) -> CurveScale | None:
    """A line at every power of two; None where the costs go beyond those that are written out."""
    below, (half, above) = frexp(min(costs))[1] - 1, frexp(max(costs))
    highest = above - 1 if half == 0.5 else above
    powers = range(below, max(highest, below + 1) + 1)
    if not (powers[0] in _DYADIC and powers[-1] in _DYADIC):
        return None
    return _logarithmic(powers, 1.0, start, _MOST_DYADIC, lambda power: plain(2.0**power))


def _decades(costs: Sequence[float], start: float) -> CurveScale:
    """A line at every power of ten."""
    below = floor(log10(min(costs)))
    powers = range(below, max(ceil(log10(max(costs))), below + 1) + 1)
    return _logarithmic(powers, _OCTAVES_IN_A_DECADE, start, _MOST_DECADES, _power_of_ten)


def _logarithmic(powers: range, octaves: float, start: float, most: int, named: Callable[[int], str]) -> CurveScale:
    """A tick at each power, as many octaves apart; at most so many steps between those that are named."""
    stride, steps = ceil((len(powers) - 1) / most), len(powers) - 1
    ticks = (
        (start + (1 - start) * number / steps, named(power) if power % stride == 0 else "")
        for number, power in enumerate(powers)
    )
    return CurveScale(
        log=True,
        low=powers[0] * octaves,
        high=powers[-1] * octaves,
        start=start,
        ticks=(*_zero(start), *ticks),
        says=f"each line {'twice' if octaves == 1 else 'ten times'} the one before it",
    )


def _zero(start: float) -> tuple[tuple[float, str], ...]:
    """The tick of 0, where it is apart."""
    return ((0.0, "0"),) if start else ()


def _power_of_ten(power: int) -> str:
    return plain(10.0**power) if power in _PLAIN else f"10{str(power).translate(_RAISED)}"
