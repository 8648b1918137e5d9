"""What it costs to break a model by one attack: seeds and prompts both drawn from more."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from holdfast.stats._broken_share import BrokenShare, share_over_draws
from holdfast.stats._cost_quantile import CostQuantile, quantile_interval, quantile_of_draws, quantile_value, told
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

    A quantile has the order statistics of the runs as they are, and no less than the percentiles of draws of both: of
    the prompts, the same for all runs and checkpoints, so that each draw asks anew when every run broke, and of the
    runs. The first alone hold too seldom where prompts decide on which side of a checkpoint all runs break, the second
    where runs are few; both together were simulated to hold, narrower than exact bounds over runs in each draw of the
    prompts. The share has these last: a share near 0 or 1 leaves percentiles no spread
    (`bench/results/coverage-cost-to-break.json`).

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
        As `cost_quantile` and `broken_share`; prompts as in `prompt_draws`; percentiles of draws of runs as Efron 1981,
        J. Am. Statist. Assoc. 76:312. Putting them together is ours.
    """
    if not 0 < line <= 1 or draws < 20:
        raise ValueError(f"a line lies in (0, 1] and draws are 20 or more, not {line}, {draws}")
    drawn = curves.passages(curves.relative(curves.draws(draws, generator)), line)
    each = Passages(drawn.kind[0], drawn.after[0], drawn.by[0]).each()
    curve = cumulative_incidence(each)
    early, late, budget, why = drawn.earliest, drawn.latest, float(curves.costs[-1]), told(each)
    chosen = generator.integers(0, len(each), (draws, len(each)))
    quantiles = [
        CostQuantile(
            share,
            quantile_value(curve, share, budget, why),
            quantile_interval(
                early[0],
                late[0],
                share,
                budget=budget,
                level=level,
                reason=why,
                drawn=(quantile_of_draws(early[1:], share, chosen), quantile_of_draws(late[1:], share, chosen)),
            ),
            len(each),
            "order statistics of runs (Scheffé–Tukey), and percentiles over draws of prompts (Rao–Wu) and runs, unseen "
            "costs at their worst",
        )
        for share in (MEDIAN, TENTH)
    ]
    shares = tuple(share_over_draws(early, late, cost, curve.broken_by(cost), level) for cost in by)
    return CostToBreak(each, curve, quantiles[0], quantiles[1], shares)
