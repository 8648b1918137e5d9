"""How well scores tell two sides apart within each of several strata, and whether one does it better than another."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from holdfast.stats._binomial import Interval
from holdfast.stats._cluster_means import Array
from holdfast.stats._placements import (
    Codes,
    Flags,
    RankedRuns,
    Ranking,
    analyse_placements,
    known_area,
    placements,
    ranking,
)

PLACED = "mean of within-stratum AUROCs, placements by cluster (DeLong; Obuchowski), t (Satterthwaite)"
ALIKE = "no cluster departs from the others of its stratum: exact bound on the share that would (Clopper–Pearson)"


@dataclass(frozen=True, slots=True)
class Ranked:
    """The area under the curve within strata, and how sure it is.

    Attributes:
        value: The probability that a positive has the larger score than a negative of its stratum, a tie counting half:
            the mean over the strata. 0.5 where scores tell nothing.
        interval: Where it lies; of some width even at 1, at 0, and where all scores tie.
        standard_error: What the interval rests on. Never 0.
        strata: Strata, each of equal weight.
        clusters: Independent groups of units, each within one stratum.
        n: Units, those without a score included.
        method: What was done, in words.
    """

    value: float
    interval: Interval
    standard_error: float
    strata: int
    clusters: int
    n: int
    method: str


@dataclass(frozen=True, slots=True)
class RankedDifference:
    """The difference of two such areas on the same units, first minus second.

    Attributes:
        value: The difference, in [-1, 1].
        interval: Two bounds on the difference.
        standard_error: What interval and p-values rest on. Never 0.
        p_value: Two-sided, of no difference. It is at most 1 − level exactly where the interval leaves 0 out.
        p_above: One-sided, of a difference of 0 or less: small where the first tells more.
        strata: Strata, each of equal weight.
        clusters: Independent groups of units.
        n: Units, those without a score included.
        method: What was done, in words.
    """

    value: float
    interval: Interval
    standard_error: float
    p_value: float
    p_above: float
    strata: int
    clusters: int
    n: int
    method: str


def ranked_share(
    scores: ArrayLike,
    positive: ArrayLike,
    strata: ArrayLike,
    clusters: ArrayLike,
    *,
    fitted: bool = False,
    level: float = 0.95,
) -> Ranked:
    """How often a positive has a larger score than a negative of its stratum.

    Args:
        scores: The score of each unit; larger should mean positive. NaN where there is none.
        positive: For each unit whether it is a positive.
        strata: The stratum of each unit: numbers or words. Only units of one stratum are compared.
        clusters: The cluster of each unit, named alike nowhere else: units of one may depend on each other.
        fitted: Whether each score comes from a fit to the *other* units, as `held_out_scores`. What one cluster adds to
            the fit that scores another it adds a second time when the other adds to the fit that scores it: where
            scores tell nothing the variance is twice that of scores that come from outside, and is taken to be.
        level: Confidence of the whole interval.

    Returns:
        The area. Its interval is the hull of the t interval and of the same after the skewness is taken out, with the
        standard error after one more unit that lies on the wrong side. Where no cluster departs from the others of its
        stratum the variance of 0 is not believed: with none of G (as if each stratum had as few as the smallest), at
        most 1 − ((1 − level)/2)^(1/G) of the clusters would, and the area without them is the square of what is left.
        Units without a score are left out of the value; the lower bound takes each as the worst of its side, the upper
        as the best, and neither is narrower than that of the clusters of which every unit has one: what is missing
        must not pass for the spread that an exact bound would otherwise stand for.

    Raises:
        ValueError: Lengths that differ, a score that is infinite, a stratum without both sides or with fewer than two
            clusters, a cluster in two strata, no stratum in which both sides have scores, or a level outside (0, 1).

    Assumptions:
        Strata are those that the claim is about: nothing is said of others. Clusters are independent draws from the
        population of their stratum; scores that were fitted to them are `fitted`, else an interval at 95 % holds in 84
        to 89 % where they tell little. Where each stratum differs strongly in ways of its own, which the fit to the
        others meets by chance, even then in 87 to 91 %. Comparisons within a cluster are counted too; where both its
        sides have something in common, they are told apart more easily than those of different clusters, by the share
        of 1 over the clusters of the stratum. A rare kind of cluster of which none was drawn cannot be seen in any
        data.

    Source:
        Placements: DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44:837; in clusters: Obuchowski 1997, Biometrics
        53:567. Degrees of freedom: Satterthwaite 1946, Biometrics Bull. 2:110. Few discordant: Agresti & Caffo 2000,
        Am. Statist. 54:280, at the effective sample size; skewness: Hall 1992, as `equivalence`; none: Clopper &
        Pearson 1934, on clusters. Missing: Manski 1989, J. Human Resources 24:343. Fitted: no estimate of this variance
        is unbiased (Bengio & Grandvalet 2004, J. Mach. Learn. Res. 5:1089); twice is that of a degenerate U-statistic,
        whose every product counts from both sides (Serfling 1980, §5.2), and was the most in simulation. Measured in
        `bench/results/coverage-recognised.json`.
    """
    design = ranking(positive, strata, clusters)
    given = _scores(scores, design, level)
    low, high = (
        analyse_placements(placed, design, level, least=0.0, fitted=placed if fitted else None)
        for placed in (placements(filled, design.sides) for filled in _extremes(given, design))
    )
    known = ~np.isnan(given)
    value = known_area(given, known, design)
    bounds = Interval(min(float(low.low), value), max(float(high.high), value))
    if not known.all() and len(rest := _whole_clusters(known, design)) > 0:
        units = (np.asarray(each)[rest] for each in (given, positive, strata, clusters))
        bounds = _hull(bounds, ranked_share(*units, fitted=fitted, level=level).interval)
    return Ranked(
        value=value,
        interval=bounds,
        standard_error=max(float(low.standard_error), float(high.standard_error)),
        strata=len(design.sides),
        clusters=design.stratum.size,
        n=given.size,
        method=_method(low),
    )


def ranked_difference(
    first: ArrayLike,
    second: ArrayLike,
    positive: ArrayLike,
    strata: ArrayLike,
    clusters: ArrayLike,
    *,
    fitted: tuple[bool, bool] = (False, False),
    level: float = 0.95,
) -> RankedDifference:
    """How much better one score tells positives from negatives than another, on the same units.

    Args:
        first: The score of each unit, as `ranked_share`.
        second: The score to compare with. The two need no common scale: only their order counts.
        positive: As `ranked_share`.
        strata: As `ranked_share`.
        clusters: As `ranked_share`.
        fitted: Whether the first and the second score come from fits to the other units, as `ranked_share`.
        level: Confidence of the whole interval.

    Returns:
        The difference, with the analysis of `ranked_share` on the differences of placements. Units without one of the
        scores are left out of the value; the lower bound takes the first at its worst and the second at its best, the
        upper the other way round, and each p-value is of the least favourable.

    Raises:
        ValueError: As `ranked_share`.

    Assumptions:
        As `ranked_share`. Which of several scores is the second was fixed before the run: the better of several, chosen
        by these same units, makes the difference smaller than it is.

    Source:
        As `ranked_share`; few discordant: Agresti & Min 2005, Statist. Med. 24:729, §2.
    """
    design = ranking(positive, strata, clusters)
    one, two = (_scores(given, design, level) for given in (first, second))
    worst, best = _extremes(one, design), _extremes(two, design)[::-1]
    low, high = (
        _compared(placements(a, design.sides), placements(b, design.sides), design, level, fitted)
        for a, b in zip(worst, best, strict=True)
    )
    known = ~np.isnan(one + two)
    value = known_area(one, known, design) - known_area(two, known, design)
    bounds = Interval(min(float(low.low), value), max(float(high.high), value))
    if not known.all() and len(rest := _whole_clusters(known, design)) > 0:
        units = (np.asarray(each)[rest] for each in (one, two, positive, strata, clusters))
        bounds = _hull(bounds, ranked_difference(*units, fitted=fitted, level=level).interval)
    return RankedDifference(
        value=value,
        interval=bounds,
        standard_error=max(float(low.standard_error), float(high.standard_error)),
        p_value=min(1.0, 2 * min(float(low.p_above), float(high.p_below))),
        p_above=float(low.p_above),
        strata=len(design.sides),
        clusters=design.stratum.size,
        n=one.size,
        method=_method(low),
    )


def _whole_clusters(known: Flags, design: Ranking) -> Codes:
    """The units of clusters in which nothing is missing; none where some stratum has too few left to be analysed."""
    cluster_of = design.weights.argmax(axis=1)
    kept = ~np.isin(cluster_of, cluster_of[~known])
    clusters = np.bincount(design.stratum[np.unique(cluster_of[kept])], minlength=len(design.sides))
    sides = [kept[side].any() for both in design.sides for side in both]
    return np.flatnonzero(kept) if (clusters >= 2).all() and all(sides) else np.array([], dtype=np.int64)


def _hull(one: Interval, other: Interval) -> Interval:
    return Interval(min(one.low, other.low), max(one.high, other.high))


def _compared(one: Array, two: Array, design: Ranking, level: float, fitted: tuple[bool, bool]) -> RankedRuns:
    """The analysis of the difference; of what was fitted, the fitted part is the difference of those alone."""
    part = fitted[0] * one - fitted[1] * two if any(fitted) else None
    return analyse_placements(one - two, design, level, least=-1.0, fitted=part)


def _scores(scores: ArrayLike, design: Ranking, level: float) -> Array:
    """Scores that fit the design."""
    given = np.asarray(scores, dtype=np.float64)
    if given.shape != design.positive.shape or np.isinf(given).any():
        raise ValueError("every unit needs a score: a finite number, or NaN where there is none")
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, not {level}")
    return given


def _extremes(scores: Array, design: Ranking) -> tuple[Array, Array]:
    """The scores, the missing ones as far on the wrong side as there is; and as far on the right one."""
    best = np.where(design.positive, np.inf, -np.inf)
    missing = np.isnan(scores)
    return np.where(missing, -best, scores), np.where(missing, best, scores)


def _method(runs: RankedRuns) -> str:
    return PLACED if runs.robust > 0 else ALIKE
