"""What a sample of a given size can decide: said before money is spent, and beside every undecided verdict."""

from typing import Literal

from holdfast.stats._binomial import at_most, clopper_pearson

Op = Literal["<=", ">="]


def most_events_met(n: int, limit: float, *, level: float = 0.95) -> int:
    """The largest number of events among n whose whole exact interval is at most the limit; -1 when there is none."""
    low, high = -1, n
    while low < high:
        middle = (low + high + 1) // 2
        if clopper_pearson(middle, n, level=level).high <= limit:
            low = middle
        else:
            high = middle - 1
    return low


def chance_of_met(n: int, share: float, op: Op, limit: float, *, level: float = 0.95) -> float:
    """The probability that a claim is `met` with n independent units when the true share is known."""
    if op == ">=":
        share, limit = 1 - share, 1 - limit
    return at_most(most_events_met(n, limit, level=level), n, share)


def detectable_share(n: int, op: Op, limit: float, *, power: float = 0.8, level: float = 0.95) -> float | None:
    """The true share nearest to the limit at which n units would still give `met` with this probability.

    Returns:
        A share on the permitted side of the limit; a subject closer to the limit than this will probably be
        `undecided`. None when no share would do: n is too small for this limit.

    Source:
        Inversion of the exact binomial power function by bisection; ours.
    """
    edge = 0.0 if op == "<=" else 1.0
    if chance_of_met(n, edge, op, limit, level=level) < power:
        return None
    inner, outer = edge, limit
    for _ in range(40):
        middle = (inner + outer) / 2
        if chance_of_met(n, middle, op, limit, level=level) >= power:
            inner = middle
        else:
            outer = middle
    return inner


def units_to_settle(share: float, op: Op, limit: float, *, power: float = 0.8, level: float = 0.95) -> int | None:
    """Units of a fresh run that would give `met` with this probability if the true share were `share`.

    Returns:
        The size to the nearest 5 %, or None when the share lies on the wrong side of the limit or within 5 % of it
        (of 1 - limit for `>=`), where no reasonable run would settle it.
    """
    if op == ">=":
        share, limit = 1 - share, 1 - limit
    if limit - share <= 0.05 * limit:
        return None
    n = 20
    while n < 1_000_000:
        if chance_of_met(n, share, "<=", limit, level=level) >= power:
            return n
        n = max(n + 1, int(n * 1.05))
    return None
