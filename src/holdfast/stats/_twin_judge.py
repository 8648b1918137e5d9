# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""The gap that a judge saw everywhere, corrected by what a human saw in a part of the skeletons."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from holdfast.stats._binomial import Interval
from holdfast.stats._cluster_means import NO_SPREAD, Array, critical_t, moments
from holdfast.stats._paired import Difference, PairedRuns, PairedSums, analyse_moments
from holdfast.stats._twins import Codes, Crossing, crossed, effective, summed, unskewed

FEWEST_LABELLED = 10
METHOD = "mean of judged differences corrected by labelled skeletons (prediction-powered), t of the labelled"


@dataclass(frozen=True, slots=True)
class CorrectedTwins:
    """The true gap behind a judge's.

    Attributes:
        difference: With its interval; clusters are all skeletons, degrees of freedom those of the labelled ones.
        labelled: Skeletons whose pairs have a true difference.
        weight: How much of the judge's word counts: 1 all of it, 0 none: the labels stand alone.
        uncorrected: What the judge alone would have said.
    """

    difference: Difference
    labelled: int
    weight: float
    uncorrected: float


@dataclass(frozen=True, slots=True)
class CorrectedRuns:
    """The analysis of each run of one design, and the judge's weight in it."""

    paired: PairedRuns
    weight: Array


def corrected_twin_difference(
    judged: ArrayLike, true: ArrayLike, items: ArrayLike, skeletons: ArrayLike, *, level: float = 0.95
) -> CorrectedTwins:
    """The gap when a judge may err differently on the two sides, and a human labelled a random part of the skeletons.

    Args:
        judged: For each pair, the difference of the judge's two words; each in [-1, 1].
        true: The difference of the human's two words, for every pair of a labelled skeleton; NaN elsewhere.
        items: The item of each pair: any integers.
        skeletons: The skeleton of each pair: any integers.
        level: Confidence of the whole interval.

    Returns:
        The corrected gap. A judge that the labels nowhere contradict is not believed to be perfect everywhere: the
        labels then stand alone. Where these show no spread either, the share of skeletons that would depart is bounded
        from the labelled ones, as in `paired_difference`: with 25 of them by 14 points either way.

    Raises:
        ValueError: As `twin_difference`, of all pairs or of the labelled ones; fewer than 10 labelled skeletons, or one
            that is labelled in part.

    Assumptions:
        Which skeletons are labelled was drawn at random, before anyone looked. The labels are right. Skeletons and
        items as in `twin_difference`. The judge may err in any way, and may be useless.

    Source:
        Angelopoulos et al. 2023, Science 382:669, with the weight of PPI++ (arXiv 2311.01453): the regression estimator
        of double sampling (Cochran 1977, Sampling Techniques, §12.6) with its slope kept in [0, 1]. The variance is
        that of the jackknife, skeleton by skeleton and two-way as in `twin_difference`; degrees of freedom of the
        labelled skeletons, less one for the weight. Measured in `bench/results/coverage-twins.json`.
    """
    said, known = np.asarray(judged, dtype=np.float64), np.asarray(true, dtype=np.float64)
    crossing = crossed(said, items, skeletons)
    labelled = _labelled(known, items, crossing.skeletons)
    runs = analyse_corrected(said[None], known[None], labelled, crossing, level)
    paired = runs.paired
    difference = Difference(
        value=float(paired.value[0]),
        interval=Interval(float(paired.low[0]), float(paired.high[0])),
        standard_error=float(paired.standard_error[0]),
        degrees_of_freedom=float(paired.degrees_of_freedom[0]),
        p_value=float(paired.p_value[0]),
        n=said.size,
        clusters=int(crossing.skeletons.max()) + 1,
        method=METHOD,
        skewness=float(paired.skewness[0]),
    )
    count = len(np.unique(crossing.skeletons[labelled]))
    return CorrectedTwins(difference, count, float(runs.weight[0]), float(said.mean()))


def analyse_corrected(
    judged: Array, true: Array, labelled: NDArray[np.bool_], crossing: Crossing, level: float
) -> CorrectedRuns:
    """The analysis of `corrected_twin_difference` for each row, all of one design with the same pairs labelled."""
    weight = _weight(judged[:, labelled], true[:, labelled], crossing.skeletons[labelled])
    left = np.where(labelled, np.where(labelled, true, 0.0) - weight[:, None] * judged, 0.0)
    rest = _rest(left[:, labelled], crossing.skeletons[labelled], level)
    by_skeleton, by_item, by_cell = (
        _moved(weight[:, None] * judged, left, labelled, codes)
        for codes in (crossing.skeletons, crossing.items, crossing.cells)
    )
    alone = (by_skeleton**2).sum(axis=-1)
    both = alone + (by_item**2).sum(axis=-1) - (by_cell**2).sum(axis=-1)
    unseen = rest.standard_error**2 - rest.robust**2
    error = np.sqrt(np.maximum(alone, both) + unseen)
    value = weight * judged.mean(axis=-1) + rest.value
    freedom = np.full(len(value), max(effective(crossing.skeletons[labelled]) - 2, 1.0))
    half = critical_t(freedom, level) * error
    skewness = (by_skeleton**3).sum(axis=-1) / error**3
    runs = replace(
        rest,
        value=value,
        robust=error,
        standard_error=error,
        degrees_of_freedom=freedom,
        skewness=skewness,
        low=value - half,
        high=value + half,
    )
    return CorrectedRuns(unskewed(runs, level), weight)


def _weight(judged: Array, true: Array, skeletons: Codes) -> Array:
    """The slope of the truth on the judge's word over the labelled pairs, kept in [0, 1].

    It is 1 where that word is flat, and 0 where the truth nowhere departs from it although it varies.
    """
    centred = judged - judged.mean(axis=-1, keepdims=True)
    squares = (centred**2).sum(axis=-1)
    slope = (centred * true).sum(axis=-1) / np.where(squares > 0, squares, 1.0)
    weight = np.where(squares > 0, slope.clip(0, 1), 1.0)
    sizes = summed(np.ones_like(true), skeletons)
    error = moments(summed(true, skeletons), sizes).error
    left = moments(summed(true - weight[:, None] * judged, skeletons), sizes).error
    return np.where((left <= NO_SPREAD) & (error > NO_SPREAD), 0.0, weight)


def _rest(left: Array, skeletons: Codes, level: float) -> PairedRuns:
    """What the judge's word leaves of the truth, over the labelled skeletons; wider where it is seldom seen."""
    columns = (left, left**2, (left != 0).astype(np.float64), np.ones_like(left))
    sums = PairedSums(*(summed(each, skeletons) for each in columns))
    return analyse_moments(sums, moments(sums.differences, sums.sizes), level)


def _moved(said: Array, left: Array, labelled: NDArray[np.bool_], codes: Codes) -> Array:
    """By how much each group's absence would move the estimate, scaled so that squares add up to the variance."""
    return _absent(said, np.ones(codes.shape), codes) + _absent(left, labelled.astype(np.float64), codes)


def _absent(values: Array, there: Array, codes: Codes) -> Array:
    sizes = summed(there, codes)
    n, groups = sizes.sum(), int((sizes > 0).sum())
    middle = values.sum(axis=-1, keepdims=True) / n
    away = summed((values - middle) * there, codes) / (n - sizes)
    return np.asarray(away * np.sqrt((groups - 1) / groups))


def _labelled(true: Array, items: ArrayLike, skeletons: Codes) -> NDArray[np.bool_]:
    """Which pairs have a label, once labels are known to be usable."""
    if true.shape != skeletons.shape:
        raise ValueError("every pair has a true difference, or NaN")
    known = ~np.isnan(true)
    share = summed(known.astype(np.float64), skeletons) / np.bincount(skeletons)
    if not np.isin(share, (0.0, 1.0)).all():
        raise ValueError("a skeleton is labelled whole or not at all")
    if share.sum() < FEWEST_LABELLED:
        raise ValueError(f"a correction needs {FEWEST_LABELLED} labelled skeletons or more, not {int(share.sum())}")
    crossed(true[known], np.asarray(items)[known], skeletons[known])
    return known
