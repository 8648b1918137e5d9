"""Cost to break: how often its intervals hold, over seeds and prompts; search, area, ranks; collapse is no break.

`intervals`: the median cost, its tenth percentile and the share broken by the budget, in worlds of
`bench/coverage/tampered_runs.py`. Truth is by the instrument's rule on exact curves. A bound that says "beyond the
budget" holds whatever lies above. Beside the method stand two others, in a fifth of the runs of the worlds where all
runs are seen to the end and none collapses: order statistics that take the prompts as they are, and a percentile
bootstrap of seeds and prompts. A cell falls short where its coverage lies below 94 % significantly, all such cells
together by Holm at 5 %.

The other parts are described in `bench/coverage/cost_figures.py`.
"""

from collections.abc import Iterator
from dataclasses import asdict
from itertools import product
from typing import Any

import numpy as np

from bench.coverage.cost_figures import areas, gibberish, optimism, ranks
from bench.coverage.tampered_runs import COSTS, World, curves, truth
from holdfast.stats import (
    Beyond,
    CostInterval,
    CostQuantile,
    Curves,
    Passages,
    at_most,
    cost_quantile,
    cost_to_break,
    holm,
)
from holdfast.stats._prompt_draws import over_draws

REPLICATIONS = 5_000
LEAST = 0.94
RUNS = (6, 9, 12, 20)
BUDGET = float(COSTS[-1])

Array = np.ndarray


def worlds() -> Iterator[tuple[str, World]]:
    """Every world, and the group it stands in."""
    yield "plain", World(clustered=False)
    yield "plain", World()
    yield "plain", World("heavy")
    yield "plain", World(prompts=200, clustered=False)
    yield "slow", World(slope=0.4)
    for prompts in (60, 200):
        yield "tight", World("tight", prompts=prompts, slope=0.4)
    for never, collapse in ((0.0, 0.5), (0.3, 0.2), (0.6, 0.0), (0.3, 0.5)):
        yield "never or collapse", World(never=never, collapse=collapse)
    yield "heavy, never", World("heavy", never=0.6)
    for never, collapse in ((0.0, 0.0), (0.3, 0.2)):
        yield "stopped early", World(never=never, collapse=collapse, early=0.25)


def cells(replications: int, seed: int) -> Iterator[dict[str, Any]]:
    """Every cell of every part."""
    for at, (group, world) in enumerate(worlds()):
        true = truth(world, np.random.default_rng([seed, 0, at]))
        for runs in RUNS:
            yield intervals(group, world, runs, true, replications, np.random.default_rng([seed, 1, at, runs]))
    yield from areas(replications, seed)
    yield from optimism(replications, seed)
    yield from ranks(replications, seed)
    yield from gibberish(replications, seed)


def intervals(
    group: str, world: World, runs: int, true: dict[str, float], replications: int, generator: np.random.Generator
) -> dict[str, Any]:
    """One world and number of runs."""
    held = {"median": 0, "tenth": 0, "broken": 0}
    others = {"prompts as they are": 0, "bootstrap of both": 0}
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
        if compared and i % 5 == 0:
            plain = cost_quantile(found.passages, 0.5, budget=BUDGET)
            others["prompts as they are"] += holds(plain, true["median"])
            low, high = bootstrap_of_both(seen, generator)
            others["bootstrap of both"] += low <= true["median"] <= high
    made: dict[str, Any] = {"of": "intervals", "group": group, "runs": runs} | asdict(world)
    made |= {name: value if np.isfinite(value) else "never" for name, value in true.items()}
    for name, count in held.items():
        made |= {f"{name}_held": count / replications, f"{name}_p": at_most(count, replications, LEAST)}
    if compared:
        made |= {name: count / len(range(0, replications, 5)) for name, count in others.items()}
    made |= {"median_beyond_budget": open_ends / replications}
    return made | ({"median_doublings_wide": round(float(np.mean(widths)), 2)} if widths else {})


def holds(found: CostQuantile, true: float) -> bool:
    """Whether the bounds allow the true cost, infinite where it is never reached; a low bound is at most the budget."""
    interval = found.interval
    assert isinstance(interval, CostInterval)
    below = isinstance(interval.high, Beyond) or true <= interval.high.cost
    return interval.low <= true and below


def bootstrap_of_both(seen: Curves, generator: np.random.Generator) -> tuple[float, float]:
    """Percentiles of the median cost over draws of prompts and of runs; costs between two looks at either end."""
    drawn = seen.passages(seen.relative(seen.draws(200, generator)), 0.5)
    draws, runs = drawn.kind.shape
    chosen = generator.integers(0, runs, (draws, runs))
    low, high = (
        np.sort(np.take_along_axis(ends, chosen, axis=1), axis=1)[:, (runs - 1) // 2]
        for ends in (_earliest(drawn), drawn.latest)
    )
    return over_draws(low[1:], 0.025), over_draws(high[1:], 0.975)


def _earliest(drawn: Passages) -> Array:
    return np.minimum(drawn.earliest, BUDGET)


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
    for group, other in product(("plain", "slow", "tight"), ("prompts as they are", "bootstrap of both")):
        worst = min((cell for cell in some if cell["group"] == group), key=lambda cell: cell[other])
        lines[f"median, {group}, {other}: held, least"] = f"{worst[other]:.4f} ({_named(worst)})"
    plain = [cell for cell in some if cell["group"] == "plain"]
    for runs in dict.fromkeys(cell["runs"] for cell in plain):
        here = [cell for cell in plain if cell["runs"] == runs]
        wide = np.mean([cell["median_doublings_wide"] for cell in here])
        beyond = np.mean([cell["median_beyond_budget"] for cell in here])
        lines[f"median, plain, {runs} runs: doublings wide; open upper end"] = f"{wide:.2f}; {beyond:.3f}"
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
