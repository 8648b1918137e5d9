"""Placements: of a positive the share of negatives it lies above, of a negative that of the positives above it.

Their means over either side are the area under the curve, and how they vary from cluster to cluster is how the area
varies. Every function takes many runs of one design at once: units lie on the last axis.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from holdfast.stats._cluster_means import NO_SPREAD, Array, critical_t, widened
from holdfast.stats._equivalence import bounds_at, one_sided

Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]
Sides = tuple[tuple[Codes, Codes], ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Which units are compared with which, and which belong together.

    Attributes:
        sides: For each stratum the positions of its positives and of its negatives.
        weights: Shape (units, clusters): in a unit's own cluster 1 over the units of its side and stratum, else 0.
        stratum: Of each cluster.
        clusters: How many each stratum has.
        positive: Which units are positives.
    """

    sides: Sides
    weights: Array
    stratum: Codes
    clusters: Array
    positive: Flags

    @property
    def independent(self) -> float:
        """As how many independent units, each with its own placement, the area is known if units are independent."""
        each = np.array([1 / len(above) + 1 / len(below) for above, below in self.sides])
        return len(each) ** 2 / float(each.sum())


@dataclass(frozen=True, slots=True)
class RankedRuns:
    """One entry a run.

    Attributes:
        robust: The cluster-robust standard error alone; 0 where it must not be believed.
        standard_error: The one that is used.
        p_above: One-sided, of a value of 0 or less.
        p_below: Of a value of 0 or more.
    """

    value: Array
    robust: Array
    standard_error: Array
    degrees_of_freedom: Array
    low: Array
    high: Array
    p_above: Array
    p_below: Array


def ranking(positive: ArrayLike, strata: ArrayLike, clusters: ArrayLike) -> Ranking:
    """The design of one run's units.

    Raises:
        ValueError: Lengths that differ, a side that is neither true nor false, a stratum without both sides or with
            fewer than two clusters, or a cluster in two strata.
    """
    side, labels = np.asarray(positive), (np.asarray(strata), np.asarray(clusters))
    if side.ndim != 1 or side.size == 0 or any(label.shape != side.shape for label in labels):
        raise ValueError("every unit needs a side, a stratum and a cluster")
    if not np.isin(side, (0, 1)).all():
        raise ValueError("a unit is positive or it is not")
    side = side.astype(np.bool_)
    stratum, cluster = (np.unique(label, return_inverse=True)[1].astype(np.int64) for label in labels)
    of = np.zeros(int(cluster.max()) + 1, dtype=np.int64)
    of[cluster] = stratum
    if not (of[cluster] == stratum).all():
        raise ValueError("a cluster lies within one stratum")
    sides = tuple(
        (np.flatnonzero(side & (stratum == at)), np.flatnonzero(~side & (stratum == at)))
        for at in range(int(stratum.max()) + 1)
    )
    held = np.bincount(of).astype(np.float64)
    if min(min(map(len, pair)) for pair in sides) == 0 or held.min() < 2:
        raise ValueError("every stratum needs positives, negatives and at least two clusters")
    weights = np.zeros((side.size, of.size))
    for positions in (positions for pair in sides for positions in pair):
        weights[positions, cluster[positions]] = 1 / len(positions)
    return Ranking(sides, weights, of, held, side)


def placements(scores: Array, sides: Sides) -> Array:
    """The placement of every unit within its stratum, ties counting half; the shape of the scores."""
    found = np.zeros(scores.shape)
    for above, below in sides:
        high, low = scores[..., above, None], scores[..., None, below]
        larger = (high > low) + 0.5 * (high == low)
        found[..., above], found[..., below] = larger.mean(axis=-1), larger.mean(axis=-2)
    return found


def known_area(scores: Array, known: Flags, design: Ranking) -> float:
    """The mean area of the strata in which both sides are known, from the units that are.

    Raises:
        ValueError: No such stratum.
    """
    there = tuple((above[known[above]], below[known[below]]) for above, below in design.sides)
    both = tuple(pair for pair in there if min(map(len, pair)) > 0)
    if not both:
        raise ValueError("no stratum has scores on both sides: there is nothing to compare")
    placed = placements(scores, both)
    return float(np.mean([placed[above].mean() for above, _ in both]))


def analyse_placements(
    placed: Array, design: Ranking, level: float, *, least: float, fitted: Array | None = None
) -> RankedRuns:
    """The mean of the strata's areas, or of differences of areas, with its bounds: see `ranked_share`.

    Args:
        placed: Placements, or differences of them.
        design: Of these units.
        level: Confidence of the whole interval.
        least: The least value that there is: 0, or −1 for differences; the largest is 1.
        fitted: Of these placements the part that comes from scores fitted to the other clusters; none if None.
    """
    value, robust, freedom, skewness = _moments(placed, design, fitted)
    spread = robust > NO_SPREAD
    error, freedom = np.where(spread, robust, 1.0), np.where(spread, freedom, 1.0)
    used = _sparse(placed, value, error, design, least)
    skewness = np.where(spread, skewness * (error / used) ** 3, 0.0)
    low, high = bounds_at(value, used, skewness, freedom, (1 + level) / 2)
    above, below = one_sided(value, used, skewness, freedom, 0.0)
    exact = _without_spread(value, design, level, least)
    return RankedRuns(
        value,
        np.where(spread, robust, 0.0),
        np.where(spread, used, exact[0]),
        np.where(spread, freedom, design.clusters.sum() - len(design.clusters)),
        np.where(spread, low, exact[1]).clip(least, 1),
        np.where(spread, high, exact[2]).clip(least, 1),
        np.where(spread, above, exact[3]),
        np.where(spread, below, exact[4]),
    )


def _moments(placed: Array, design: Ranking, fitted: Array | None) -> tuple[Array, Array, Array, Array]:
    """Value, cluster-robust standard error, Satterthwaite's degrees of freedom, and skewness."""
    value, moved = _moved(placed, design)
    each = _by_stratum(moved**2, design) + (
        0.0 if fitted is None else _by_stratum(_moved(fitted, design)[1] ** 2, design)
    )
    each = each * design.clusters / (design.clusters - 1)
    variance = each.sum(axis=-1)
    freedom = variance**2 / np.maximum((each**2 / (design.clusters - 1)).sum(axis=-1), NO_SPREAD**4)
    third = (moved**3 * (design.clusters / (design.clusters - 1))[design.stratum] ** 1.5).sum(axis=-1)
    skewness = third / np.maximum(variance, NO_SPREAD**2) ** 1.5
    return value.mean(axis=-1), np.sqrt(variance) / len(design.clusters), freedom, skewness


def _moved(placed: Array, design: Ranking) -> tuple[Array, Array]:
    """The area of each stratum, and by how much each cluster moves its own."""
    totals = placed @ design.weights
    value = _by_stratum(totals, design) / 2
    return value, totals - value[..., design.stratum] * design.weights.sum(axis=0)


def _by_stratum(totals: Array, design: Ranking) -> Array:
    return totals @ np.eye(len(design.clusters))[design.stratum]


def _sparse(placed: Array, value: Array, robust: Array, design: Ranking, least: float) -> Array:
    """The standard error after one more unit that is placed otherwise, of the size of those that are.

    One discordant unit moves the placements of all others a little; so those that count as discordant are the
    participation number of the placements, their squares weighing.
    """
    weight, n = design.weights.sum(axis=-1) / (2 * len(design.sides)), np.asarray(design.independent)
    turned = np.asarray(least == 0) & (value > 0.5)
    events = np.where(turned[..., None], 1 - placed, placed)
    rate = np.where(turned, 1 - value, value)
    square, fourth = (events**2) @ weight, (events**4) @ weight
    seen = n * square**2 / np.maximum(fourth, NO_SPREAD**2)
    return widened(rate, square, seen, n, robust, 1.0 if least == 0 else 0.0)


def _without_spread(value: Array, design: Ranking, level: float, least: float) -> tuple[Array, ...]:
    """Standard error, bounds and p-values where no cluster departs from the others of its stratum.

    Of so many clusters none departed; a share that would is bounded exactly, as if every stratum had as few as the
    smallest. What departs may lie on the wrong side of everything, positives and negatives: the area that is left is
    that of comparisons without a departed unit, the square.
    """
    clusters = len(design.clusters) * design.clusters.min()
    two, one = (1 - tail ** (2 / clusters) for tail in ((1 - level) / 2, 1 - level))
    freedom = design.clusters.sum() - len(design.clusters)
    scale = max(two / float(critical_t(freedom, level)), one / float(critical_t(freedom, level, "one")))
    above, below = ((1 + np.maximum(side, 0.0)) ** (-clusters / 2) for side in (value, -value))
    reach = np.maximum(value - least, 1 - value)
    return reach * scale, value - two * (value - least), value + two * (1 - value), above, below
