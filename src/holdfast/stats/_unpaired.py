# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""The difference between two arms whose items do not match: two logs, two samples.

Pairs tell much more for the same money: use these only where items cannot be matched.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri, stdtr

from holdfast.stats._apart import difference_apart
from holdfast.stats._binomial import Interval
from holdfast.stats._cluster_means import NO_SPREAD, by_cluster, critical_t, moments, widened
from holdfast.stats._paired import Difference

WELCH = "difference of two means, cluster-robust (leave one cluster out), Welch's t"
SPARSE = f"{WELCH}, widened: few events (Agresti–Caffo)"
SCORE = "difference of two means, hybrid score at the number of clusters (Newcombe): an arm showed no spread"


@dataclass(frozen=True, slots=True)
class _Arm:
    """One arm: its mean, its two standard errors (alone, and after one more event), its t, its skewness, its size."""

    value: float
    robust: float
    error: float
    freedom: float
    skewness: float
    n: int
    clusters: int

    @property
    def spread(self) -> bool:
        return self.robust > NO_SPREAD

    def bounds(self, level: float) -> Interval:
        """The t interval, or the score interval at the number of clusters where there is no spread."""
        if not self.spread:
            return _wilson(self.value * self.clusters, self.clusters, level)
        half = float(critical_t(self.freedom, level)) * self.error
        return Interval(self.value - half, self.value + half)


def unpaired_difference(
    values_a: ArrayLike, clusters_a: ArrayLike, values_b: ArrayLike, clusters_b: ArrayLike, *, level: float = 0.95
) -> Difference:
    """The mean of B minus the mean of A, when no item is in both.

    Args:
        values_a: The value of each item of A, in [0, 1].
        clusters_a: The cluster of each item of A: any integers.
        values_b: As `values_a`, for B.
        clusters_b: As `clusters_a`; the same number in A and B means nothing.
        level: Confidence of the whole interval.

    Returns:
        The difference; its n and clusters are those of both arms together. It has some width whatever was seen: where
        events are few, each arm's standard error is that after one more event and one more of the other kind; where
        every cluster of an arm shows the same, that arm's score interval, its clusters for units, is put together with
        the other arm's; without spread in either this is `newcombe`.

    Raises:
        ValueError: A value outside [0, 1], lengths that differ, fewer than two clusters in an arm, or a level outside
            (0, 1).

    Assumptions:
        Clusters are independent within and between the arms. Arms that share items or wordings are positively
        dependent, and this interval is then too wide; pair them. What else differs between the two logs (judge, date,
        settings) is part of the difference.

    Source:
        Welch 1947, Biometrika 34:28, with variances and degrees of freedom as `paired_difference`. Few events:
        Agresti & Caffo 2000, Am. Statist. 54:280, at the effective sample size. No spread: Newcombe 1998, Statist.
        Med. 17:873, method 10, and with one t interval Zou & Donner 2008, Statist. Med. 27:1693.
    """
    a, b = _arm(values_a, clusters_a), _arm(values_b, clusters_b)
    value, error = b.value - a.value, sqrt(a.error**2 + b.error**2)
    freedom = error**4 / (a.error**4 / a.freedom + b.error**4 / b.freedom)
    half = float(critical_t(freedom, level)) * error
    low, high, p_value = value - half, value + half, 2 * float(stdtr(freedom, -abs(value) / error))
    method = SPARSE if max(a.error - a.robust, b.error - b.robust) > NO_SPREAD else WELCH
    if not (a.spread and b.spread):
        method, score = SCORE, _hybrid(a, b, level)
        low, high, p_value = score.low, score.high, _touches(a, b)
        error = max(error, *(_as_error(a, b, at, freedom) for at in (level, abs(2 * level - 1)) if at))
    return Difference(
        value=value,
        interval=Interval(max(low, -1.0), min(high, 1.0)),
        standard_error=error,
        degrees_of_freedom=freedom,
        p_value=p_value,
        n=a.n + b.n,
        clusters=a.clusters + b.clusters,
        method=method,
        skewness=(b.skewness * b.robust**3 - a.skewness * a.robust**3) / error**3,
    )


def newcombe(events_a: int, n_a: int, events_b: int, n_b: int, *, level: float = 0.95) -> Interval:
    """The hybrid score interval for the share in B minus the share in A, from independent units.

    Args:
        events_a: Units of A that showed the event, 0 to n_a.
        n_a: Units of A, at least 1.
        events_b: As `events_a`, for B.
        n_b: As `n_a`, for B.
        level: Confidence of the whole interval.

    Returns:
        Bounds of the difference B − A, each in [-1, 1].

    Raises:
        ValueError: A size below 1, events outside it, or a level outside (0, 1).

    Assumptions:
        Units are independent within and between the arms: one unit for each cluster.

    Source:
        Newcombe 1998, Statist. Med. 17:873, method 10, on the score intervals of Wilson 1927, J. Am. Statist. Assoc.
        22:209.
    """
    if min(n_a, n_b) < 1 or not (0 <= events_a <= n_a and 0 <= events_b <= n_b):
        raise ValueError(f"events must lie in 0…n with n >= 1, not {events_a} of {n_a} and {events_b} of {n_b}")
    a, b = _wilson(events_a, n_a, level), _wilson(events_b, n_b, level)
    return difference_apart(events_a / n_a, a, events_b / n_b, b)


def _arm(values: ArrayLike, clusters: ArrayLike) -> _Arm:
    found = np.asarray(values, dtype=np.float64)
    if not ((found >= 0) & (found <= 1)).all():
        raise ValueError("a value lies between 0 and 1, and is a number")
    totals, sizes = by_cluster(clusters, found, np.ones_like(found))
    mean = moments(totals, sizes)
    value, robust, freedom = float(mean.value), float(mean.error), float(mean.degrees_of_freedom)
    # The rarer outcome is the event.
    events = found if value <= 0.5 else 1 - found
    n, seen = found.size, int((events != 0).sum())
    if robust <= NO_SPREAD:
        n, seen, robust, freedom = sizes.size, min(seen, sizes.size), 0.0, sizes.size - 1.0
    counted = (np.asarray(x, dtype=np.float64) for x in (events.mean(), (events**2).mean(), seen, n, robust))
    return _Arm(
        value, robust, float(widened(*counted, shift=1.0)), freedom, float(mean.skewness), found.size, sizes.size
    )


def _wilson(events: float, n: int, level: float) -> Interval:
    """The score interval of a share."""
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, not {level}")
    z = float(ndtri((1 + level) / 2))
    share = events / n
    middle, half = share + z**2 / (2 * n), z * sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    low, high = (middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n)
    return Interval(0.0 if events == 0 else low, 1.0 if events == n else high)


def _hybrid(a: _Arm, b: _Arm, level: float) -> Interval:
    return difference_apart(a.value, a.bounds(level), b.value, b.bounds(level))


def _as_error(a: _Arm, b: _Arm, level: float, freedom: float) -> float:
    """The standard error with which a t interval at this level is no narrower than the hybrid one."""
    bounds, value = _hybrid(a, b, level), b.value - a.value
    return max(value - bounds.low, bounds.high - value) / float(critical_t(freedom, level))


def _touches(a: _Arm, b: _Arm) -> float:
    """The p-value of the hybrid interval: 1 − the level at which it first holds 0."""
    holds, leaves_out = 0.0, 1.0
    for _ in range(40):
        middle = (holds + leaves_out) / 2
        bounds = _hybrid(a, b, 1 - middle)
        if bounds.low <= 0 <= bounds.high:
            holds = middle
        else:
            leaves_out = middle
    return leaves_out
