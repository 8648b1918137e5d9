# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""Exact intervals for a share of independent units.

Pure functions of numbers: no randomness, no clock, no records. Only `scipy.special` is used, because `scipy.stats`
takes most of a second to import.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincinv, gammaln, xlog1py, xlogy

Sides = Literal["two", "upper", "lower"]


@dataclass(frozen=True, slots=True)
class Interval:
    """Two bounds on a share; the open side of a one-sided interval is 0 or 1."""

    low: float
    high: float


def clopper_pearson(events: int, n: int, *, level: float = 0.95, sides: Sides = "two") -> Interval:
    """The exact interval for a share.

    Args:
        events: Units that showed the event, 0 to n.
        n: Units looked at, at least 1.
        level: Confidence of the whole interval.
        sides: `two`, or the one bound that is wanted; the level then belongs to that bound alone.

    Returns:
        The interval. The true share lies inside it in at least `level` of repetitions, whatever it is; for most shares
        it does so more often, which is the price of exactness.

    Raises:
        ValueError: n < 1, events outside 0…n, or a level outside (0, 1).

    Assumptions:
        Units are independent with one common share. Units with different shares make it wider than needed, not wrong
        (Hoeffding 1956: the sum is then less variable than binomial). Dependent units make it too narrow: pass one
        outcome for each cluster.

    Source:
        Clopper & Pearson 1934, Biometrika 26:404–413; the beta form is Brown, Cai & DasGupta 2001, Statist. Sci.
        16:101, §4.2.1.
    """
    if n < 1 or not 0 <= events <= n:
        raise ValueError(f"events must lie in 0…n with n >= 1, not {events} of {n}")
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, not {level}")
    tail = (1 - level) / 2 if sides == "two" else 1 - level
    low = 0.0 if events == 0 or sides == "upper" else float(betaincinv(events, n - events + 1, tail))
    high = 1.0 if events == n or sides == "lower" else float(betaincinv(events + 1, n - events, 1 - tail))
    return Interval(low, high)


def with_missing(events: int, scored: int, missing: int, *, level: float = 0.95) -> Interval:
    """The exact interval that holds whatever the missing units would have shown.

    The lower bound counts every missing unit as no event, the upper as an event, both among all units.

    Args:
        events: Events among the scored units.
        scored: Units with a label.
        missing: Units without one: unscorable and skipped.
        level: Confidence of the whole interval.

    Returns:
        The interval over scored + missing units.

    Raises:
        ValueError: As `clopper_pearson`, or a negative count.

    Assumptions:
        None on why units are missing. Source: the worst-case bounds of Manski 1989, J. Human Resources 24:343, joined
        with the exact interval.
    """
    if missing < 0 or events > scored:
        raise ValueError(f"counts must be closed, not {events} of {scored} with {missing} missing")
    n = scored + missing
    low = clopper_pearson(events, n, level=level).low
    high = clopper_pearson(events + missing, n, level=level).high
    return Interval(low, high)


def probability_mass(n: int, share: float) -> NDArray[np.float64]:
    """The binomial probability of 0…n events; shape (n + 1,)."""
    k = np.arange(n + 1)
    choose = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    mass: NDArray[np.float64] = np.exp(choose + xlogy(k, share) + xlog1py(n - k, -share))
    return mass


def at_most(events: int, n: int, share: float) -> float:
    """The probability of at most this many events among n independent units."""
    return 1.0 if events >= n else 0.0 if events < 0 else float(betainc(n - events, events + 1, 1 - share))


def coverage(n: int, share: float, *, level: float = 0.95) -> float:
    """The probability that the interval of `clopper_pearson` holds the true share: computed, not simulated."""
    inside = [
        low_high.low <= share <= low_high.high
        for low_high in (clopper_pearson(k, n, level=level) for k in range(n + 1))
    ]
    return float(probability_mass(n, share)[np.array(inside)].sum())
