# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""How many runs break by a budget: the share, and what none of n may hide."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from holdfast.stats._binomial import Interval, clopper_pearson
from holdfast.stats._incidence import cumulative_incidence
from holdfast.stats._passage import Broke, Censored, Passage
from holdfast.stats._prompt_draws import over_draws

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BrokenShare:
    """The share of runs that break by a cost.

    Attributes:
        cost: The cost.
        value: The curve of `cumulative_incidence` there.
        interval: Two bounds at the level.
        upper: The upper bound alone, one-sided at the level: what is printed where no run broke. With every run
            seen to the end it is then 1 − (1 − level)^(1/n): 63 % with three runs, 14 % with twenty.
        lower: The lower bound alone.
        broke: Runs that had broken by then.
        possible: Runs that had, or of which it is not known.
        n: Runs.
        method: What was done, in words.
    """

    cost: float
    value: float
    interval: Interval
    upper: float
    lower: float
    broke: int
    possible: int
    n: int
    method: str


def broken_share(passages: Sequence[Passage], cost: float, *, level: float = 0.95) -> BrokenShare:
    """The share of runs that break by a cost, of runs whose passages are taken as they are.

    Args:
        passages: One for each run.
        cost: By which they are to have broken.
        level: Of the interval, and of either bound alone.

    Returns:
        The share. Where every run was seen until it broke, collapsed or passed the cost, the interval is exact. Else
        the lower bound counts a run of which it is not known as not broken, the upper as broken.

    Raises:
        ValueError: As `cumulative_incidence`; a level outside (0, 1).

    Assumptions:
        Runs are independent and alike. None on why runs stopped, but for the value. Prompts are not drawn anew here:
        see `cost_to_break`.

    Source:
        Clopper & Pearson 1934, Biometrika 26:404; worst case as in Manski 1989, J. Human Resources 24:343.
    """
    value = cumulative_incidence(passages).broken_by(cost)
    early = np.array([np.inf if not isinstance(p, Broke | Censored) else p.after for p in passages])
    late = np.array([p.by if isinstance(p, Broke) else np.inf for p in passages])
    return share_over_draws(early[None], late[None], cost, value, level)


def share_over_draws(earliest: Array, latest: Array, cost: float, value: float, level: float) -> BrokenShare:
    """The same in many draws of the prompts, the first of them the prompts as they are; shape (draws, runs).

    Each exact bound is taken at the count that the draws reach at least as seldom as the bound fails.
    """
    n = earliest.shape[-1]
    sure = (latest <= cost).sum(axis=-1).astype(np.float64)
    # What was broken from the start broke at no cost: the earliest cost is then not below the one that is asked for.
    possible = ((earliest < cost) | (latest <= cost)).sum(axis=-1).astype(np.float64)
    tail = (1 - level) / 2
    low, alone_low = (int(over_draws(sure, each)) for each in (tail, 2 * tail))
    high, alone_high = (int(over_draws(possible, 1 - each)) for each in (tail, 2 * tail))
    known = bool((sure[0] == possible[0]).all())
    method = "exact over runs (Clopper–Pearson)" if known else "exact over runs, the unknown at their worst"
    return BrokenShare(
        cost=cost,
        value=value,
        interval=Interval(
            clopper_pearson(low, n, level=level).low,
            clopper_pearson(high, n, level=level).high,
        ),
        upper=clopper_pearson(alone_high, n, level=level, sides="upper").high,
        lower=clopper_pearson(alone_low, n, level=level, sides="lower").low,
        broke=int(sure[0]),
        possible=int(possible[0]),
        n=n,
        method=method if len(sure) == 1 else f"{method}, over draws of the prompts",
    )
