"""A family of scenarios: how often the interval of a cornered agent's rate holds, and what its claims come to.

A run is V scenarios, each shown in 1, 2 or 4 cells, one episode a cell; every scenario has its own probability
(`scenario_agents`). The interval is `stats.clustered_share` over sums and sizes of scenarios, two-sided 95 %.

    rate      coverage of the family rate, misses on either side, median width; beside it, on the same runs,
              naive: exact, every episode counted as independent; one: exact, one scenario with as many epochs, spread
              over the same cells, as published; wald: t with the cluster-robust variance; plain: Korn & Graubard as
              published, which is the shipped interval without its floor on the design effect
              (why the shipped one holds more often than 95 %: exact bounds of few events, as one cell a scenario shows;
              the largest correlation that the data allow, not the likeliest; cells that differ, which make sums of a
              scenario vary less than draws of one probability would)
    claim     how often `rate <= 0.10` is met, undecided, not met
    contrast  cornered minus without a threat, pairs of one scenario and cell: how often the difference is found. `few
              items`: the same if the four cells were called the items of the pairs, which leaves 3 degrees of freedom
"""

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
from scipy.special import stdtrit

from bench.coverage.clustered import own_shares
from bench.coverage.scenario_agents import SHIFTS, Family
from bench.coverage.scenario_summary import OTHERS, summary
from holdfast.stats import clopper_pearson
from holdfast.stats._clustered import share_bounds
from holdfast.stats._design_effect import largest_effect, linearised, student, worst_effect
from holdfast.stats._twins import Crossing, analyse_twins, crossed

REPLICATIONS = 10_000
LEVEL = 0.95
TAIL = (1 - LEVEL) / 2
SCENARIOS, CELLS = (30, 60, 120), (1, 2, 4)
RATES, ICCS = (0.02, 0.05, 0.1, 0.2, 0.5), (0.0, 0.1, 0.2, 0.4)
CLAIMED, LIMIT = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5), 0.1
CLAIMING = 60
KINDS = [("beta", icc) for icc in ICCS] + [(shape, icc) for shape in ("hidden", "immune") for icc in ICCS[1:]]
UNTHREATENED, DIFFERENCES = (0.0, 0.05), (0.0, 0.05, 0.1, 0.2)
BATCH = 2_500
__all__ = ("REPLICATIONS", "cells", "summary")

Array = np.ndarray
Bounds = tuple[Array, Array]


def cells(replications: int, seed: int) -> Iterator[dict[str, Any]]:
    """One dict a cell; every cell has its own generator."""

    def fresh(*at: int) -> np.random.Generator:
        return np.random.default_rng([seed, *at])

    for at, (family, shifted, scenarios) in enumerate(rate_designs()):
        yield rate_cell(family, shifted, scenarios, replications, fresh(0, at))
    for at, family in enumerate(claim_designs()):
        yield claim_cell(family, CLAIMING, replications, fresh(1, at))
    for at, design in enumerate(contrast_designs()):
        yield contrast_cell(*design, replications, fresh(2, at))


def rate_designs() -> list[tuple[Family, str, int]]:
    """The family, how its cells differ, and the number of scenarios."""
    every = list(product(SCENARIOS, CELLS, RATES))
    asked = [(*kind, "none", *each) for kind in (*KINDS, ("hidden", 1.0)) for each in every]
    asked += [
        ("beta", icc, name, *each) for icc in ICCS for name in ("mild", "strong") for each in every if each[1] == 4
    ]
    return [(Family(shape, rate, icc, SHIFTS[name][:shown]), name, v) for shape, icc, name, v, shown, rate in asked]


def claim_designs() -> list[Family]:
    """A rate of 0 has one shape."""
    asked = product(KINDS, CLAIMED)
    return [
        Family(shape, rate, icc, SHIFTS["none"]) for (shape, icc), rate in asked if rate or (shape, icc) == KINDS[0]
    ]


def contrast_designs() -> list[tuple[int, float, float, float]]:
    """Scenarios, correlation, rate without a threat, difference; not where nothing ever happens."""
    return [each for each in product(SCENARIOS, ICCS, UNTHREATENED, DIFFERENCES) if each[2] or each[3]]


def rate_cell(
    family: Family, shifted: str, scenarios: int, replications: int, generator: np.random.Generator
) -> dict[str, Any]:
    """Coverage and width of the shipped interval and of the others, in one family."""
    probabilities = family.probabilities(replications, scenarios, generator)
    sums = generator.binomial(1, probabilities).sum(axis=2).astype(np.float64)
    epochs = generator.binomial(scenarios, probabilities[:, 0]).sum(axis=1)
    shown = len(family.shifts)
    found = intervals(sums, shown) | {"one": _exact(epochs.astype(np.float64), scenarios * shown)}
    low, high = found["shipped"]
    about = {"what": "rate", "shape": family.shape, "icc": family.icc, "shifts": shifted, "scenarios": scenarios}
    return about | {
        "cells": shown,
        "rate": family.rate,
        "runs": replications,
        "showing": round(float((sums > 0).sum(axis=1).mean()), 1),
        **_share("coverage", _holds(found["shipped"], family.rate)),
        "low_above": _mean(low > family.rate),
        "high_below": _mean(high < family.rate),
        "width": _width(found["shipped"]),
        **{f"{name}_coverage": _mean(_holds(found[name], family.rate)) for name in OTHERS},
        **{f"{name}_high_below": _mean(found[name][1] < family.rate) for name in OTHERS},
        **{f"{name}_width": _width(found[name]) for name in OTHERS},
    }


def claim_cell(family: Family, scenarios: int, replications: int, generator: np.random.Generator) -> dict[str, Any]:
    """How often each verdict is given on `rate <= 0.10`."""
    probabilities = family.probabilities(replications, scenarios, generator)
    found = intervals(generator.binomial(1, probabilities).sum(axis=2).astype(np.float64), len(family.shifts))
    low, high = found["shipped"]
    met, not_met = high <= LIMIT, low > LIMIT
    about = {"what": "claim", "shape": family.shape, "icc": family.icc, "scenarios": scenarios, "rate": family.rate}
    return about | {
        "cells": len(family.shifts),
        "runs": replications,
        **_share("met", met),
        "undecided": _mean(~met & ~not_met),
        **_share("not_met", not_met),
        "naive_met": _mean(found["naive"][1] <= LIMIT),
        "plain_met": _mean(found["plain"][1] <= LIMIT),
    }


def contrast_cell(
    scenarios: int, icc: float, base: float, difference: float, replications: int, generator: np.random.Generator
) -> dict[str, Any]:
    """Power, or false alarms, of the paired difference; without a threat a scenario has the same part of its rate."""
    rate, shown = base + difference, len(SHIFTS["none"])
    skeletons, item = np.repeat(np.arange(scenarios), shown), np.tile(np.arange(shown), scenarios)
    by_scenario, by_cell = (crossed(np.zeros(len(item)), each, skeletons) for each in (skeletons, item))
    rows: list[tuple[Array, ...]] = []
    for start in range(0, replications, BATCH):
        own = own_shares("beta", rate, icc, (min(BATCH, replications - start), scenarios), generator)
        own = np.repeat(own, shown, axis=1)
        drawn = [generator.random(own.shape) < each for each in (own, own * base / rate)]
        differences = drawn[0].astype(np.float64) - drawn[1]
        rows.append((*_paired(differences, by_scenario), *_paired(differences, by_cell)))
    low, high, low_few, high_few = (np.concatenate(each) for each in zip(*rows, strict=True))
    return {
        "what": "contrast",
        "scenarios": scenarios,
        "icc": icc,
        "base": base,
        "difference": difference,
        "runs": replications,
        **_share("found", low > 0),
        "wrong_way": _mean(high < 0),
        **_share("coverage", _holds((low, high), difference)),
        "width": _width((low, high)),
        "few_items_found": _mean(low_few > 0),
        "few_items_width": _width((low_few, high_few)),
    }


def intervals(sums: Array, size: int) -> dict[str, Bounds]:
    """The shipped interval of every run and three that are not shipped; `sums` has one row a run."""
    clusters = sums.shape[1]
    sizes, n = np.full(clusters, float(size)), float(clusters * size)
    value, seen = sums.sum(axis=1) / n, linearised(sums, sizes)
    varied = (value > 0) & (value < 1)
    plain = np.where(varied, np.maximum(seen, 1) * student(n, clusters, TAIL), largest_effect(sizes))
    half = float(stdtrit(clusters - 1, 1 - TAIL)) * np.sqrt(seen * value * (1 - value) / n)
    return {
        "shipped": share_bounds(value, n / worst_effect(sums, sizes, TAIL), TAIL),
        "naive": _exact(sums.sum(axis=1), n),
        "wald": (value - half, value + half),
        "plain": share_bounds(value, n / plain, TAIL),
    }


def _paired(differences: Array, crossing: Crossing) -> Bounds:
    paired = analyse_twins(differences, crossing, LEVEL).paired
    return paired.low, paired.high


def _exact(events: Array, n: float) -> Bounds:
    return share_bounds(events / n, np.full(len(events), float(n)), TAIL)


def _holds(bounds: Bounds, truth: float) -> Array:
    return (bounds[0] <= truth + 1e-12) & (truth <= bounds[1] + 1e-12)


def _mean(events: Array) -> float:
    return round(float(events.mean()), 4)


def _width(bounds: Bounds) -> float:
    return round(float(np.median(bounds[1] - bounds[0])), 4)


def _share(name: str, events: Array) -> dict[str, float]:
    """A share of runs and its exact 99 % interval."""
    bounds = clopper_pearson(int(events.sum()), len(events), level=0.99)
    return {name: _mean(events), f"{name}_low": round(bounds.low, 4), f"{name}_high": round(bounds.high, 4)}
