# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
"""How the share of runs that have broken rises with cost, where others collapse and others are still open."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from holdfast.stats._passage import Broke, Censored, Collapsed, Passage

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

_STEPS = 20_000
_DIGITS = 9
_ROUGH, _CLOSE, _FLAT = 1e-6, 1e-12, 1e-6
_LEAST = (1e-2, 1e-3, 1e-4, 1e-6, 0.0)


@dataclass(frozen=True, slots=True)
class Incidence:
    """Two curves that rise with cost; every array has one entry a cost.

    Attributes:
        costs: Every cost at which some run was looked at, rising.
        broke: The share of runs that have broken by then. A step whose place between two looks is not known is counted
            where it must have happened.
        collapsed: The share that have collapsed.
        after: For each cost where the step of `broke` that ends there begins: it happened after that.
        steps: Steps of the iteration; 0 where the life table gave the answer.
    """

    costs: Array
    broke: Array
    collapsed: Array
    after: Array
    steps: int

    def broken_by(self, cost: float) -> float:
        """The share that had broken by this cost; 0 before the first look."""
        at = int(np.searchsorted(self.costs, cost, side="right")) - 1
        return float(self.broke[at]) if at >= 0 else 0.0


def cumulative_incidence(passages: Sequence[Passage]) -> Incidence:
    """The share of runs that have broken by each cost, with collapse as a competing risk.

    Runs on one grid give the life table. Where grids differ the likelihood is made as large as it can be, by the
    iteration in which each run is shared out over where it may have broken as all runs together say.

    Args:
        passages: One for each run.

    Returns:
        Both curves. Mass that no run places is left for later: neither broken nor collapsed.

    Raises:
        ValueError: No run, or a cost that is negative, not finite, or does not rise from `after` to `by`; an iteration
            that does not settle.

    Assumptions:
        Runs are independent, and stop for reasons that have nothing to do with how they would have gone on (a run that
        is stopped because it does not break voids this).

    Source:
        Aalen & Johansen 1978, Scand. J. Statist. 5:141, which on one grid is the life table; Turnbull 1976, J. R.
        Statist. Soc. B 38:290, and with competing risks Hudgens, Satten & Longini 2001, Biometrics 57:74, for the
        iteration and for the places that can hold mass; Gentleman & Geyer 1994, Biometrika 81:618, for when it is over.
    """
    costs = _costs(passages)
    shared = all(isinstance(each, Censored) or _neighbours(each, costs) for each in passages)
    return _life_table(passages, costs) if shared else _turnbull(passages, costs)


def _life_table(passages: Sequence[Passage], costs: Array) -> Incidence:
    events = np.zeros((2, len(costs)))
    left = np.zeros(len(costs) + 1)
    for each in passages:
        if isinstance(each, Censored):
            left[np.searchsorted(costs, each.after) + 1] += 1
        else:
            at = np.searchsorted(costs, each.by)
            events[int(isinstance(each, Collapsed)), at] += 1
            left[at + 1] += 1
    at_risk = len(passages) - np.cumsum(left)[:-1]
    hazard = events / np.maximum(at_risk, 1)
    before = np.concatenate([[1.0], np.cumprod(1 - hazard.sum(axis=0))[:-1]])
    broke, collapsed = np.cumsum(before * hazard, axis=1).round(_DIGITS)
    return Incidence(costs, broke, collapsed, np.concatenate([costs[:1], costs[:-1]]), 0)


def _turnbull(passages: Sequence[Passage], costs: Array) -> Incidence:
    """The iteration over the places that may hold mass: an interval of the grid for each cause, and later."""
    may = np.stack([_places(each, costs) for each in passages])
    classes = _largest(may)
    within = may[:, [each[0] for each in classes]].astype(np.float64)
    mass, steps = _iterate(within)
    both = np.zeros((2, len(costs)))
    after = np.concatenate([costs[:1], costs[:-1]])
    for share, places in zip(mass, classes, strict=True):
        if places[0] < 2 * len(costs):
            cause, last = divmod(places[-1], len(costs))
            both[cause, last] += share
            if cause == 0:
                after[last] = costs[max(places[0] - 1, 0)]
    broke, collapsed = np.cumsum(both, axis=1).round(_DIGITS)
    return Incidence(costs, broke, collapsed, after, steps)


def _iterate(within: Array) -> tuple[Array, int]:
    """The mass of each place, and how many steps it took.

    A place that ends with none approaches it ever more slowly. So places with little are left out, the rest is
    iterated to the end, and the result stands if no place that was left out would make the likelihood larger.
    """
    mass, steps = _settle(within, np.full(within.shape[1], 1 / within.shape[1]), _ROUGH)
    for least in _LEAST:
        kept = mass >= least
        if within[:, kept].any(axis=1).all():
            some, more = _settle(within[:, kept], mass[kept] / mass[kept].sum(), _CLOSE)
            steps += more
            if _slopes(within, within[:, kept] @ some).max() <= 1 + _FLAT:
                mass[:] = 0.0
                mass[kept] = some
                return mass, steps
    raise ValueError(f"the iteration did not settle within {steps} steps")


def _settle(within: Array, mass: Array, close: float) -> tuple[Array, int]:
    for step in range(1, _STEPS + 1):
        new = mass * _slopes(within, within @ mass)
        if np.abs(new - mass).max() < close:
            return new, step
        mass = new
    return mass, _STEPS


def _slopes(within: Array, chance: Array) -> Array:
    """By how much the mean log likelihood rises with the mass of each place; at its largest never above 1."""
    return (within / chance[:, None]).mean(axis=0)


def _largest(may: Flags) -> list[list[int]]:
    """Places that hold mass where the likelihood is largest: no other place suits the same runs and more.

    Places that suit the same runs are one class; a class is left out if another suits all of its runs and more.
    """
    classes: dict[bytes, list[int]] = {}
    for place in range(may.shape[1]):
        classes.setdefault(may[:, place].tobytes(), []).append(place)
    sets = [(may[:, places[0]], places) for places in classes.values()]
    kept = [
        places
        for runs, places in sets
        if runs.any() and not any((other & runs).sum() == runs.sum() < other.sum() for other, _ in sets)
    ]
    later = may.shape[1] - 1
    return [[later] if later in places else _joined(places) for places in kept]


def _joined(places: list[int]) -> list[int]:
    """Neighbouring places of a class; the first stretch, where it has several that no run tells apart."""
    end = next((i for i in range(1, len(places)) if places[i] != places[i - 1] + 1), len(places))
    return places[:end]


def _places(passage: Passage, costs: Array) -> Flags:
    """Which places one run allows: breaking in each interval that ends at a cost, collapsing in each, or later."""
    inside = np.zeros((2, len(costs)), dtype=np.bool_)
    if isinstance(passage, Censored):
        inside[:] = costs > passage.after
        return np.append(inside.ravel(), True)
    ends = (costs > passage.after) & (costs <= passage.by) if passage.after < passage.by else costs == passage.by
    inside[int(isinstance(passage, Collapsed))] = ends
    return np.append(inside.ravel(), False)


def _neighbours(passage: Broke | Collapsed, costs: Array) -> bool:
    return int(np.searchsorted(costs, passage.by) - np.searchsorted(costs, passage.after)) <= 1


def _costs(passages: Sequence[Passage]) -> Array:
    if not passages:
        raise ValueError("there is no curve without a run")
    known = [(each.after, each.after if isinstance(each, Censored) else each.by) for each in passages]
    if not all(0 <= after <= by < np.inf for after, by in known):
        raise ValueError("costs are finite, 0 or more, and rise from `after` to `by`")
    return np.unique(np.array(known))
