# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""What people who did not answer may hide: bounds on an effect when more leave one arm than another."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr

from holdfast.stats._binomial import Interval
from holdfast.stats._robust_errors import Array

_SMALLEST_ARM = 10


@dataclass(frozen=True, slots=True)
class LeeBounds:
    """The effect on those who would have answered in either arm, between two bounds.

    Attributes:
        low: The least effect that the answers leave.
        high: The largest.
        interval: Holds the effect, wherever it lies between the bounds, at the level asked for.
        trimmed: The share of answers that was set aside in the arm where more people answered.
        trimmed_arm: `treated` or `control`; `neither` where equally many answered.
        n: People assigned to the two arms.
    """

    low: float
    high: float
    interval: Interval
    trimmed: float
    trimmed_arm: str
    n: int


def lee_bounds(
    treated: ArrayLike, control: ArrayLike, *, assigned_treated: int, assigned_control: int, level: float = 0.95
) -> LeeBounds:
    """Bounds on an effect where some people did not answer.

    Args:
        treated: Outcomes of those in the arm who answered. An outcome less its own baseline is an outcome too, has the
            same effect, and narrower bounds.
        control: The same of the control.
        assigned_treated: People drawn into the arm, at least as many as answered.
        assigned_control: People drawn into the control.
        level: Of the interval.

    Returns:
        The bounds. Where equally many answered they meet. The interval is then that of a plain difference only if
        nobody left at all; otherwise it is wider, for how many answered is chance too.

    Raises:
        ValueError: Fewer than ten answers in an arm, more answers than people, a number that is none, no spread, or a
            level outside (0.5, 1).

    Assumptions:
        Monotone: being in the one arm makes nobody answer less than in the other, or nobody more. People are drawn at
        random and are independent. Each arm is large enough for means of its trimmed part to be normal.

    Source:
        Lee 2009, Rev. Econ. Stud. 76:1071, Proposition 1a and, for the variances, Proposition 3; the interval is that
        of Imbens & Manski 2004, Econometrica 72:1845, eq. 6–7, with the t quantile of
        the smaller arm in the place of the normal one. Measured in `bench/results/coverage-study.json`.
    """
    seen = _seen(treated, assigned_treated), _seen(control, assigned_control)
    if not 0.5 < level < 1:
        raise ValueError(f"a level lies between 0.5 and 1, not {level}")
    people = assigned_treated, assigned_control
    kept = [len(answers) / assigned for answers, assigned in zip(seen, people, strict=True)]
    cut = int(kept[0] < kept[1])
    share = 1 - min(kept) / max(kept)
    by_chance = sum((1 - q) / (n * q) for q, n in zip(kept, people, strict=True))
    low_mean, low_variance = _kept_mean(np.sort(seen[cut]), share, by_chance)
    high_mean, high_variance = _kept_mean(-np.sort(-seen[cut]), share, by_chance)
    other = seen[1 - cut]
    spread = float(other.var(ddof=1)) / len(other)
    if cut:
        low, high = other.mean() - high_mean, other.mean() - low_mean
        low_variance, high_variance = high_variance, low_variance
    else:
        low, high = low_mean - other.mean(), high_mean - other.mean()
    errors = np.sqrt([low_variance + spread, high_variance + spread])
    if not errors.min() > 0:
        raise ValueError("the answers show no spread")
    # What is left of the smaller arm: with thirty answers a normal quantile is too small.
    freedom = min(len(other), len(seen[cut]) * (1 - share)) - 1
    times = _times(float((high - low) / errors.max()), level, freedom)
    return LeeBounds(
        low=float(low),
        high=float(high),
        interval=Interval(float(low - times * errors[0]), float(high + times * errors[1])),
        trimmed=float(share),
        trimmed_arm="neither" if share == 0 else "control" if cut else "treated",
        n=assigned_treated + assigned_control,
    )


def _seen(answers: ArrayLike, assigned: int) -> Array:
    found = np.asarray(answers, dtype=np.float64)
    if found.ndim != 1 or not np.isfinite(found).all():
        raise ValueError("answers are a row of numbers")
    if not _SMALLEST_ARM <= found.size <= assigned:
        raise ValueError(
            f"an arm needs at least {_SMALLEST_ARM} answers and no more than people: {found.size}, {assigned}"
        )
    return found


def _kept_mean(ordered: Array, share: float, by_chance: float) -> tuple[float, float]:
    """The mean of what is left when the last part of the ordered answers is set aside, and its variance."""
    n = len(ordered)
    left = n * (1 - share)
    weights = np.clip(left - np.arange(n), 0.0, 1.0)
    mean = float(weights @ ordered / left)
    edge = float(ordered[min(int(np.ceil(left)) - 1, n - 1)])
    within = float(weights @ (ordered - mean) ** 2 / max(left - 1, 1.0))
    moved = (edge - mean) ** 2
    return mean, within / left + moved * share / left + moved * by_chance


def _times(apart: float, level: float, freedom: float) -> float:
    """How many standard errors beyond its bounds an interval must reach (Imbens & Manski 2004, eq. 7), by t."""
    low, high = 0.0, 10.0
    for _ in range(80):
        middle = (low + high) / 2
        if stdtr(freedom, middle + apart) - stdtr(freedom, -middle) < level:
            low = middle
        else:
            high = middle
    return high
