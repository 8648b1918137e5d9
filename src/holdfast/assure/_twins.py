"""From rows to twins: what both sides of each pair showed, closed over those that have no label."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import Final

import numpy as np
from numpy.typing import NDArray

from holdfast.assure._reading import clustered_estimate
from holdfast.assure._units import numbered
from holdfast.evidence import PLACEBO_SIDES, Absent, Arm, Estimate, Plan, PlannedCheck, Row
from holdfast.stats import Pairs, TwinDifference, clopper_pearson, pair_share, twin_difference

Array = NDArray[np.float64]

FEWEST_SKELETONS: Final = 10
"""Below that nothing is said about framings in general, only about those that were asked."""
BOTH_WAYS: Final = "pairs without a label on both sides counted both ways"
"""What is added to a method that `Twins.extreme` was needed for."""


@dataclass(frozen=True, slots=True)
class Twins:
    """Pairs of one arm, one entry each; a side without a label is NaN."""

    first: Array
    second: Array
    items: NDArray[np.int64]
    skeletons: NDArray[np.int64]
    names: tuple[str, ...]
    """Of the skeletons, by their number."""

    @property
    def complete(self) -> "Twins":
        """Those with a label on both sides."""
        return self.where(~np.isnan(self.first) & ~np.isnan(self.second))

    def where(self, wanted: NDArray[np.bool_]) -> "Twins":
        """A part of the pairs."""
        return Twins(self.first[wanted], self.second[wanted], self.items[wanted], self.skeletons[wanted], self.names)

    @property
    def skeletons_seen(self) -> int:
        """How many skeletons have a pair."""
        return len(np.unique(self.skeletons))

    @property
    def items_seen(self) -> int:
        """How many items have a pair."""
        return len(np.unique(self.items))

    def differences(self) -> Array:
        """Second minus first, NaN where either has no label."""
        return self.second - self.first

    def extreme(self, *, up: bool) -> Array:
        """Second minus first, every missing label counted so that it comes out as large or as small as it can."""
        return np.where(np.isnan(self.second), float(up), self.second) - np.where(
            np.isnan(self.first), float(not up), self.first
        )


def twins_of(
    rows: Iterable[Row],
    check: PlannedCheck,
    arm: Arm,
    sides: Sequence[str],
    *,
    true: bool = False,
    event: str = "",
) -> Twins:
    """The pairs of one arm; those of which nothing came at all are pairs of a skeleton of their own.

    Args:
        rows: The check's.
        check: What was planned.
        arm: Whose pairs.
        sides: The stratum of the first side, and of the second.
        true: Whether the true labels are taken, and not the scorer's.
        event: The label that counts; the check's own where none is given.
    """
    first, second = sides
    return twins_between(rows, check, (arm, first), (arm, second), true=true, event=event)


def twins_between(
    rows: Iterable[Row],
    check: PlannedCheck,
    first: tuple[Arm, str],
    second: tuple[Arm, str],
    *,
    true: bool = False,
    event: str = "",
) -> Twins:
    """The pairs of two arms and strata; where the arms differ, those that the second was asked.

    Args:
        rows: The check's.
        check: What was planned.
        first: Arm and stratum of the first side.
        second: Of the second.
        true: Whether the true labels are taken, and not the scorer's.
        event: The label that counts; the check's own where none is given.
    """
    rows = tuple(rows)
    wanted = event or check.design.event
    before, after = (values_of(rows, wanted, *side, true=true) for side in (first, second))
    keys = sorted({*before, *after}) if first[0] == second[0] else sorted(after)
    planned = max((p.samples for p in check.planned if p.arm == second[0]), default=0)
    never = max(0, planned - len(keys))
    skeletons, items, names = pair_codes(keys, never)
    return Twins(_column(before, keys, never), _column(after, keys, never), items, skeletons, names)


def difference_of(
    pairs: Twins, plan: Plan, unit: str, *, level: float | None = None
) -> tuple[TwinDifference, Estimate]:
    """The difference of complete pairs, and the same with the missing ones counted both ways."""
    level = level or plan.level
    complete = pairs.complete
    found = _twins(complete.differences(), complete, plan, level)
    low, high, method = found.difference.interval.low, found.difference.interval.high, found.difference.method
    if len(complete.items) < len(pairs.items):
        low = min(low, _twins(pairs.extreme(up=False), pairs, plan, level).difference.interval.low)
        high = max(high, _twins(pairs.extreme(up=True), pairs, plan, level).difference.interval.high)
        method = f"{method}; {BOTH_WAYS}"
    return found, Estimate(
        value=found.difference.value,
        low=low,
        high=high,
        level=level,
        n=len(pairs.items),
        clusters=pairs.skeletons_seen,
        method=method,
        unit=unit,
    )


def _twins(differences: Array, pairs: Twins, plan: Plan, level: float) -> TwinDifference:
    generator = np.random.default_rng(plan.seed)
    return twin_difference(differences, pairs.items, pairs.skeletons, level=level, generator=generator)


def side_share(values: Array, pairs: Twins, plan: Plan, unit: str) -> Estimate | Absent:
    """The share of one side of the pairs, clustered by skeleton, and by item where items repeat."""
    side = Pairs(values, pairs.skeletons, pairs.items)
    if not side.scored.any():
        return Absent(absent="not tested", reason="it has no label")
    return clustered_estimate(pair_share(side, level=plan.level), plan.level, unit)


def placebo_of(rows: Sequence[Row], check: PlannedCheck, plan: Plan) -> tuple[Estimate | Absent, str | None]:
    """The difference between twins that should show none, and what it says against the run where it is one."""
    neutral = twins_of(rows, check, "placebo", PLACEBO_SIDES)
    if neutral.complete.skeletons_seen < FEWEST_SKELETONS:
        return Absent(absent="not tested", reason="too few placebo twins have labels on both sides"), None
    _, placebo = difference_of(neutral, plan, check.design.unit)
    _, strict = difference_of(neutral, plan, check.design.unit, level=plan.control_level)
    moved = strict.low > 0 or strict.high < 0
    fault = f"placebo twins differ, by {100 * placebo.value:+.1f} points: not only cues move it" if moved else None
    return placebo, fault


def unseen_share(skeletons: int, plan: Plan) -> float:
    """The share of all skeletons that may depart wholly although none of these did.

    A few differing pairs make an interval narrower than none do; what was never drawn is excluded by number alone.
    """
    return clopper_pearson(0, skeletons, level=plan.level).high


def values_of(
    rows: Iterable[Row], event: str, arm: Arm, side: str, *, true: bool = False
) -> dict[tuple[str, str], float]:
    """By skeleton and item, whether that side showed the event; NaN without a label."""
    return {
        (row.cluster, row.item): float(label == event) if isinstance(label, str) else nan
        for row in rows
        for label in [row.truth if true else row.label]
        if row.arm == arm and row.stratum == side
    }


def _column(values: Mapping[tuple[str, str], float], keys: Sequence[tuple[str, str]], never: int) -> Array:
    return np.array([values.get(key, nan) for key in keys] + [nan] * never, dtype=np.float64)


def pair_codes(
    keys: Sequence[tuple[str, str]], never: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], tuple[str, ...]]:
    """Numbers of the skeletons and of the items, and the names of the skeletons.

    Pairs that never came share a skeleton and an item that no name has.
    """
    skeletons, items = ([key[side] for key in keys] for side in (0, 1))
    names = tuple(sorted(set(skeletons)))
    codes = (np.append(numbered(each), np.full(never, len(set(each)), dtype=np.int64)) for each in (skeletons, items))
    first, second = codes
    return first, second, names
