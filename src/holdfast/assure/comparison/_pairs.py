"""Two logs' columns of one check, item by item."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from holdfast.assure._columns import Columns, fault_of, not_a_share, total_of
from holdfast.evidence import LoggedCheck

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Side:
    """The items of one log: means over their attempts; every array has shape (items,)."""

    names: tuple[str, ...]
    requests: tuple[str, ...]
    means: Array
    """Among the attempts with a value; NaN where none has one."""
    lowest: Array
    """Had every attempt without a value shown no event."""
    highest: Array
    """Had every one of them shown it."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """One check in both logs."""

    check: LoggedCheck
    """B's; which way is worse is A's word where B has none."""
    a: Columns
    b: Columns
    differences: Array
    """B minus A for each item in both that has a value on both sides."""
    lowest: Array
    """B minus A, each missing value counted downwards: every item in both, then those that one side lacks."""
    highest: Array
    clusters: NDArray[np.int64]
    """Of the same items: what shares a cluster in either log shares one here."""
    known: NDArray[np.bool_]
    """Which of the items in both have a value on both sides."""
    only_a: int
    only_b: int
    changed: int
    """Items of one name that were asked differently: not paired."""

    @property
    def n(self) -> int:
        """Items in both."""
        return len(self.known)

    @property
    def never(self) -> float:
        """Planned samples that never came, as a share of all samples: A's and B's shares added."""
        return sum(1 - side.n / max(1, total_of(side)) for side in (self.a, self.b))

    def doubt(self, max_missing: float) -> str:
        """Why a paired difference says too little of all items; empty where most are in both."""
        if not self.n:
            return ""
        for one, other, only in (("A", "B", self.only_a), ("B", "A", self.only_b)):
            unmatched, total = only + self.changed, self.n + only + self.changed
            if unmatched > max_missing * total:
                return (
                    f"{unmatched} of {total} items of {one} are not in {other}: a paired difference is about the items "
                    "in both, and the missing ones are seldom missing by chance"
                )
        return ""


def pair(a: Columns, b: Columns) -> Pairs:
    """Match the items of two logs by name, and by what was asked where both logs say it."""
    left, right = _side(a), _side(b)
    place = {name: at for at, name in enumerate(right.names)}
    named = [(at, place[name]) for at, name in enumerate(left.names) if name in place]
    same = [(i, j) for i, j in named if _alike(left.requests[i], right.requests[j])]
    i, j = (np.array([pair[side] for pair in same], dtype=np.int64) for side in (0, 1))
    known = ~np.isnan(left.means[i]) & ~np.isnan(right.means[j])
    only_a, only_b = np.setdiff1d(np.arange(len(left.names)), i), np.setdiff1d(np.arange(len(right.names)), j)
    joined, at = _joined(a, b)
    return Pairs(
        check=b.check if b.check.higher_is != "unknown" else _towards(b.check, a.check),
        a=a,
        b=b,
        differences=(right.means[j] - left.means[i])[known],
        lowest=np.concatenate((right.lowest[j] - left.highest[i], -left.highest[only_a], right.lowest[only_b] - 1)),
        highest=np.concatenate((right.highest[j] - left.lowest[i], 1 - left.lowest[only_a], right.highest[only_b])),
        clusters=joined[np.concatenate((i, only_a, at[only_b]))],
        known=known,
        only_a=len(left.names) - len(named),
        only_b=len(right.names) - len(named),
        changed=len(named) - len(same),
    )


def why_not_compared(a: Columns, b: Columns, max_missing: float) -> tuple[str, bool] | None:
    """Why two logs' values of one check are not to be compared, and whether that is a fault of a run; or None."""
    for side, columns in (("A", a), ("B", b)):
        if fault := not_a_share(columns):
            return f"{side}: {fault}", False
        if fault := fault_of(columns, max_missing):
            return f"{side}: {fault}", True
    if a.check.version and b.check.version and a.check.version != b.check.version:
        return f"different versions of the check: {a.check.version} in A, {b.check.version} in B", False
    if a.check.event != b.check.event:
        return f"the check counts another event: {a.check.event} in A, {b.check.event} in B", False
    if {a.check.higher_is, b.check.higher_is} == {"better", "worse"}:
        ways = f"A says that more is {a.check.higher_is}, B that it is {b.check.higher_is}"
        return ways, False
    return None


def _towards(check: LoggedCheck, other: LoggedCheck) -> LoggedCheck:
    return check.model_copy(update={"higher_is": other.higher_is})


def _side(columns: Columns) -> Side:
    scored, codes, size = columns.scored, columns.items, len(columns.item_names)
    sums = np.bincount(codes, weights=np.where(scored, columns.values, 0.0), minlength=size)
    known = np.bincount(codes, weights=scored, minlength=size)
    attempts = np.bincount(codes, minlength=size)
    with np.errstate(invalid="ignore"):
        means = sums / known
    return Side(
        names=columns.item_names,
        requests=columns.requests,
        means=means,
        lowest=sums / attempts,
        highest=(sums + attempts - known) / attempts,
    )


def _alike(one: str, other: str) -> bool:
    return not one or not other or one == other


def _joined(a: Columns, b: Columns) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Clusters that are independent in both logs, by item; and the place there of each of B's items.

    A's items stand first, then those of B alone. Items that share a cluster in either log are joined, and so is what
    hangs together through others: A against B then has the same clusters as B against A.
    """
    names = {name: place for place, name in enumerate(dict.fromkeys((*a.item_names, *b.item_names)))}
    at = np.array([names[name] for name in b.item_names], dtype=np.int64)
    found = np.arange(len(names))
    while True:
        least = found.copy()
        for items, clusters in ((a.items, a.clusters), (at[b.items], b.clusters)):
            first = np.full(clusters.max(initial=0) + 1, len(names))
            np.minimum.at(first, clusters, least[items])
            np.minimum.at(least, items, first[clusters])
        # What a cluster was called so far takes the new name too: long chains then close in few rounds.
        np.minimum.at(least, found, least.copy())
        least = least[least]
        if np.array_equal(least, found):
            return found, at
        found = least
