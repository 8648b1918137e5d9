"""One check in two logs: from pairs to a difference, its p-values and what could have been seen."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from holdfast.assure._columns import Columns
from holdfast.assure.comparison._pairs import Pairs, pair, why_not_compared
from holdfast.evidence import Absent, ComparisonPlan, Estimate, LoggedCheck
from holdfast.stats import (
    Difference,
    Interval,
    detectable_difference,
    holm,
    paired_difference,
    power_by_resampling,
    power_of_difference,
    sign_flip,
    unpaired_difference,
)

FLIPS: Final = 9_999
"""Random sign flips where the clusters are too many for all of them."""
CLUSTERS: Final = 5_000
"""Beyond it neither flips nor resampling tell more than the t distribution does, and both take minutes."""
RUNS: Final = 2_000
"""Fresh runs to imagine for a forecast: it is good to two points."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One check that both logs have."""

    check: LoggedCheck
    pairs: Pairs
    difference: Difference | None
    interval: Interval
    """Of the difference, with every value that one side lacks counted both ways; -1 to 1 where there is none."""
    flipped: float | None
    """p of no difference by flipping the signs of whole clusters; None unpaired, and where clusters are very many."""
    p_holm: float | None
    """p of no difference, adjusted for all checks that were compared."""
    detectable: float | None
    """The true difference that would be found four times in five."""
    again: float | None
    """How often a fresh run of this size would find what was seen, were it true."""
    why_not: str
    """Why there is no difference; empty where there is one."""
    fault: bool
    """Whether that is because a run is not to be believed."""
    doubt: str = ""
    """Why a difference that is there is not to be believed; empty where it is."""
    stale: bool = False
    """Whether the same log stands on both sides."""

    @property
    def paired(self) -> bool:
        """Whether the same items stand on both sides."""
        return self.pairs.n > 0

    @property
    def worse_is_up(self) -> bool | None:
        """Whether a rise is a change for the worse, where the check says so."""
        return {"worse": True, "better": False}.get(self.check.higher_is)

    @property
    def could_see(self) -> str:
        """The smallest difference that this comparison would probably have found."""
        if self.detectable is None:
            return "no true difference would be found four times in five"
        return f"a true difference of {self.detectable * 100:.1f} points would be found four times in five"

    def estimate(self, level: float) -> Estimate | Absent:
        """B minus A, signed as it is."""
        if self.difference is None:
            return Absent(absent="not tested", reason=self.why_not)
        d = self.difference
        return Estimate(
            value=d.value,
            low=min(self.interval.low, d.value),
            high=max(self.interval.high, d.value),
            level=level,
            n=self.pairs.n if self.paired else self.pairs.a.n + self.pairs.b.n,
            clusters=d.clusters,
            method=d.method,
            unit="pairs of items" if self.paired else "items",
        )


def compare_checks(a: Mapping[str, Columns], b: Mapping[str, Columns], plan: ComparisonPlan) -> dict[str, Compared]:
    """Every check of both sides, in B's order, with p-values adjusted for their number (Holm)."""
    generator = np.random.default_rng(plan.seed)
    found = {name: _compared(a[name], b[name], plan, generator) for name in b if name in a}
    tested = {name: one.difference.p_value for name, one in found.items() if one.difference is not None}
    adjusted = dict(zip(tested, holm(tuple(tested.values())), strict=True)) if tested else {}
    return {name: replace(one, p_holm=adjusted.get(name)) for name, one in found.items()}


def _compared(a: Columns, b: Columns, plan: ComparisonPlan, generator: np.random.Generator) -> Compared:
    pairs = pair(a, b)
    why = why_not_compared(a, b, plan.max_missing)
    if why:
        return _nothing(pairs, why[0], fault=why[1])
    if pairs.n:
        return replace(_paired(pairs, plan.level, generator), doubt=pairs.doubt(plan.max_missing))
    if pairs.changed:
        return _nothing(pairs, f"the same names were asked otherwise: {pairs.changed} items, and none asked alike")
    return _unpaired(pairs, plan.level)


def _paired(pairs: Pairs, level: float, generator: np.random.Generator) -> Compared:
    clusters = pairs.clusters[: pairs.n][pairs.known]
    if len(np.unique(clusters)) < 2:
        return _nothing(pairs, "fewer than two independent clusters hold items with a value on both sides")
    difference = paired_difference(pairs.differences, clusters, level=level)
    interval = difference.interval
    if len(pairs.lowest) > pairs.n or not pairs.known.all():
        interval = Interval(
            paired_difference(pairs.lowest, pairs.clusters, level=level).interval.low,
            paired_difference(pairs.highest, pairs.clusters, level=level).interval.high,
        )
    interval = _shifted(interval, -pairs.never, pairs.never)
    if difference.clusters > CLUSTERS:
        return _found(pairs, difference, interval, level, None, _power(difference, level))
    flipped = sign_flip(pairs.differences, clusters, draws=FLIPS, generator=generator)
    # By resampling: with few pairs that differ, the normal forecast is up to 17 points off (bench/results).
    again = power_by_resampling(
        pairs.differences, clusters, wanted=difference.clusters, draws=RUNS, generator=generator, level=level
    )
    return _found(pairs, difference, interval, level, flipped, again)


def _unpaired(pairs: Pairs, level: float) -> Compared:
    a, b = pairs.a, pairs.b
    if any(len(np.unique(side.clusters[side.scored])) < 2 for side in (a, b)):
        return _nothing(pairs, "no item is in both logs, and one of them has fewer than two independent clusters")
    known = [(side.values[side.scored], side.clusters[side.scored]) for side in (a, b)]
    difference = unpaired_difference(*known[0], *known[1], level=level)
    least = [float(np.nan_to_num(side.values, nan=fill).mean()) for side, fill in ((a, 1.0), (b, 0.0))]
    most = [float(np.nan_to_num(side.values, nan=fill).mean()) for side, fill in ((a, 0.0), (b, 1.0))]
    # Shifted by what the missing values could move the two means: their spread is that of the values that are there.
    down, up = (ends[1] - ends[0] - difference.value for ends in (least, most))
    interval = _shifted(difference.interval, down - pairs.never, up + pairs.never)
    return _found(pairs, difference, interval, level, None, _power(difference, level))


def _shifted(interval: Interval, down: float, up: float) -> Interval:
    return Interval(max(-1.0, interval.low + down), min(1.0, interval.high + up))


def _power(d: Difference, level: float) -> float:
    """How often a run of this size finds what was seen, by normal theory."""
    return power_of_difference(abs(d.value), d.standard_error, d.degrees_of_freedom, level=level)


def _found(
    pairs: Pairs, difference: Difference, interval: Interval, level: float, flipped: float | None, again: float
) -> Compared:
    smallest = detectable_difference(difference.standard_error, difference.degrees_of_freedom, level=level)
    return Compared(
        check=pairs.check,
        pairs=pairs,
        difference=difference,
        interval=interval,
        flipped=flipped,
        p_holm=None,
        detectable=smallest if smallest <= 1 else None,
        again=again,
        why_not="",
        fault=False,
    )


def _nothing(pairs: Pairs, why: str, *, fault: bool = False) -> Compared:
    return Compared(pairs.check, pairs, None, Interval(-1.0, 1.0), None, None, None, None, why, fault)
