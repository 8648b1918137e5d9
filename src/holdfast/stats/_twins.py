"""The gap between two renderings of the same request, where framings and items cross."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from holdfast.stats._binomial import Interval
from holdfast.stats._cluster_means import NO_SPREAD, Array, Moments, moments
from holdfast.stats._equivalence import bounds_at, one_sided
from holdfast.stats._paired import (
    EXACT,
    ROBUST,
    SPARSE,
    Difference,
    PairedRuns,
    PairedSums,
    analyse_moments,
)
from holdfast.stats._sign_flip import sign_flip

TWO_WAY = "; skeletons and items (two-way)"
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TwinDifference:
    """A difference between two renderings of the same requests, and whether a permutation says the same.

    Attributes:
        difference: Deployment-looking minus test-looking, with its interval; clusters are skeletons. For `equivalence`.
        flip_p_value: Two-sided, of no difference, by flipping the signs of whole skeletons.
        skeletons: Independent framings.
        items: Different items.
        agree: Whether the interval leaves 0 out exactly when the permutation's p-value is at most 1 − level.
        clustering: What the standard error allows for: skeletons, or items too because that made it larger.
    """

    difference: Difference
    flip_p_value: float
    skeletons: int
    items: int
    agree: bool
    clustering: Literal["skeletons", "skeletons and items"]


@dataclass(frozen=True, slots=True)
class TwinRuns:
    """The analysis of each run of one design: one entry a run.

    Attributes:
        paired: Value, standard error, interval and p-value.
        sums: By skeleton, as `flip_signs` takes them.
        by_items: Whether items made the standard error larger.
    """

    paired: PairedRuns
    sums: PairedSums
    by_items: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Crossing:
    """Which pair belongs to which skeleton, item, and cell of both, numbered from 0 without holes."""

    skeletons: Codes
    items: Codes
    cells: Codes


def twin_difference(
    differences: ArrayLike,
    items: ArrayLike,
    skeletons: ArrayLike,
    *,
    level: float = 0.95,
    draws: int = 9_999,
    generator: np.random.Generator,
) -> TwinDifference:
    """The mean change when every cue of a framing flips, for the framings and items behind those that were drawn.

    Args:
        differences: For each pair, the deployment-looking outcome minus the test-looking one; each in [-1, 1].
        items: The item of each pair: any integers. An item may come in several skeletons.
        skeletons: The skeleton (framing) of each pair: any integers.
        level: Confidence of the whole interval.
        draws: Sign patterns of the permutation.
        generator: Where they come from.

    Returns:
        The difference. Its standard error is the larger of that over skeletons and that over skeletons and items; where
        few pairs differ, or none, as `paired_difference` with skeletons for clusters. Its interval is the hull of the t
        interval and of the same after the skewness is taken out: the one inside which `equivalence` at the level
        (1 + level)/2 calls a margin enough.

    Raises:
        ValueError: As `paired_difference`; fewer than two skeletons or two items, or draws < 1. One skeleton tells
            about one wording, whatever the number of its items.

    Assumptions:
        Skeletons are independent draws from the generator that the claim is about, items from the population of items.
        A rare kind of skeleton of which none was drawn cannot be seen in any data. The permutation also assumes that
        each skeleton's sum is as likely as its negative when there is no difference, and ignores what one item adds to
        several skeletons: where `agree` is false, look at which of these is in doubt.

    Source:
        Two-way clustering: Cameron, Gelbach & Miller 2011, J. Bus. Econ. Statist. 29:238, §2.2, each part by the
        jackknife, as MacKinnon, Nielsen & Webb 2024 (arXiv 2406.08880); skeletons alone where they give more, because
        the difference of variances may come out too small. Skewness: Hall 1992, as `equivalence`. The rest as
        `paired_difference` and `sign_flip`. Measured in `bench/results/coverage-twins.json`.
    """
    found = np.asarray(differences, dtype=np.float64)
    crossing = crossed(found, items, skeletons)
    runs = analyse_twins(found[None], crossing, level)
    difference = _first(runs, len(found))
    flip = sign_flip(found, crossing.skeletons, draws=draws, generator=generator)
    clear = not difference.interval.low <= 0 <= difference.interval.high
    return TwinDifference(
        difference=difference,
        flip_p_value=flip,
        skeletons=difference.clusters,
        items=int(crossing.items.max()) + 1,
        agree=clear == (flip <= 1 - level),
        clustering="skeletons and items" if runs.by_items[0] else "skeletons",
    )


def crossed(differences: Array, items: ArrayLike, skeletons: ArrayLike) -> Crossing:
    """The two clusterings of one run's pairs.

    Raises:
        ValueError: Pairs without an item or skeleton, a difference outside [-1, 1], fewer than two of either.
    """
    codes = [np.asarray(each, dtype=np.int64) for each in (skeletons, items)]
    if differences.ndim != 1 or any(code.shape != differences.shape for code in codes):
        raise ValueError("every pair needs a difference, an item and a skeleton")
    if not (np.abs(differences) <= 1).all():
        raise ValueError("a difference lies between -1 and 1, and is a number")
    skeleton, item = (np.unique(code, return_inverse=True)[1].astype(np.int64) for code in codes)
    if differences.size == 0 or min(int(skeleton.max()), int(item.max())) < 1:
        raise ValueError("a gap needs at least two skeletons and two items: one framing is one wording")
    cell = np.unique(skeleton * (int(item.max()) + 1) + item, return_inverse=True)[1].astype(np.int64)
    return Crossing(skeleton, item, cell)


def analyse_twins(differences: Array, crossing: Crossing, level: float) -> TwinRuns:
    """The analysis of `twin_difference` for each row of differences, all of one design."""
    sums = PairedSums(
        *(
            summed(each, crossing.skeletons)
            for each in (differences, differences**2, (differences != 0).astype(np.float64), np.ones_like(differences))
        )
    )
    alone = moments(sums.differences, sums.sizes)
    both = _two_way(differences, crossing, alone)
    by_items = both > alone.error
    error = np.where(by_items, both, alone.error)
    found = Moments(
        alone.value,
        error,
        np.minimum(alone.degrees_of_freedom, max(effective(crossing.items) - 1, 1.0)),
        alone.skewness * np.where(by_items, alone.error / np.maximum(error, NO_SPREAD), 1.0) ** 3,
    )
    return TwinRuns(unskewed(analyse_moments(sums, found, level), level), sums, by_items)


def unskewed(runs: PairedRuns, level: float) -> PairedRuns:
    """The hull of the t interval and of the same after the skewness is taken out, and the p-value that fits it."""
    at = (runs.value, runs.standard_error, runs.skewness, runs.degrees_of_freedom)
    low, high = bounds_at(*at, (1 + level) / 2)
    below, above = one_sided(*at, 0.0)
    spread = runs.robust > 0
    return replace(
        runs,
        low=np.where(spread, low, runs.low),
        high=np.where(spread, high, runs.high),
        p_value=np.where(spread, np.minimum(2 * np.minimum(below, above), 1.0), runs.p_value),
    )


def summed(values: Array, codes: Codes) -> Array:
    """The sum of the values of each code, along the last axis."""
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    return np.add.reduceat(values[..., order], starts, axis=-1)


def _two_way(differences: Array, crossing: Crossing, alone: Moments) -> Array:
    """Skeletons plus items minus cells; 0 where skeletons show no spread, which must not be believed."""
    by_item, by_cell = (
        moments(summed(differences, codes), summed(np.ones_like(differences), codes)).error ** 2
        for codes in (crossing.items, crossing.cells)
    )
    together = np.sqrt(np.maximum(alone.error**2 + by_item - by_cell, 0.0))
    return np.where(alone.error > NO_SPREAD, together, 0.0)


def effective(codes: Codes) -> float:
    """Kish's effective number of groups."""
    sizes = np.unique(codes, return_counts=True)[1].astype(np.float64)
    return float(sizes.sum() ** 2 / (sizes**2).sum())


def _first(runs: TwinRuns, n: int) -> Difference:
    """The first of the runs, in words."""
    paired = runs.paired
    robust, used = float(paired.robust[0]), float(paired.standard_error[0])
    method = EXACT if robust == 0 else SPARSE if used > robust * (1 + 1e-12) else ROBUST
    return Difference(
        value=float(paired.value[0]),
        interval=Interval(float(paired.low[0]), float(paired.high[0])),
        standard_error=used,
        degrees_of_freedom=float(paired.degrees_of_freedom[0]),
        p_value=float(paired.p_value[0]),
        n=n,
        clusters=runs.sums.sizes.shape[-1],
        method=method + (TWO_WAY if runs.by_items[0] else ""),
        skewness=float(paired.skewness[0]),
    )
