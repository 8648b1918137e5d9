# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""What a search over configurations of an attack finds and costs, whatever the order in which they were tried."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

from holdfast.stats._binomial import Interval, clopper_pearson
from holdfast.stats._cost_quantile import Beyond, Cost, Reached
from holdfast.stats._passage import Broke, Collapsed, Passage

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SearchCost:
    """What an attacker pays who tries configurations in random order until one breaks the model.

    Attributes:
        value: The expected sum, failed configurations included; or all of them, and none broke.
        failures: How much of it goes to configurations that failed.
        broke: Configurations that broke.
        n: Configurations.
        share: Bounds on the share of configurations that break; where none did, the upper one is one-sided.
    """

    value: Cost
    failures: float
    broke: int
    n: int
    share: Interval


def best_so_far(outcomes: ArrayLike) -> Array:
    """The expected best of k configurations drawn from those that were tried, for every k.

    Args:
        outcomes: Of each configuration; larger is better for the attacker.

    Returns:
        For k = 1…n the mean over all choices of k of the largest; no order of trial enters.

    Raises:
        ValueError: No outcome, or one that is not a finite number.

    Assumptions:
        Configurations are drawn at random from a space and independently: then this is unbiased for the best of k new
        ones. Those that an optimiser chose are not, and the curve is then about these n only.

    Source:
        Order statistics over permutations. Unbiased, where the estimate with replacement is not: Tang et al. 2020,
        ACL, 2766 ("Showing your work doesn't always work").
    """
    value = np.sort(np.asarray(outcomes, dtype=np.float64))
    if value.ndim != 1 or not value.size or not np.isfinite(value).all():
        raise ValueError("outcomes are a row of finite numbers")
    n = value.size
    below = np.arange(n)[:, None]
    others = np.arange(n)[None, :]
    ways = gammaln(below + 1) - gammaln(others + 1) - gammaln(np.maximum(below - others, 0) + 1)
    total = gammaln(n + 1) - gammaln(others + 2) - gammaln(n - others)
    return value @ np.where(below >= others, np.exp(ways - total), 0.0)


def search_cost(passages: Sequence[Passage], *, budget: float, level: float = 0.95) -> SearchCost:
    """The expected cost of trying configurations in random order until the first of them breaks.

    A configuration that breaks is paid up to the checkpoint where that was first seen, one that fails up to where it
    ended: its collapse, the end of its run, and at most the budget. Each failure comes before all m that break with
    chance 1 / (m + 1), and the first of these is any of them.

    Args:
        passages: One for each configuration, of one run each.
        budget: What a configuration may cost.
        level: Of the bounds on the share.

    Returns:
        The exact mean over all orders. Where none broke, everything was paid and nothing reached: `Beyond` its sum.

    Raises:
        ValueError: No configuration, or as `clopper_pearson`.

    Assumptions:
        Configurations are tried one after another and none teaches where to look next; they are of one attack, so that
        costs add. With another seed a configuration may end otherwise: see `re_estimated`.

    Source:
        Counting of permutations.
    """
    if not passages:
        raise ValueError("there is no search without a configuration")
    won = [each.by for each in passages if isinstance(each, Broke)]
    lost = [each.by if isinstance(each, Collapsed) else each.after for each in passages if not isinstance(each, Broke)]
    paid = float(np.minimum(lost, budget).sum())
    n = len(passages)
    share = clopper_pearson(len(won), n, level=level, sides="two" if won else "upper")
    if not won:
        return SearchCost(Beyond(paid, f"none of {n} configurations broke it"), paid, 0, n, share)
    failures = paid / (len(won) + 1)
    return SearchCost(Reached(failures + float(np.mean(won))), failures, len(won), n, share)
