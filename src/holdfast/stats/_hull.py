"""The span of several quantities that are estimated from the same data."""

from collections.abc import Sequence

from holdfast.stats._binomial import Interval


def hull_of(intervals: Sequence[Interval], *, wider: float = 0.0) -> Interval:
    """From the lowest to the highest of several intervals: an interval for the whole set of what they are about.

    Args:
        intervals: Two-sided ones of the same level, one for each member of the set; at least one.
        wider: By how much it reaches further on either side, within [0, 1].

    Returns:
        The span. Where every interval holds its level with the error divided equally between its two sides, it holds
        *all* the true shares at once with at least that level, however the estimates depend on each other and however
        many there are: it reaches too little upward only if the bound of the truly highest member does, too little
        downward only if that of the truly lowest does. It is more often right than that where the members lie close
        together. It says nothing about any share that is not among them.

    Raises:
        ValueError: No interval, or `wider` below zero.

    Assumptions:
        The members are fixed beforehand, or are left out for reasons other than their shares. What `wider` adds has no
        level: it is an allowance, not an interval.

    Source:
        Intervals for a set that is known only between two bounds: Horowitz & Manski 2000, J. Amer. Statist. Assoc.
        95:77, §3. Why no correction is needed: intersection–union, Berger 1982, Technometrics 24:295. Simulated in
        `tests/stats/test_hull.py`.
    """
    if not intervals or wider < 0:
        raise ValueError("a hull is of at least one interval, and is made wider, not narrower")
    low, high = min(one.low for one in intervals), max(one.high for one in intervals)
    return Interval(max(low - wider, 0.0), min(high + wider, 1.0))
