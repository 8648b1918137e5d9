"""The difference of two shares that were estimated apart, from their intervals alone."""

from holdfast.stats._binomial import Interval


def difference_apart(value_a: float, a: Interval, value_b: float, b: Interval) -> Interval:
    """An interval for the share in B minus the share in A.

    Args:
        value_a: The share in A.
        a: Its two-sided interval.
        value_b: The share in B.
        b: Its two-sided interval, of the same level; the difference has that level too.

    Returns:
        Bounds of B − A, each in [-1, 1]. They hold the difference of the two values wherever each interval holds its
        own.

    Assumptions:
        The two estimates are independent. Whatever clusters or errors of a judge each carries, its interval allows for.

    Source:
        Zou & Donner 2008, Statist. Med. 27:1693 (MOVER), of which Newcombe 1998, Statist. Med. 17:873, method 10, is
        the case of two binomial shares.
    """
    value = value_b - value_a
    below = ((value_b - b.low) ** 2 + (a.high - value_a) ** 2) ** 0.5
    above = ((b.high - value_b) ** 2 + (value_a - a.low) ** 2) ** 0.5
    return Interval(max(value - below, -1.0), min(value + above, 1.0))
