"""The axis that the rows of one block share: where a number lies on it, and what is written along it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from holdfast.evidence import Absent, AnyIntervalRow, IntervalRows
from holdfast.report._numbers import Axis, limit_of, trimmed

_HALF_WIDTHS: Final = (0.002, 0.004, 0.01, 0.02, 0.04, 0.1, 0.2, 0.4, 0.6, 1.0)
"""How far an axis of differences may reach to either side of zero: each has a round half for the ticks between."""


@dataclass(frozen=True)
class Scale:
    """A stretch of numbers, drawn from the left edge of a drawing to the right."""

    axis: Axis
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    """Where along the width, from 0 to 1, and what is written there."""
    says: str
    """The whole axis in words, for those who do not see it."""

    @property
    def zero(self) -> float | None:
        """Where along the width no difference lies; None on an axis of shares."""
        return self.at(0) if self.axis == "difference" else None

    def at(self, number: float) -> float:
        """Where along the width a number lies; what lies beyond the axis is drawn at its end."""
        return (min(max(number, self.low), self.high) - self.low) / (self.high - self.low)


def scale_of(block: IntervalRows) -> Scale:
    """Shares from 0 to 100 %; differences as far to both sides of zero as the farthest of the block's rows needs."""
    if block.axis == "share":
        shares = tuple((tick / 100, f"{tick} %") for tick in (0, 25, 50, 75, 100))
        return Scale("share", 0.0, 1.0, shares, "From 0 to 100 %, in steps of 25.")
    needed = max((abs(number) for row in block.rows for number in _drawn(row)), default=1.0)
    half = next((width for width in _HALF_WIDTHS if width >= needed), 1.0)
    steps = tuple((step / 4, half * (step - 2) / 2) for step in range(5))
    ticks = tuple((place, "0 points" if number == 0 else _signed(number)) for place, number in steps)
    says = f"From {_signed(-half)} to {_signed(half)} percentage points, in steps of {_points(half / 2)}."
    return Scale("difference", -half, half, ticks, says)


def _drawn(row: AnyIntervalRow) -> Iterator[float]:
    """Every number of a row that has a place on the axis: a side without a bound has none."""
    if limit := limit_of(row):
        yield limit.value
    if not isinstance(row.estimate, Absent):
        yield row.estimate.value
        if row.estimate.sides != "upper":
            yield row.estimate.low
        if row.estimate.sides != "lower":
            yield row.estimate.high


def _points(number: float) -> str:
    return trimmed(abs(number) * 100, 1)


def _signed(number: float) -> str:
    return f"{'+' if number > 0 else '−'}{_points(number)}"
