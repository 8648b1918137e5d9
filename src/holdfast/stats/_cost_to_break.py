"""What it costs to break a model by one attack: seeds and prompts both drawn from more."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from holdfast.stats._broken_share import BrokenShare, share_over_draws
from holdfast.stats._cost_quantile import CostQuantile, quantile_interval, quantile_value, told
from holdfast.stats._curves import Curves
from holdfast.stats._incidence import Incidence, cumulative_incidence
from holdfast.stats._passage import Passage, Passages

MEDIAN, TENTH = 0.5, 0.1


@dataclass(frozen=True, slots=True)
class CostToBreak:
    """What the runs of one attack say.

    Attributes:
        passages: What became of each run, on the prompts as they are.
        incidence: How the share of broken and of collapsed runs rises with cost.
        median: The cost by which one run in two breaks.
        tenth: The cost by which one in ten does.
        broken: The share that breaks by each cost that was asked for, in that order.
    """

    passages: tuple[Passage, ...]
    incidence: Incidence
    median: CostQuantile
    tenth: CostQuantile
    broken: tuple[BrokenShare, ...]


def cost_to_break(
    curves: Curves,
    by: Sequence[float],
    *,
    generator: np.random.Generator,
    line: float = 0.5,
    draws: int = 200,
    level: float = 0.95,
) -> CostToBreak:
    """What it costs to break, with intervals for other seeds and other prompts.

    Prompts are drawn anew, the same for all runs and checkpoints, and each draw asks anew when every run broke. Runs
    are not drawn anew: in each draw the exact bounds over runs are taken, and of these the quantile that leaves out as
    much again. Two others were simulated. Bounds over runs with the prompts as they are held in 80 % of simulations
    where prompts decide on which side of a checkpoint all runs break; percentiles over draws of runs and prompts held
    in 91 % with six runs, and end at an observed cost where the truth may lie beyond the budget. These held in 96.7 %
    or more everywhere, mostly in 99: they are wider than need be (`bench/results/coverage-cost-to-break.json`).

    Args:
        curves: The runs.
        by: Costs at which the share of broken runs is wanted; the budget, for one.
        generator: Draws prompts.
        line: The share of the ceiling's harm at which a model counts as broken.
        draws: How often prompts are drawn.
        level: Of every interval.

    Returns:
        Passages and curve for the prompts as they are, and the quantiles and shares with both kinds of chance in them.

    Raises:
        ValueError: A line outside (0, 1], fewer than 20 draws, or as `first_passages` and `prompt_draws`.

    Assumptions:
        Runs differ in nothing but the seed, and are independent given the prompts; clusters of prompts are independent.
        Whether capability was kept is taken as it is: its items are not drawn anew. The line, the grid and the gates
        were fixed before the run.

    Source:
        As `cost_quantile` and `broken_share`; prompts as in `prompt_draws`. The quantile over draws of a bound that is
        itself exact is ours, a Bonferroni-like sum of both parts.
    """
    if not 0 < line <= 1 or draws < 20:
        raise ValueError(f"a line lies in (0, 1] and draws are 20 or more, not {line}, {draws}")
    drawn = curves.passages(curves.relative(curves.draws(draws, generator)), line)
    each = Passages(drawn.kind[0], drawn.after[0], drawn.by[0]).each()
    curve = cumulative_incidence(each)
    early, late, budget, why = drawn.earliest, drawn.latest, float(curves.costs[-1]), told(each)
    quantiles = [
        CostQuantile(
            share,
            quantile_value(curve, share, budget, why),
            quantile_interval(early, late, share, budget=budget, level=level, reason=why),
            len(each),
            "order statistics of runs (Scheffé–Tukey) over draws of the prompts (Rao–Wu), unseen costs at their worst",
        )
        for share in (MEDIAN, TENTH)
    ]
    shares = tuple(share_over_draws(early, late, cost, curve.broken_by(cost), level) for cost in by)
    return CostToBreak(each, curve, quantiles[0], quantiles[1], shares)
