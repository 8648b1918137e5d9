"""How evenly choices fall on a few places: the entropy of their shares, and what it may be."""

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from holdfast.stats._binomial import Interval

Array = NDArray[np.float64]
_HALVINGS = 60
_ROUNDED = 1e-9


def evenness(shares: Sequence[float]) -> float:
    """The entropy of these shares, as a part of what even ones have: 1 where all are alike, 0 where one has all.

    Args:
        shares: At least two, none below 0, which sum to 1.

    Raises:
        ValueError: They are no such shares.

    Source:
        Shannon 1948, Bell Syst. Tech. J. 27:379, §6; as a part of its largest value: Pielou 1966, J. Theor. Biol.
        13:131.
    """
    found = np.asarray(shares, dtype=np.float64)
    if found.ndim != 1 or found.size < 2 or not (found >= 0).all() or abs(found.sum() - 1) > _ROUNDED:
        raise ValueError("shares of at least two places are not below 0 and sum to 1")
    return min(1.0, float(_entropies(found[None])[0] / np.log(found.size)))


def evenness_bounds(shares: Sequence[Interval]) -> Interval:
    """The least and the largest `evenness` of all shares that lie within bounds of their own.

    Args:
        shares: Bounds for each share, which hold for all together; some shares that sum to 1 lie within them.

    Returns:
        Two bounds that hold whenever those of the shares do. They are wider than needed: shares that are out at one end
        everywhere are not excluded. At 1 no interval of another kind would hold, since no value lies above.

    Raises:
        ValueError: Fewer than two shares, bounds outside [0, 1], or no shares within them sum to 1.

    Source:
        Bounds that hold together for the shares of a multinomial: Goodman 1965, Technometrics 7:247. Whatever is
        computed from the shares is then bounded as well. Entropy is concave: its least value lies in a corner, where
        all shares but one are at a bound; its largest where they are as alike as bounds allow. Measured in
        `bench/results/coverage-rotations.json`.
    """
    low, high = (np.array([getattr(one, side) for one in shares]) for side in ("low", "high"))
    if len(low) < 2 or not ((low >= 0) & (low <= high) & (high <= 1)).all():
        raise ValueError("bounds of at least two shares lie between 0 and 1")
    if low.sum() > 1 + _ROUNDED or high.sum() < 1 - _ROUNDED:
        raise ValueError("no shares within these bounds sum to 1")
    most = float(np.log(len(low)))
    least = float(_entropies(_corners(low, high)).min()) / most
    largest = float(_entropies(_most_alike(low, high)[None])[0]) / most
    return Interval(max(0.0, least), min(1.0, largest))


def _entropies(shares: Array) -> Array:
    """Of each row, in nats."""
    return np.sum(shares * -np.log(np.where(shares > 0, shares, 1.0)), axis=1) + 0.0


def _corners(low: Array, high: Array) -> Array:
    """Every choice of shares that sums to 1 with all but one at a bound."""
    found: list[Array] = []
    for free in range(len(low)):
        ends = [(at_least, at_most) if place != free else (0.0,) for place, (at_least, at_most) in _both(low, high)]
        corners = np.array(list(product(*ends)))
        corners[:, free] = 1 - corners.sum(axis=1)
        inside = (corners[:, free] >= low[free] - _ROUNDED) & (corners[:, free] <= high[free] + _ROUNDED)
        found.append(np.clip(corners[inside], 0.0, 1.0))
    return np.concatenate(found)


def _both(low: Array, high: Array) -> list[tuple[int, tuple[float, float]]]:
    return list(enumerate(zip(low.tolist(), high.tolist(), strict=True)))


def _most_alike(low: Array, high: Array) -> Array:
    """The shares that lie as near to one level as their bounds allow, the level being where they sum to 1."""
    under, over = 0.0, 1.0
    for _ in range(_HALVINGS):
        level = (under + over) / 2
        if np.clip(level, low, high).sum() < 1:
            under = level
        else:
            over = level
    return np.clip(over, low, high)
