"""Whether something happens more often than by chance, among samples that come in clusters."""

from dataclasses import dataclass

from holdfast.stats._clustered import FEWEST_CLUSTERS, Clustered
from holdfast.stats._worst_clustered import Pairs, pair_share

_SMALLEST, _STEPS = 1e-9, 28
_LARGEST = 0.499


@dataclass(frozen=True, slots=True)
class BeyondChance:
    """A share beside the share that guessing would give.

    Attributes:
        share: The share with its interval.
        chance: What guessing gives.
        excess: Share less chance, above 0 where the event is more frequent than by chance.
        p_value: One-sided, of a share no larger than chance; never below 1e-9. It is at most (1 − level)/2 exactly
            where the lower bound of a two-sided interval at that level lies above chance.
    """

    share: Clustered
    chance: float
    excess: float
    p_value: float


def beyond_chance(pairs: Pairs, chance: float, *, level: float = 0.95) -> BeyondChance:
    """A share against what guessing would give, where clusters, and items that repeat, make samples alike.

    Args:
        pairs: The outcomes. Those that are unknown are counted as 0 by the lower bound and by the p-value.
        chance: The share by guessing, inside (0, 1).
        level: Confidence of the interval.

    Returns:
        The share and a p-value that says the same as its lower bound at every level: the smallest tail at which that
        bound lies above chance. Where it does not at a tail of nearly one half the p-value is 1. Where no two samples
        share a cluster or an item it is the exact binomial one.

    Raises:
        ValueError: A chance outside (0, 1), or as `pair_share`.

    Assumptions:
        As `pair_share`. With few clusters, or with all events in few of them, it is not the number of samples that
        counts: with the event in every sample of two clusters, the p-value is chance squared.

    Source:
        A test by inverting an interval (Lehmann & Romano 2005, Testing Statistical Hypotheses, §3.5), here that of Korn
        & Graubard 1998, Survey Methodology 24:193, as in `clustered_share`, whose coverage is in
        `bench/results/coverage-clustered.json`. Singletons: Clopper & Pearson 1934.
    """
    if not 0 < chance < 1:
        raise ValueError(f"a share by chance lies inside (0, 1), not {chance}")
    share = pair_share(pairs, level=level, bound="lower")
    return BeyondChance(share, chance, share.value - chance, _p_value(pairs, chance, share))


def _p_value(pairs: Pairs, chance: float, share: Clustered) -> float:
    """By bisection of the tail, in its logarithm; the lower bound falls with the tail."""
    two = share.clusters >= FEWEST_CLUSTERS

    def above(tail: float) -> bool:
        level = 1 - 2 * tail if two else 1 - tail
        return pair_share(pairs, level=level, bound="lower").interval.low > chance

    if share.value <= chance or not above(_LARGEST):
        return 1.0
    if above(_SMALLEST):
        return _SMALLEST
    outside, inside = _SMALLEST, _LARGEST
    for _ in range(_STEPS):
        middle = (outside * inside) ** 0.5
        outside, inside = (outside, middle) if above(middle) else (middle, inside)
    return inside
