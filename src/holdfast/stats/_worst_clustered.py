"""The share in the worst stratum, where samples are pairs of a cluster and an item."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from holdfast.stats._binomial import Interval, Sides
from holdfast.stats._clustered import Clustered, clustered_share, two_way_share


@dataclass(frozen=True, slots=True)
class Pairs:
    """The outcomes of one stratum's pairs; every array has shape (pairs,).

    Attributes:
        values: 1 where the event happened, 0 where not, NaN where nobody knows.
        clusters: The number of each pair's cluster, from 0.
        items: The number of its item, from 0.
        never: Further pairs that were planned and of which nothing is known, not even their cluster.
    """

    values: NDArray[np.float64]
    clusters: NDArray[np.int64]
    items: NDArray[np.int64]
    never: int = 0

    @property
    def scored(self) -> NDArray[np.bool_]:
        """Which pairs have an outcome."""
        return ~np.isnan(self.values)

    @property
    def crossed(self) -> bool:
        """Whether an item is in several clusters: then both make pairs alike."""
        cells = np.unique(np.stack([self.items, self.clusters]), axis=1)
        return len(np.unique(self.items)) < cells.shape[1]


@dataclass(frozen=True, slots=True)
class WorstClustered:
    """Which stratum looked worst, where the worst true share lies, and which of the two bounds there are."""

    stratum: str
    interval: Interval
    sides: Sides


def pair_share(pairs: Pairs, *, level: float = 0.95, bound: Literal["upper", "lower"] = "upper") -> Clustered:
    """The share of one stratum's pairs with an interval that counts clusters, and items where they repeat.

    Args:
        pairs: The outcomes. Those that are unknown are counted as 0 by the lower bound and as 1 by the upper.
        level: Confidence of the whole interval, or of the one bound.
        bound: Which bound is given with fewer than ten clusters.

    Returns:
        As `clustered_share` where every item is in one cluster, else as `two_way_share`.

    Raises:
        ValueError: No pair has an outcome, or as these.

    Assumptions:
        Those of `clustered_share` and `two_way_share`.

    Source:
        As these; unknown values as in Manski 1989, J. Human Resources 24:343.
    """
    if not pairs.scored.any():
        raise ValueError("nothing was scored: there is no share")
    found = _crossed(pairs, level, bound) if pairs.crossed else _nested(pairs, level, bound)
    n = len(pairs.values) + pairs.never
    there, value = len(pairs.values) / n, float(pairs.values[pairs.scored].mean())
    low, high = found.interval.low * there, found.interval.high * there + pairs.never / n
    return replace(found, value=value, interval=Interval(min(low, value), max(high, value)), n=n)


def stratum_bounds(strata: Mapping[str, Pairs], *, worst_is_high: bool, level: float = 0.95) -> dict[str, Clustered]:
    """For each stratum the two bounds that an interval of the worst share is made of.

    For a share that should be small the lower bound is corrected for the number of strata (Bonferroni) and the upper is
    not; for one that should be large the other way round. A stratum with fewer than ten clusters has the uncorrected
    bound alone: at the tail of a two-sided interval where others have both, and at the whole of 1 − level where none
    has.

    Args:
        strata: The pairs of every stratum that was planned, those included that are set aside afterwards.
        worst_is_high: True for a share that should be small.
        level: Confidence of the interval of the worst share.

    Raises:
        ValueError: As `pair_share`.

    Assumptions:
        As `worst_clustered`.

    Source:
        As `worst_clustered`.
    """
    bound: Literal["upper", "lower"] = "upper" if worst_is_high else "lower"
    strict = 1 - (1 - level) / max(len(strata), 1)
    plain = {name: pair_share(pairs, level=level, bound=bound) for name, pairs in strata.items()}
    mixed = any(found.sides == "two" for found in plain.values())
    made: dict[str, Clustered] = {}
    for name, pairs in strata.items():
        if plain[name].sides == "two":
            both = plain[name].interval, pair_share(pairs, level=strict, bound=bound).interval
            low, high = (both[1].low, both[0].high) if worst_is_high else (both[0].low, both[1].high)
            made[name] = replace(plain[name], interval=Interval(low, high))
        else:
            made[name] = pair_share(pairs, level=(1 + level) / 2, bound=bound) if mixed else plain[name]
    return made


def worst_clustered(bounds: Mapping[str, Clustered], *, worst_is_high: bool) -> WorstClustered:
    """An interval for the largest (or smallest) share among fixed strata whose samples come in clusters.

    As `worst_stratum`: the bound on the harmful side is the worst of the strata's bounds and fails only when that of
    the truly worst stratum does; the other is the worst of the corrected ones.

    Args:
        bounds: From `stratum_bounds`, of all strata or of some of them.
        worst_is_high: As there.

    Returns:
        The stratum with the worst observed share and the interval of the worst true share among these. Two-sided where
        any stratum has two bounds.

    Raises:
        ValueError: No strata.

    Assumptions:
        Strata are fixed before the run, and are set aside for reasons other than their shares. Within a stratum as
        `clustered_share`; strata need not be independent, and may share items.

    Source:
        Intersection–union for the one bound (Berger 1982, Technometrics 24:295), Bonferroni for the other; within a
        stratum Korn & Graubard 1998, Survey Methodology 24:193. Simulated in `tests/stats/test_worst_clustered.py`.
    """
    if not bounds:
        raise ValueError("there is no worst of no strata")
    pick = max if worst_is_high else min
    stratum = pick(sorted(bounds), key=lambda name: bounds[name].value)
    low = pick(found.interval.low for found in bounds.values())
    high = pick(found.interval.high for found in bounds.values())
    two = any(found.sides == "two" for found in bounds.values())
    return WorstClustered(stratum, Interval(low, high), "two" if two else "upper" if worst_is_high else "lower")


def _nested(pairs: Pairs, level: float, bound: Literal["upper", "lower"]) -> Clustered:
    known = pairs.scored
    sums = np.bincount(pairs.clusters, weights=np.where(known, pairs.values, 0.0))
    sizes = np.bincount(pairs.clusters, weights=known)
    missing = np.bincount(pairs.clusters, weights=~known)
    there = sizes + missing > 0
    return clustered_share(sums[there], sizes[there], missing=missing[there], level=level, bound=bound)


def _crossed(pairs: Pairs, level: float, bound: Literal["upper", "lower"]) -> Clustered:
    low, high = (
        two_way_share(np.where(pairs.scored, pairs.values, fill), pairs.clusters, pairs.items, level=level, bound=bound)
        for fill in (0.0, 1.0)
    )
    return replace(low, interval=Interval(low.interval.low, high.interval.high))
