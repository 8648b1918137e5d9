"""How a measured number is written: to the precision that its interval supports, and never without it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import Final, Literal

from holdfast.evidence import Absent, AnyIntervalRow, Between, Estimate, Finding, JudgedRow, Threshold

Axis = Literal["share", "difference"]
"""What a number is: a part of a whole, written in percent, or how far two of them lie apart, written in points."""

_MOST_DECIMALS: Final = 6


@dataclass(frozen=True)
class Reading:
    """An estimate in words."""

    count: str
    """`3 of 400`, or the n where no count is known."""
    counted: str
    """The count, and the value beside it where the count does not tell it."""
    value: str
    """`0.8 %`; at the ends of the axis the bound instead, because `0 %` of a finite sample says too much. A difference
    is `−4.1 points`, and nothing special at its ends."""
    interval: str
    """`0.2–2.2 %`, `≤ 2.2 %` or `≥ 0.2 %`; of a difference `−7.0 to −1.2 points`."""
    level: str
    """`95 %`, or `one-sided 95 %`."""
    basis: str
    """The n, and the clusters where they are fewer."""

    @property
    def sentence(self) -> str:
        """All of it in one line."""
        return f"{self.count}, {self.value}; {self.level} interval {self.interval}; {self.basis}"


def read(estimate: Estimate, *, events: str = "", threshold: Threshold | None = None, axis: Axis = "share") -> Reading:
    """Puts an estimate into words.

    Args:
        estimate: What was measured.
        events: The count in words, where it is known.
        threshold: A limit that rounding must not carry a bound across.
        axis: Whether it is a share or a difference of two.
    """
    decimals, apart = _decimals(estimate, threshold, axis), axis == "difference"
    count = events or _count(estimate, axis)
    value = f"{_signed(estimate.value, decimals)} points" if apart else _share(estimate, decimals)
    return Reading(
        count=count,
        counted=f"{count}, {value}" if apart or count == _n(estimate) else count,
        value=value,
        interval=_interval_in_points(estimate, decimals) if apart else _interval(estimate, decimals),
        level=_level(estimate),
        basis=_n(estimate) + (f" in {estimate.clusters} clusters" if estimate.clusters != estimate.n else ""),
    )


def read_finding(finding: Finding, axis: Axis) -> Reading | Absent:
    """A finding's estimate in words, its events counted where they are known; or why there is none."""
    if isinstance(finding.estimate, Absent):
        return finding.estimate
    counted = axis == "share" and not isinstance(finding.events, Absent)
    events = f"{finding.events} of {finding.estimate.n}" if counted else ""
    return read(finding.estimate, events=events, threshold=finding.threshold, axis=axis)


def read_between(between: Between) -> tuple[str, str]:
    """A share that has no n of its own, in words, and its interval: `81 %` and `74–87 %`."""
    decimals = _decimals(between, None, "share")
    return _share(between, decimals), _interval(between, decimals)


def limit_of(row: AnyIntervalRow) -> Threshold | None:
    """The threshold that a row stands beside, where it has one."""
    return row.threshold if isinstance(row, JudgedRow) and isinstance(row.threshold, Threshold) else None


def policy(threshold: Threshold, axis: Axis = "share") -> str:
    """The limit as it was written, with the permitted side: `≤ 5 %`, `≤ 5 points`, or `within ±5 points`."""
    sign = {"<=": "≤", ">=": "≥", "within": "within ±"}[threshold.op]
    sign = f"{sign} " if threshold.op != "within" else sign
    return f"{sign}{trimmed(threshold.value * 100, _MOST_DECIMALS)} {'points' if axis == 'difference' else '%'}"


def trimmed(number: float, decimals: int) -> str:
    """The number to so many decimals, without the zeros at its end."""
    text = f"{number:.{max(decimals, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _decimals(estimate: Estimate | Between, threshold: Threshold | None, axis: Axis) -> int:
    """Two figures of the interval's width: a width of 20 points supports none, of 6 points one, of 0.5 points two.

    More are given where rounding would turn a rare event into none, or carry a bound across the limit and contradict
    the verdict. Of a difference, zero is such a limit as well.
    """
    width = (estimate.high - estimate.low) * 100
    fewest = min(max(0, 1 - floor(log10(width))), _MOST_DECIMALS)
    limits = [threshold.value] if threshold else []
    if threshold and threshold.op == "within":
        limits.append(-threshold.value)
    if axis == "difference":
        limits.append(0.0)
    for decimals in range(fewest, _MOST_DECIMALS):
        if (axis == "difference" or _keeps_ends(estimate.value, decimals)) and _keeps_sides(estimate, limits, decimals):
            return decimals
    return _MOST_DECIMALS


def _keeps_ends(value: float, decimals: int) -> bool:
    return not 0 < value < 1 or 0 < round(value * 100, decimals) < 100


def _keeps_sides(estimate: Estimate | Between, limits: Sequence[float], decimals: int) -> bool:
    return all(
        (bound > limit) == (round(bound * 100, decimals) > round(limit * 100, _MOST_DECIMALS))
        and (bound < limit) == (round(bound * 100, decimals) < round(limit * 100, _MOST_DECIMALS))
        for bound in (estimate.low, estimate.high)
        for limit in limits
    )


def _count(estimate: Estimate, axis: Axis) -> str:
    if axis == "share" and estimate.value in (0, 1):
        return f"{estimate.n if estimate.value else 0} of {estimate.n}"
    return _n(estimate)


def _n(estimate: Estimate) -> str:
    return f"n = {estimate.n}"


def _share(estimate: Estimate | Between, decimals: int) -> str:
    if estimate.value == 0:
        return f"at most {estimate.high * 100:.{decimals}f} %" if estimate.sides != "lower" else "no upper bound"
    if estimate.value == 1:
        return f"at least {estimate.low * 100:.{decimals}f} %" if estimate.sides != "upper" else "no lower bound"
    return f"{estimate.value * 100:.{decimals}f} %"


def _interval(estimate: Estimate | Between, decimals: int) -> str:
    low, high = (f"{bound * 100:.{decimals}f}" for bound in (estimate.low, estimate.high))
    if estimate.sides == "upper":
        return f"≤ {high} %"
    if estimate.sides == "lower":
        return f"≥ {low} %"
    return f"{low}–{high} %" if estimate.low >= 0 else f"{low} to {high} %"


def _interval_in_points(estimate: Estimate, decimals: int) -> str:
    low, high = (_signed(bound, decimals) for bound in (estimate.low, estimate.high))
    if estimate.sides == "upper":
        return f"≤ {high} points"
    if estimate.sides == "lower":
        return f"≥ {low} points"
    return f"{low} to {high} points"


def _signed(difference: float, decimals: int) -> str:
    """In points with a sign; what rounds to nothing has none."""
    points = round(difference * 100, decimals)
    sign = "−" if points < 0 else "+" if points > 0 else ""
    return f"{sign}{abs(points):.{decimals}f}"


def _level(estimate: Estimate) -> str:
    """Two figures of what is left to 100 %: a level of 0.99995 must not read as certainty."""
    left = (1 - estimate.level) * 100
    level = f"{trimmed(estimate.level * 100, 1 - floor(log10(left)))} %"
    return level if estimate.sides == "two" else f"one-sided {level}"
