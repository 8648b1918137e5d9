# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""Is a difference small enough not to matter? The question that a large p-value does not answer."""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr

from holdfast.stats._binomial import Interval
from holdfast.stats._cluster_means import Array, critical_t
from holdfast.stats._paired import Difference

_STRAIGHT = 1e-6


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Two one-sided tests against a margin; numbers, no verdict.

    Attributes:
        margin: The largest difference that does not matter, fixed before the run.
        p_value: The larger of the two one-sided p-values; equivalent at the level when at most 1 − level.
        p_below: Of the hypothesis that the difference is −margin or less.
        p_above: Of the hypothesis that it is +margin or more.
        interval: Bounds of the difference, each holding at the level (together at 2·level − 1). Equivalent exactly
            when it lies inside ±margin.
        smallest_margin: The smallest margin these data would have been equivalent within. Chosen after the run it
            claims nothing.
    """

    margin: float
    p_value: float
    p_below: float
    p_above: float
    interval: Interval
    smallest_margin: float


@dataclass(frozen=True, slots=True)
class NonInferiority:
    """One one-sided test against a margin; numbers, no verdict.

    Attributes:
        margin: How much worse would still be acceptable, fixed before the run.
        p_value: Of the hypothesis that B is worse by the margin or more.
        bound: The worst difference B − A that the data leave, one-sided, at the level.
    """

    margin: float
    p_value: float
    bound: float


def equivalence(difference: Difference, margin: float, *, level: float = 0.95) -> Equivalence:
    """Whether a difference lies within ±margin, by two one-sided tests.

    Args:
        difference: From `paired_difference` or `unpaired_difference`. Where its variance was 0 its standard error is
            the honest one of the level it was computed at: use the same level here.
        margin: Above 0, at most 1.
        level: Confidence of each one-sided test. A wrong "equivalent" is then as rare as 1 − level.

    Returns:
        The p-values and the interval. A large p-value means undecided, not different. Each is the larger of the t
        test's and of the same after the skewness is taken out: where few pairs differ, all in one direction, the
        t test alone calls a difference at the margin equivalent up to twice as often as it says.

    Raises:
        ValueError: A margin outside (0, 1], or a level outside (0.5, 1).

    Assumptions:
        Those of the difference. The margin was fixed before the run.

    Source:
        Schuirmann 1987, J. Pharmacokinet. Biopharm. 15:657. The skewness: Hall 1992, J. R. Statist. Soc. B 54:221,
        the cubic transformation of its §2.
    """
    _check(margin, level)
    bounds = one_sided_bounds(difference, level)
    at = (difference.value, difference.standard_error, difference.skewness, difference.degrees_of_freedom)
    below, above = one_sided(*at, margin)
    return Equivalence(
        margin=margin,
        p_value=float(np.maximum(below, above)),
        p_below=float(below),
        p_above=float(above),
        interval=bounds,
        smallest_margin=max(-bounds.low, bounds.high),
    )


def non_inferiority(
    difference: Difference, margin: float, *, higher_is_worse: bool, level: float = 0.95
) -> NonInferiority:
    """Whether B is worse than A by less than the margin.

    Args:
        difference: As `equivalence`.
        margin: Above 0, at most 1.
        higher_is_worse: True where the value counts harm.
        level: Confidence of the one-sided test.

    Returns:
        The p-value and the bound. Not inferior at the level exactly when the p-value is at most 1 − level, which is
        when the bound lies on the better side of the margin.

    Raises:
        ValueError: As `equivalence`.

    Assumptions:
        As `equivalence`.

    Source:
        One half of Schuirmann 1987; Blackwelder 1982, Control. Clin. Trials 3:345.
    """
    _check(margin, level)
    bounds = one_sided_bounds(difference, level)
    at = (difference.value, difference.standard_error, difference.skewness, difference.degrees_of_freedom)
    below, above = one_sided(*at, margin)
    if higher_is_worse:
        return NonInferiority(margin, float(above), bounds.high)
    return NonInferiority(margin, float(below), bounds.low)


def one_sided(
    value: Array | float,
    error: Array | float,
    skewness: Array | float,
    degrees_of_freedom: Array | float,
    margin: float,
) -> tuple[Array, Array]:
    """The p-values of a difference of −margin or less, and of +margin or more; for one run or for many."""
    low, high = (np.asarray(value) + margin) / error, (np.asarray(value) - margin) / error
    return (
        stdtr(degrees_of_freedom, -np.minimum(low, _straightened(low, skewness))),
        stdtr(degrees_of_freedom, np.maximum(high, _straightened(high, skewness))),
    )


def one_sided_bounds(difference: Difference, level: float) -> Interval:
    """The two bounds, each at this level, that `one_sided` does not reject."""
    at = (difference.value, difference.standard_error, difference.skewness, difference.degrees_of_freedom)
    low, high = bounds_at(*at, level)
    return Interval(float(low), float(high))


def bounds_at(
    value: Array | float,
    error: Array | float,
    skewness: Array | float,
    degrees_of_freedom: Array | float,
    level: float,
) -> tuple[Array, Array]:
    """`one_sided_bounds`, for one run or for many."""
    t = critical_t(degrees_of_freedom, level, "one")
    low, high = np.maximum(t, _bent(t, skewness)), np.minimum(-t, _bent(-t, skewness))
    return np.maximum(value - low * error, -1.0), np.minimum(value - high * error, 1.0)


def _straightened(t: Array, skewness: Array | float) -> Array:
    """Hall's transformation of a t value, which takes the skewness out of it; it always rises with t."""
    return t + skewness * t**2 / 3 + np.square(skewness) * t**3 / 27 + np.asarray(skewness) / 6


def _bent(t: Array, skewness: Array | float) -> Array:
    """The inverse of `_straightened`."""
    straight = np.abs(skewness) < _STRAIGHT
    by = np.where(straight, 1.0, skewness)
    return np.where(straight, t, 3 / by * (np.cbrt(1 + by * (t - by / 6)) - 1))


def _check(margin: float, level: float) -> None:
    if not 0 < margin <= 1:
        raise ValueError(f"a margin lies above 0 and is at most 1, not {margin}")
    if not 0.5 < level < 1:
        raise ValueError(f"the level of a one-sided test lies between 0.5 and 1, not {level}")
