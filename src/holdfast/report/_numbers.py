"""How a measured share is written: to the precision that its interval supports, and never without it."""

from dataclasses import dataclass
from math import floor, log10
from typing import Final

from holdfast.evidence import Estimate, Threshold

_MOST_DECIMALS: Final = 6


@dataclass(frozen=True)
class Reading:
    """An estimate in words."""

    count: str
    """`3 of 400`, or the n where no count is known."""
    share: str
    """`0.8 %`; at the ends of the axis the bound instead, because `0 %` of a finite sample says too much."""
    interval: str
    """`0.2–2.2 %`, `≤ 2.2 %` or `≥ 0.2 %`."""
    level: str
    """`95 %`, or `one-sided 95 %`."""
    basis: str
    """The n, and the clusters where they are fewer."""

    @property
    def sentence(self) -> str:
        """All of it in one line."""
        return f"{self.count}, {self.share}; {self.level} interval {self.interval}; {self.basis}"


def read(estimate: Estimate, *, events: str = "", threshold: Threshold | None = None) -> Reading:
    """Puts an estimate into words.

    Args:
        estimate: What was measured.
        events: The count in words, where it is known.
        threshold: A limit that rounding must not carry a bound across.
    """
    decimals = _decimals(estimate, threshold)
    return Reading(
        count=events or _count(estimate),
        share=_share(estimate, decimals),
        interval=_interval(estimate, decimals),
        level=_level(estimate),
        basis=f"n = {estimate.n}" + (f" in {estimate.clusters} clusters" if estimate.clusters != estimate.n else ""),
    )


def policy(threshold: Threshold) -> str:
    """The limit as it was written, with the permitted side: `≤ 5 %`."""
    sign = "≤" if threshold.op == "<=" else "≥"
    return f"{sign} {_trimmed(threshold.value * 100, _MOST_DECIMALS)} %"


def _decimals(estimate: Estimate, threshold: Threshold | None) -> int:
    """Two figures of the interval's width: a width of 20 points supports none, of 6 points one, of 0.5 points two.

    More are given where rounding would turn a rare event into none, or carry a bound across the limit and contradict
    the verdict.
    """
    width = (estimate.high - estimate.low) * 100
    fewest = min(max(0, 1 - floor(log10(width))), _MOST_DECIMALS)
    for decimals in range(fewest, _MOST_DECIMALS):
        if _keeps_ends(estimate.value, decimals) and _keeps_sides(estimate, threshold, decimals):
            return decimals
    return _MOST_DECIMALS


def _keeps_ends(value: float, decimals: int) -> bool:
    return not 0 < value < 1 or 0 < round(value * 100, decimals) < 100


def _keeps_sides(estimate: Estimate, threshold: Threshold | None, decimals: int) -> bool:
    if threshold is None:
        return True
    limit = threshold.value
    shown = round(limit * 100, _MOST_DECIMALS)
    return all(
        (bound > limit) == (round(bound * 100, decimals) > shown)
        and (bound < limit) == (round(bound * 100, decimals) < shown)
        for bound in (estimate.low, estimate.high)
    )


def _count(estimate: Estimate) -> str:
    if estimate.value == 0:
        return f"0 of {estimate.n}"
    return f"{estimate.n} of {estimate.n}" if estimate.value == 1 else f"n = {estimate.n}"


def _share(estimate: Estimate, decimals: int) -> str:
    if estimate.value == 0:
        return f"at most {estimate.high * 100:.{decimals}f} %" if estimate.sides != "lower" else "no upper bound"
    if estimate.value == 1:
        return f"at least {estimate.low * 100:.{decimals}f} %" if estimate.sides != "upper" else "no lower bound"
    return f"{estimate.value * 100:.{decimals}f} %"


def _interval(estimate: Estimate, decimals: int) -> str:
    low, high = (f"{bound * 100:.{decimals}f}" for bound in (estimate.low, estimate.high))
    if estimate.sides == "upper":
        return f"≤ {high} %"
    if estimate.sides == "lower":
        return f"≥ {low} %"
    return f"{low}–{high} %" if estimate.low >= 0 else f"{low} to {high} %"


def _level(estimate: Estimate) -> str:
    """Two figures of what is left to 100 %: a level of 0.99995 must not read as certainty."""
    left = (1 - estimate.level) * 100
    level = f"{_trimmed(estimate.level * 100, 1 - floor(log10(left)))} %"
    return level if estimate.sides == "two" else f"one-sided {level}"


def _trimmed(number: float, decimals: int) -> str:
    text = f"{number:.{max(decimals, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
