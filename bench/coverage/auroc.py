"""How often intervals hold the area under the curve, where few planted subjects are told from few clean ones.

Each run draws as many planted as clean subjects from a world with a known area. Worlds: both sides normal and spread
alike; planted ones spread three times as wide; numbers so coarse that most of the clean ones tie (as adjusted p-values
do at 1); some recipes that are not planted at all, in truth; and some that lie below every clean one. The last is the
worst that any continuous world can be (Birnbaum & Klose 1957, Ann. Math. Statist. 28:929).
"""

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from holdfast.stats import clopper_pearson
from holdfast.stats._auroc import auroc_bounds, logit_bounds, score_bounds

REPLICATIONS = 10_000
LEVEL = 0.95
SIDES = (8, 16, 50)
AREAS = (0.8, 0.9, 0.95, 0.99)
WORLDS = ("alike", "planted wide", "coarse", "some not planted", "some below all")
BATCH = 500
_WIDE, _FAR, _COARSE = 3.0, 40.0, np.arange(0.5, 8, 0.25)

Array = np.ndarray


def cells(replications: int, seed: int) -> Iterator[dict[str, Any]]:
    """One dict a cell."""
    for at, (world, side, area) in enumerate(product(WORLDS, SIDES, AREAS)):
        yield cell(world, side, area, replications, np.random.default_rng([seed, at]))


def cell(world: str, side: int, area: float, replications: int, generator: np.random.Generator) -> dict[str, Any]:
    """How often each interval misses the truth on either side, and its width."""
    value, variance = np.concatenate(
        [_placed(*drawn(world, side, area, runs, generator)) for runs in _portions(replications)], axis=1
    )
    truth = truth_of(world, area)
    half = float(ndtri((1 + LEVEL) / 2)) * np.sqrt(variance)
    found = {
        "shipped": auroc_bounds(value, variance, side, side, LEVEL),
        "score": score_bounds(value, side, side, LEVEL),
        "logit": logit_bounds(value, variance, LEVEL),
        "plain": (value - half, value + half),
    }
    made: dict[str, Any] = {"world": world, "side": side, "area": round(truth, 4), "runs": len(value)}
    for name, (low, high) in found.items():
        held = (low <= truth) & (truth <= high)
        made[name] = round(float(held.mean()), 4)
        if name == "shipped":
            bounds = clopper_pearson(int(held.sum()), len(held), level=0.99)
            made |= {"shipped_low": round(bounds.low, 4), "shipped_high": round(bounds.high, 4)}
            made |= {"lies_below": round(float((low > truth).mean()), 4), "width": round(float((high - low).mean()), 4)}
    return made


def drawn(world: str, side: int, area: float, runs: int, generator: np.random.Generator) -> tuple[Array, Array]:
    """Planted and clean numbers, each of shape (runs, side)."""
    planted, clean = generator.standard_normal((2, runs, side))
    if world in ("alike", "coarse"):
        planted = planted + 2**0.5 * ndtri(area)
    elif world == "planted wide":
        planted = _WIDE * planted + (1 + _WIDE**2) ** 0.5 * ndtri(area)
    else:
        left = generator.random((runs, side)) < (1 - area) * (2 if world == "some not planted" else 1)
        planted = planted + np.where(left, 0.0 if world == "some not planted" else -_FAR, _FAR)
    if world == "coarse":
        planted, clean = np.digitize(planted, _COARSE), np.digitize(clean, _COARSE)
    return planted, clean


def truth_of(world: str, area: float) -> float:
    """The area itself; coarse numbers have a smaller one, because what ties is told apart no more."""
    if world != "coarse":
        return area
    edges = np.concatenate([[-np.inf], _COARSE, [np.inf]])
    planted, clean = np.diff(ndtr(edges - 2**0.5 * ndtri(area))), np.diff(ndtr(edges))
    return float(planted @ (np.cumsum(clean) - clean / 2))


def summary(found: list[dict[str, Any]]) -> dict[str, str]:
    """The least coverage of each interval, world by world."""
    lines: dict[str, str] = {}
    for world in WORLDS:
        some = [one for one in found if one["world"] == world]
        for name in ("shipped", "score", "logit", "plain"):
            least = min(some, key=lambda one: one[name])
            lines[f"{world}: {name}, least"] = f"{least[name]:.3f} ({least['side']} a side, area {least['area']})"
    for side in SIDES:
        one = next(c for c in found if (c["world"], c["side"], c["area"]) == (WORLDS[0], side, 0.95))
        lines[f"mean width at 0.95, {side} a side"] = f"{one['width']:.3f}"
    return lines


def _placed(planted: Array, clean: Array) -> Array:
    """The area that was seen and DeLong's variance of it; shape (2, runs)."""
    above = (planted[:, :, None] > clean[:, None]) + 0.5 * (planted[:, :, None] == clean[:, None])
    parts = [above.mean(axis=axis) for axis in (2, 1)]
    return np.stack([above.mean(axis=(1, 2)), sum(part.var(axis=1, ddof=1) / part.shape[1] for part in parts)])


def _portions(replications: int) -> list[int]:
    return [min(BATCH, replications - start) for start in range(0, replications, BATCH)]
