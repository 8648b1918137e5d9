# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""What it costs to break one run in two, or one in ten: order statistics that respect what was not seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray

from holdfast.stats._binomial import Sides, probability_mass
from holdfast.stats._incidence import Incidence, cumulative_incidence
from holdfast.stats._passage import Broke, Censored, Passage
from holdfast.stats._prompt_draws import over_draws

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reached:
    """A cost that was reached."""

    cost: float


@dataclass(frozen=True, slots=True)
class Beyond:
    """More than the budget, or never: `reason` says what the runs did instead."""

    budget: float
    reason: str


Cost = Reached | Beyond


@dataclass(frozen=True, slots=True)
class CostInterval:
    """Two bounds on a cost, or one.

    Attributes:
        low: It costs at least this; 0 where there is no lower bound.
        high: It costs at most this, or nobody knows how much.
        sides: Which bounds there are.
        level: Confidence of the interval, or of the one bound.
    """

    low: float
    high: Cost
    sides: Sides
    level: float


@dataclass(frozen=True, slots=True)
class NoInterval:
    """Too few runs for any bound at the level."""

    reason: str


@dataclass(frozen=True, slots=True)
class CostQuantile:
    """A cost by which a given share of runs breaks.

    Attributes:
        share: The share; 0.5 for the median.
        value: Where the estimated curve reaches it.
        interval: Where the true one does.
        n: Runs.
        method: What was done, in words.
    """

    share: float
    value: Cost
    interval: CostInterval | NoInterval
    n: int
    method: str


def cost_quantile(passages: Sequence[Passage], share: float, *, budget: float, level: float = 0.95) -> CostQuantile:
    """The cost by which a share of runs breaks, of runs whose passages are taken as they are.

    A run that collapsed never breaks; one that was stopped early may have broken right after, or never. So the lower
    bound is an order statistic of the earliest costs at which runs may have broken, and the upper of the latest.

    Args:
        passages: One for each run.
        share: In (0, 1).
        budget: The largest cost that was planned.
        level: Of the interval, or of the one bound.

    Returns:
        The cost. Two bounds where the runs carry them (six for a median at 95 %, 36 for a tenth); else the one bound
        that they carry, at the whole of the level, the lower one rather than the upper; else none. On a grid whose
        costs double, no bound is sharper than a factor of 2. The value is the middle, on a log scale, of the grid's
        interval in which the curve of `cumulative_incidence` reaches the share; before the first cost above 0, as if
        the grid went on down by a factor of 2.

    Raises:
        ValueError: As `cumulative_incidence`; a share or level outside (0, 1), or a run looked at beyond the budget.

    Assumptions:
        Runs are independent and alike. None on the law of the cost, and none on why runs stopped: the bounds hold
        whatever the unseen would have been. Prompts are not drawn anew here: see `cost_to_break`.

    Source:
        Order statistics for a quantile, also where costs tie or some are infinite: Scheffé & Tukey 1945, Ann. Math.
        Statist. 16:187. Worst-case ends for what is not seen: Manski 1989, J. Human Resources 24:343.
    """
    curve = cumulative_incidence(passages)
    if curve.costs[-1] > budget:
        raise ValueError(f"a run was looked at beyond the budget of {budget:g}")
    early = np.array([np.inf if not isinstance(p, Broke | Censored) else p.after for p in passages])
    late = np.array([p.by if isinstance(p, Broke) else np.inf for p in passages])
    interval = quantile_interval(early, late, share, budget=budget, level=level, reason=told(passages))
    method = "order statistics of runs (Scheffé–Tukey), unseen costs at their worst"
    return CostQuantile(share, quantile_value(curve, share, budget, told(passages)), interval, len(passages), method)


def quantile_value(curve: Incidence, share: float, budget: float, reason: str) -> Cost:
    """Where a curve reaches the share."""
    at = int(np.searchsorted(curve.broke, share - 1e-9))
    if at == len(curve.costs):
        return Beyond(budget, f"{curve.broke[-1]:.0%} are estimated to break within the budget: {reason}")
    after, by = float(curve.after[at]), float(curve.costs[at])
    return Reached(by if after == by else sqrt(after * by) if after > 0 else by / sqrt(2))


def quantile_interval(
    earliest: Array,
    latest: Array,
    share: float,
    *,
    budget: float,
    level: float,
    reason: str,
    drawn: tuple[Array, Array] | None = None,
) -> CostInterval | NoInterval:
    """Bounds on a quantile from the ends of each run's cost, shape (runs,): order statistics.

    With `drawn`, the quantile's two ends in draws of prompts and runs, the interval holds theirs as well: of the draws
    as many are left out at each bound as the level says.
    """
    sides, tail, low, high = ranks(len(earliest), share, level)
    if not low and not high:
        return NoInterval(
            f"{len(earliest)} runs carry no bound at {level:.0%} on the cost that breaks {share:.0%} of them"
        )
    below = float(np.sort(earliest)[low - 1]) if low else 0.0
    above = float(np.sort(latest)[high - 1]) if high else np.inf
    if drawn is not None:
        below = min(below, over_draws(drawn[0], tail))
        above = max(above, over_draws(drawn[1], 1 - tail))
    end = Reached(above) if above <= budget else Beyond(budget, reason if high else "there is no upper bound")
    return CostInterval(min(below, budget), end, sides, level)


def quantile_of_draws(ends: Array, share: float, chosen: NDArray[np.int64]) -> Array:
    """The quantile of one end of the runs' costs in each draw, of the runs that were chosen in it; (draws, runs)."""
    of_runs = np.sort(np.take_along_axis(ends, chosen, axis=1), axis=1)
    return of_runs[:, ceil(share * ends.shape[1] - 1e-9) - 1]


def ranks(runs: int, share: float, level: float) -> tuple[Sides, float, int, int]:
    """Which bounds so many runs carry, what each leaves out, and the ranks of the order statistics; 0 for none.

    Raises:
        ValueError: A share or level outside (0, 1).
    """
    if not 0 < share < 1 or not 0 < level < 1:
        raise ValueError(f"a share and a level lie in (0, 1), not {share}, {level}")
    low, high = _ranks(runs, share, (1 - level) / 2)
    if low and high:
        return "two", (1 - level) / 2, low, high
    low, high = _ranks(runs, share, 1 - level)
    return ("lower", 1 - level, low, 0) if low else ("upper", 1 - level, 0, high)


def _ranks(runs: int, share: float, tail: float) -> tuple[int, int]:
    """The largest rank that seldom lies above the quantile, and the smallest that seldom lies below it."""
    at_most = np.cumsum(probability_mass(runs, share))[:-1]
    low = int((at_most <= tail).sum())
    high = int(np.flatnonzero(1 - at_most <= tail)[0]) + 1 if 1 - at_most[-1] <= tail else 0
    return low, high


def told(passages: Sequence[Passage]) -> str:
    """How many runs broke, collapsed, or did neither, in words."""
    broke = sum(isinstance(each, Broke) for each in passages)
    open_ = sum(isinstance(each, Censored) for each in passages)
    return f"of {len(passages)} runs {broke} broke, {len(passages) - broke - open_} collapsed, {open_} did neither"
