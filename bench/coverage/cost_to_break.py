"""Cost to break: how often its intervals hold, over seeds and prompts; search, area, ranks; collapse is no break.

`intervals`: the median cost, its tenth percentile and the share broken by the budget, in worlds of
`bench/coverage/tampered_runs.py`. Truth is by the instrument's rule on exact curves. A bound that says "beyond the
budget" holds whatever lies above. Beside the method stand three others, in a tenth of the runs of the worlds where all
runs are seen to the end and none collapses: order statistics that take the prompts as they are, a percentile bootstrap
of seeds and prompts, and order statistics in each draw of the prompts. A cell falls short where its coverage lies below
94 % significantly, all such cells together by Holm at 5 %.

The other parts are described in `bench/coverage/cost_figures.py`.
"""

from collections.abc import Iterator
from dataclasses import asdict
from itertools import product
from typing import Any

import numpy as np

from bench.coverage.cost_figures import areas, correlations, gibberish, optimism
from bench.coverage.tampered_runs import COSTS, World, curves, truth
from holdfast.stats import (
    Beyond,
    CostInterval,
    CostQuantile,
    CostToBreak,
    Curves,
    Reached,
    at_most,
    cost_quantile,
    cost_to_break,
    holm,
)
from holdfast.stats._cost_quantile import quantile_of_draws, ranks
from holdfast.stats._prompt_draws import over_draws

REPLICATIONS = 5_000
LEAST = 0.94
RUNS = (6, 9, 12, 20)
BUDGET = float(COSTS[-1])
OTHERS = ("prompts as they are", "bootstrap of both", "exact in each draw")

Array = np.ndarray


def worlds() -> Iterator[tuple[str, World]]:
    """Every world, and the group it stands in."""
    yield "plain", World(clustered=False)
    yield "plain", World("heavy")
    yield "plain", World(prompts=200, clustered=False)
    yield "slow", World(slope=0.4)
    yield "tight", World("tight", slope=0.4)
    for never, collapse in ((0.3, 0.2), (0.3, 0.5)):
        yield "never or collapse", World(never=never, collapse=collapse)
    yield "heavy, never", World("heavy", never=0.6)
    yield "stopped early", World(never=0.3, collapse=0.2, early=0.25)


def cells(replications: int, seed: int) -> Iterator[dict[str, Any]]:
    """Every cell of every part."""
    for at, (group, world) in enumerate(worlds()):
        true = truth(world, np.random.default_rng([seed, 0, at]))
        for runs in RUNS:
            yield intervals(group, world, runs, true, replications, np.random.default_rng([seed, 1, at, runs]))
    yield from areas(replications, seed)
    yield from optimism(replications, seed)
    yield from correlations(replications, seed)
    yield from gibberish(replications, seed)


def intervals(
    group: str, world: World, runs: int, true: dict[str, float], replications: int, generator: np.random.Generator
) -> dict[str, Any]:
    """One world and number of runs."""
    held = {"median": 0, "tenth": 0, "broken": 0}
    others = {name: np.zeros(3) for name in OTHERS}
    open_ends, widths, compared = 0, list[float](), not (world.never or world.collapse or world.early)
    for i in range(replications):
        seen = curves(world, runs, generator)
        found = cost_to_break(seen, (BUDGET,), generator=generator)
        held["median"] += holds(found.median, true["median"])
        held["tenth"] += holds(found.tenth, true["tenth"])
        inside = found.broken[0].interval
        held["broken"] += inside.low <= true["broken"] <= inside.high
        interval = found.median.interval
        assert isinstance(interval, CostInterval)
        if isinstance(interval.high, Beyond):
            open_ends += 1
        elif interval.low > 0:
            widths.append(float(np.log2(interval.high.cost / interval.low)))
        if compared and i % 10 == 0:
            for name, (low, high) in compared_with(seen, found, generator).items():
                wide = np.log2(high / low) if low > 0 and high <= BUDGET else np.nan
                others[name] += low <= true["median"] <= high, np.nan_to_num(wide), np.isfinite(wide)
    made: dict[str, Any] = {"of": "intervals", "group": group, "runs": runs} | asdict(world)
    made |= {name: value if np.isfinite(value) else "never" for name, value in true.items()}
    for name, count in held.items():
        made |= {f"{name}_held": count / replications, f"{name}_p": at_most(count, replications, LEAST)}
    if compared:
        tenth = len(range(0, replications, 10))
        made |= {name: float(held / tenth) for name, (held, _, _) in others.items()}
        made |= {f"{name}, wide": round(float(wide / max(n, 1)), 2) for name, (_, wide, n) in others.items()}
    made |= {"median_beyond_budget": open_ends / replications}
    return made | ({"median_doublings_wide": round(float(np.mean(widths)), 2)} if widths else {})


def holds(found: CostQuantile, true: float) -> bool:
    """Whether the bounds allow the true cost, infinite where it is never reached; a low bound is at most the budget."""
    interval = found.interval
    assert isinstance(interval, CostInterval)
    below = isinstance(interval.high, Beyond) or true <= interval.high.cost
    return interval.low <= true and below


def compared_with(seen: Curves, found: CostToBreak, generator: np.random.Generator) -> dict[str, tuple[float, float]]:
    """The median's bounds by three other ways, infinite where beyond the budget."""
    plain = cost_quantile(found.passages, 0.5, budget=BUDGET).interval
    assert isinstance(plain, CostInterval)
    high = plain.high.cost if isinstance(plain.high, Reached) else np.inf
    drawn = seen.passages(seen.relative(seen.draws(200, generator)), 0.5)
    early, late = np.minimum(drawn.earliest, BUDGET)[1:], drawn.latest[1:]
    runs = early.shape[1]
    chosen = generator.integers(0, runs, early.shape)
    both = [quantile_of_draws(ends, 0.5, chosen) for ends in (early, late)]
    _, tail, least, most = ranks(runs, 0.5, 0.95)
    exact = np.sort(early, axis=1)[:, least - 1], np.sort(late, axis=1)[:, most - 1]
    return {
        "prompts as they are": (plain.low, high),
        "bootstrap of both": (over_draws(both[0], tail), over_draws(both[1], 1 - tail)),
        "exact in each draw": (over_draws(exact[0], tail), over_draws(exact[1], 1 - tail)),
    }


def summary(found: list[dict[str, Any]]) -> dict[str, str]:
    """Coverage group by group, the cells that fall short, and the other parts."""
    lines: dict[str, str] = {}
    some = [cell for cell in found if cell["of"] == "intervals"]
    for what in ("median", "tenth", "broken"):
        for group in dict.fromkeys(cell["group"] for cell in some):
            here = [cell for cell in some if cell["group"] == group]
            worst = min(here, key=lambda cell: cell[f"{what}_held"])
            mean = np.mean([cell[f"{what}_held"] for cell in here])
            lines[f"{what}, {group}: held, least and mean"] = (
                f"{worst[f'{what}_held']:.4f} ({_named(worst)}), {mean:.4f}"
            )
    lines |= _short(some)
    for group, other in product(("plain", "slow", "tight"), OTHERS):
        worst = min((cell for cell in some if cell["group"] == group), key=lambda cell: cell[other])
        lines[f"median, {group}, {other}: held, least"] = f"{worst[other]:.4f} ({_named(worst)})"
    for group, runs in product(("plain", "slow", "tight"), dict.fromkeys(cell["runs"] for cell in some)):
        here = [cell for cell in some if (cell["group"], cell["runs"]) == (group, runs)]
        names = ("median_doublings_wide", "exact in each draw, wide", "median_beyond_budget")
        wide, other, beyond = (np.mean([cell.get(name, 0.0) for cell in here]) for name in names)
        name = f"median, {group}, {runs} runs: doublings wide; exact in each draw; open upper end"
        lines[name] = f"{wide:.2f}; {other:.2f}; {beyond:.3f}"
    return lines | _others(found)


def _short(some: list[dict[str, Any]]) -> dict[str, str]:
    """The cells whose coverage lies below 94 % for certain."""
    at = [(cell, what) for cell in some for what in ("median", "tenth", "broken")]
    adjusted = holm([cell[f"{what}_p"] for cell, what in at])
    short = [(cell, what) for (cell, what), p in zip(at, adjusted, strict=True) if p <= 0.05]
    named = "; ".join(f"{what}, {_named(cell)}: {cell[f'{what}_held']:.4f}" for cell, what in short)
    return {"cells that fall short of 94 % (Holm)": f"{len(short)} of {len(at)}{': ' * bool(short)}{named}"}


def _named(cell: dict[str, Any]) -> str:
    parts = [f"{cell['runs']} runs", f"{cell['prompts']} prompts{' in clusters' * cell['clustered']}", cell["law"]]
    parts += [f"{name} {cell[name]:g}" for name in ("never", "collapse", "early") if cell[name]]
    return ", ".join(parts + [f"slope {cell['slope']:g}"] * (cell["slope"] != 1))


def _others(found: list[dict[str, Any]]) -> dict[str, str]:
    """A line for each cell of the other parts: its name, and what was found in words."""
    return {cell["named"]: cell["said"] for cell in found if cell["of"] != "intervals"}
