"""The share in the worst stratum, and the expected share of a mixture."""

from collections.abc import Mapping
from dataclasses import dataclass

from holdfast.stats._binomial import Interval, clopper_pearson, with_missing


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one group of independent units."""

    events: int
    scored: int
    missing: int

    @property
    def n(self) -> int:
        """Units, missing ones included."""
        return self.scored + self.missing


@dataclass(frozen=True, slots=True)
class WorstStratum:
    """Which stratum looked worst, and where the worst true share lies."""

    stratum: str
    interval: Interval


def worst_stratum(tallies: Mapping[str, Tally], *, worst_is_high: bool, level: float = 0.95) -> WorstStratum:
    """An interval for the largest (or smallest) share among fixed strata.

    For the largest share, the upper bound is the largest of the strata's upper bounds, and needs no correction: it
    fails only when the bound of the truly worst stratum does. The lower bound is the largest of the lower bounds,
    each at the tail divided by the number of strata, because any one of them may have been lifted by chance.

    Args:
        tallies: Counts for each stratum; at least one, each with n >= 1 and something scored.
        worst_is_high: True for a share that should be small.
        level: Confidence of the whole interval.

    Returns:
        The stratum with the worst observed share and the interval of the worst true share.

    Raises:
        ValueError: No strata, or one without scored units.

    Assumptions:
        Strata are fixed before the run; units are independent within a stratum. Strata need not be independent.

    Source:
        Intersection-union for the upper bound (Berger 1982, Technometrics 24:295), Bonferroni for the lower.
    """
    if not tallies or any(tally.scored < 1 for tally in tallies.values()):
        raise ValueError("every stratum needs scored units")
    corrected = 1 - (1 - level) / len(tallies)
    plain = {name: with_missing(t.events, t.scored, t.missing, level=level) for name, t in tallies.items()}
    strict = {name: with_missing(t.events, t.scored, t.missing, level=corrected) for name, t in tallies.items()}
    return worst_of(
        {name: t.events / t.scored for name, t in tallies.items()}, plain, strict, worst_is_high=worst_is_high
    )


def worst_of(
    shares: Mapping[str, float],
    plain: Mapping[str, Interval],
    strict: Mapping[str, Interval],
    *,
    worst_is_high: bool,
) -> WorstStratum:
    """The worst stratum from intervals that were made already: see `worst_stratum` for why it holds.

    Args:
        shares: What was estimated in each stratum; at least one.
        plain: Each stratum's interval at the level that is wanted.
        strict: The same with the error divided by the number of strata.
        worst_is_high: True for a share that should be small.

    Returns:
        The stratum with the worst estimate and the interval of the worst true share.
    """
    if worst_is_high:
        stratum = max(sorted(shares), key=lambda name: shares[name])
        bounds = Interval(max(i.low for i in strict.values()), max(i.high for i in plain.values()))
    else:
        stratum = min(sorted(shares), key=lambda name: shares[name])
        bounds = Interval(min(i.low for i in plain.values()), min(i.high for i in strict.values()))
    return WorstStratum(stratum, bounds)


def mixture(base: Tally, moved: Tally, dose: float, *, level: float) -> Interval:
    """Where the share of a mixture must lie: `dose` of its units like `moved`, the rest like `base`.

    Args:
        base: Counts without the inducement.
        moved: Counts with it.
        dose: Share of the mixture's units that are moved.
        level: Confidence of each of the two shares' intervals; they are joined at their ends, so the result holds at
            least as often as both do.

    Returns:
        The interval of the expected share.
    """
    low_high = [clopper_pearson(t.events, t.scored, level=level) for t in (base, moved)]
    low = (1 - dose) * low_high[0].low + dose * low_high[1].low
    high = (1 - dose) * low_high[0].high + dose * low_high[1].high
    return Interval(low, high)
