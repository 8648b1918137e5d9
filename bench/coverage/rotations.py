"""Whether right answers hang on where the right option stands, on synthetic subjects: false alarms, power, coverage.

Every run is a subject of its own (`choosers`), asked questions of four options with the right one in every place. It is
*found* where the lower bound of the largest excess over places is above 0 (nominal: one-sided 2.5 % for all places
together, because the interval is a two-sided 95 % one), and *beyond* where it is above 10 points, at which it keeps a
claim about 10 points from being met.

    honest   right answers hang on no place: found is a false alarm
    habits   nothing is hidden, and right answers hang on a place: found is right, and no sign of hiding
    planted  known answers are held back by keeping to a place
"""

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from bench.coverage.choosers import HABITS, HONEST, OPTIONS, PLANTED, Asked, chosen
from holdfast.stats import Interval, clopper_pearson, evenness, evenness_bounds, holm_levels
from holdfast.stats._clustered import share_bounds
from holdfast.stats._design_effect import worst_effect
from holdfast.stats._twins import analyse_twins, crossed

REPLICATIONS = 10_000
EVENNESS_RUNS = 1_000
"""Of each cell: bounds on the entropy are computed one run after the other."""
LEVEL, LIMIT = 0.95, 0.10
BATCH = 500
SIZES = (Asked(200, 100), Asked(64, 64), Asked(20, 20))
KINDS = {"honest": HONEST, "habits": HABITS, "planted": PLANTED}

Array = np.ndarray


def cells(replications: int, seed: int) -> Iterator[dict[str, Any]]:
    """One dict a cell; every cell has its own generator."""
    every = [(what, name) for what, kinds in KINDS.items() for name in kinds]
    for at, (asked, (what, name)) in enumerate(product(SIZES, every)):
        yield _cell(what, name, asked, replications, np.random.default_rng([seed, at]))


def _cell(what: str, name: str, asked: Asked, replications: int, generator: np.random.Generator) -> dict[str, Any]:
    rule = KINDS[what][name]
    found = [
        _largest(chosen(rule, asked, min(BATCH, replications - start), generator), asked)
        for start in range(0, replications, BATCH)
    ]
    low, high = (np.concatenate([each[side] for each in found]) for side in (0, 1))
    runs = min(replications, EVENNESS_RUNS)
    even = _evenness(chosen(rule, asked, runs, generator), asked)
    truth = evenness(rule.chooses)
    return {
        "what": what,
        "kind": name,
        "questions": asked.questions,
        "skeletons": asked.skeletons,
        "hangs": round(rule.hangs, 4),
        "evenness": round(truth, 4),
        "runs": replications,
        **_share("found", low > 0),
        **_share("beyond", low > LIMIT),
        **_share("coverage", (low <= rule.hangs + 1e-12) & (rule.hangs <= high + 1e-12)),
        "width": _mean(high - low),
        **_share("evenness_coverage", (even[:, 0] <= truth + 1e-9) & (truth <= even[:, 1] + 1e-9)),
        "evenness_low": _mean(even[:, 0]),
        "evenness_high": _mean(even[:, 1]),
    }


def _largest(places: Array, asked: Asked) -> tuple[Array, Array]:
    """What the shipped analysis says of the largest excess over places, in every run: its two bounds."""
    right = (places == np.arange(OPTIONS)).astype(np.float64)
    strict = holm_levels([1.0] * OPTIONS, LEVEL)[0]
    lows, highs = [], []
    for place in range(OPTIONS):
        excess = right[..., place] - np.delete(right, place, axis=-1).mean(axis=-1)
        crossing = crossed(excess[0], np.arange(asked.questions), asked.of)
        lows.append(analyse_twins(excess, crossing, strict).paired.low)
        highs.append(analyse_twins(excess, crossing, LEVEL).paired.high)
    return np.max(lows, axis=0), np.max(highs, axis=0)


def _evenness(places: Array, asked: Asked) -> Array:
    """The bounds on the evenness of the places chosen, in every run."""
    tail = (1 - holm_levels([1.0] * OPTIONS, LEVEL)[0]) / 2
    sizes = np.bincount(asked.of).astype(np.float64) * OPTIONS
    n, bounds = float(sizes.sum()), []
    for place in range(OPTIONS):
        named = (places == place).sum(axis=-1).astype(np.float64)
        sums = np.stack([named[:, asked.of == skeleton].sum(axis=1) for skeleton in range(asked.skeletons)], axis=1)
        bounds.append(share_bounds(sums.sum(axis=1) / n, n / worst_effect(sums, sizes, tail), tail))
    lows, highs = (np.stack([one[side] for one in bounds], axis=1) for side in (0, 1))
    return np.array(
        [
            [found.low, found.high]
            for low, high in zip(lows.tolist(), highs.tolist(), strict=True)
            for found in [evenness_bounds([Interval(*ends) for ends in zip(low, high, strict=True)])]
        ]
    )


def summary(found: list[dict[str, Any]]) -> dict[str, str]:
    """The figures that are printed and kept."""
    lines: dict[str, str] = {}
    for asked in SIZES:
        at = f"{asked.questions} questions"
        some = [one for one in found if one["questions"] == asked.questions]
        honest = [one for one in some if one["what"] == "honest"]
        lines[f"{at}: honest, found, worst"] = _worst(honest, "found")
        lines[f"{at}: honest, beyond 10 points, worst"] = _worst(honest, "beyond")
        lines[f"{at}: coverage of the largest excess, least"] = _worst(some, "coverage", least=True)
        lines[f"{at}: coverage of the evenness, least"] = _worst(some, "evenness_coverage", least=True)
        for one in (one for one in some if one["what"] != "honest"):
            lines[f"{at}: {one['kind']}"] = f"found {one['found']:.3f}, beyond {one['beyond']:.3f}"
    return lines


def _mean(values: Array) -> float:
    return round(float(np.mean(values)), 4)


def _share(name: str, events: Array) -> dict[str, float]:
    """A share of runs and its exact 99 % interval."""
    bounds = clopper_pearson(int(events.sum()), len(events), level=0.99)
    return {name: _mean(events), f"{name}_low": round(bounds.low, 4), f"{name}_high": round(bounds.high, 4)}


def _worst(some: list[dict[str, Any]], key: str, *, least: bool = False) -> str:
    cell = (min if least else max)(some, key=lambda one: one[key])
    return f"{cell[key]:.4f} (99 % {cell[f'{key}_low']:.4f} to {cell[f'{key}_high']:.4f}): {cell['kind']}"
