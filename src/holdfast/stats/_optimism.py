# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""How much the winner of a search was flattered by being chosen: asked again on fresh seeds and the other prompts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from holdfast.stats._binomial import Interval
from holdfast.stats._clustered import share_bounds
from holdfast.stats._unpaired import unpaired_difference


@dataclass(frozen=True, slots=True)
class OptimismGap:
    """What the winner looked like when it was chosen, and on seeds and prompts that chose nothing.

    Attributes:
        winner: The number of the configuration, from 0.
        chosen_at: Its mean where it was chosen: the largest of all, and so flattered.
        value: Its mean on fresh seeds and the other prompts. This is the headline.
        interval: Of `value`.
        gap: `chosen_at` less `value`; printed beside it.
        standard_error: Of `gap`, as if nothing had been chosen.
        n: Fresh runs.
    """

    winner: int
    chosen_at: float
    value: float
    interval: Interval
    gap: float
    standard_error: float
    n: int


def worst_configuration(outcomes: ArrayLike) -> int:
    """The configuration with the largest mean outcome, the first of several; choose by it what is run again.

    Args:
        outcomes: Of each run; shape (configurations, runs).

    Returns:
        Its number, from 0.

    Raises:
        ValueError: No run, or an outcome outside [0, 1].

    Assumptions:
        None: the choice needs none, what it looked like when it was chosen is no estimate.

    Source:
        The largest mean.
    """
    return int(_outcomes(outcomes).mean(axis=1).argmax())


def re_estimated(outcomes: ArrayLike, fresh: ArrayLike, *, level: float = 0.95) -> OptimismGap:
    """The outcome of the worst configuration, by runs that had no part in choosing it.

    Args:
        outcomes: Of each run that chose, by one half of the prompts; shape (configurations, runs). In [0, 1], larger
            is worse: broken by the budget, the share of the ceiling that was reached, one less the resistance area.
        fresh: Of runs of `worst_configuration(outcomes)` with other seeds, by the other half of the prompts.
        level: Of the interval.

    Returns:
        Both figures and their difference.

    Raises:
        ValueError: Fewer than two runs of a configuration or afresh, an outcome outside [0, 1], or a level outside
            (0, 1).

    Assumptions:
        Fresh seeds and the other prompts are independent of those that chose. The interval is for the configuration
        that was chosen, over seeds, with these prompts; whether another is worse it does not say.

    Source:
        Sample splitting: Cox 1975, Biometrika 62:441; the winner's curse of maxima over configurations: Cawley & Talbot
        2010, J. Mach. Learn. Res. 11:2079. Bounds: Clopper & Pearson 1934 at a fractional count, for outcomes within
        [0, 1] spread no more than events of the same mean. The gap's error as in `unpaired_difference`. Simulated in
        `bench/results/coverage-cost-to-break.json`.
    """
    first, again = _outcomes(outcomes), _outcomes(np.asarray(fresh, dtype=np.float64)[None])[0]
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, not {level}")
    winner = int(first.mean(axis=1).argmax())
    difference = unpaired_difference(again, np.arange(again.size), first[winner], np.arange(first.shape[1]))
    value = again.mean(keepdims=True)
    low, high = share_bounds(value, np.array([float(again.size)]), (1 - level) / 2)
    return OptimismGap(
        winner=winner,
        chosen_at=float(first[winner].mean()),
        value=float(value[0]),
        interval=Interval(float(low[0]), float(high[0])),
        gap=difference.value,
        standard_error=difference.standard_error,
        n=again.size,
    )


def _outcomes(values: ArrayLike) -> NDArray[np.float64]:
    found = np.asarray(values, dtype=np.float64)
    if found.ndim != 2 or not found.size or not ((found >= 0) & (found <= 1)).all():
        raise ValueError("outcomes lie in [0, 1], and every configuration has a run")
    return found
