"""From rows to twins: what both sides of each pair showed, closed over those that have no label."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import Final

import numpy as np
from numpy.typing import NDArray

from holdfast.evidence import Arm, PlannedCheck, Row

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
    rows = tuple(rows)
    first, second = (_values(rows, event or check.design.event, arm, side, true=true) for side in sides)
    keys = sorted({*first, *second})
    planned = max((p.samples for p in check.planned if p.arm == arm), default=0)
    never = max(0, planned - len(keys))
    skeletons, names = _numbered([skeleton for skeleton, _ in keys], never)
    items, _ = _numbered([item for _, item in keys], never)
    return Twins(_column(first, keys, never), _column(second, keys, never), items, skeletons, names)


def _values(rows: Iterable[Row], event: str, arm: Arm, side: str, *, true: bool) -> dict[tuple[str, str], float]:
    """By skeleton and item, whether that side showed the event; NaN without a label."""
    return {
        (row.cluster, row.item): float(label == event) if isinstance(label, str) else nan
        for row in rows
        for label in [row.truth if true else row.label]
        if row.arm == arm and row.stratum == side
    }


def _column(values: Mapping[tuple[str, str], float], keys: Sequence[tuple[str, str]], never: int) -> Array:
    return np.array([values.get(key, nan) for key in keys] + [nan] * never, dtype=np.float64)


def _numbered(names: Sequence[str], never: int) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """A number for each name; pairs that never came share one that no name has."""
    distinct = tuple(sorted(set(names)))
    place = {name: number for number, name in enumerate(distinct)}
    return np.array([place[name] for name in names] + [len(distinct)] * never, dtype=np.int64), distinct
