"""Ranks with intervals, from which of each pair is known to be above the other."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True)
class RankInterval:
    """The ranks that are left open; 1 is the highest.

    Attributes:
        low: The best of them.
        high: The worst of them.
    """

    low: int
    high: int


def rank_intervals(above: ArrayLike) -> tuple[RankInterval, ...]:
    """The ranks that each member of a set may have.

    Args:
        above: above[i, j] says that i is known to lie above j, by comparisons that are all right at once with the
            confidence wanted: simultaneous intervals of the differences that leave 0 out.

    Returns:
        For each member one more than are known to lie above it, up to their number less those that are known to lie
        below it. All intervals hold the true ranks at once, at least as often as the comparisons are all right; of
        equals every order counts as true.

    Raises:
        ValueError: Not a square table, a member above itself, or two that lie above each other.

    Assumptions:
        None beyond those of the comparisons, which may depend on each other in any way.

    Source:
        Al Mohamad, Goeman & van Zwet 2022, Biometrics 78:238 (from Tukey's pairwise comparisons; any simultaneous ones
        do).
    """
    known = np.asarray(above, dtype=bool)
    if known.ndim != 2 or known.shape[0] != known.shape[1]:
        raise ValueError(f"every member is compared with every other, not {known.shape}")
    if (known & known.T).any():
        raise ValueError("of two members at most one lies above the other, and none above itself")
    worse, better = known.sum(axis=1), known.sum(axis=0)
    count = known.shape[0]
    return tuple(RankInterval(1 + int(b), count - int(w)) for b, w in zip(better, worse, strict=True))
