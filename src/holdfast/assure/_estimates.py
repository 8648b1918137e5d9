"""Outcomes as estimates: the only place where counts become numbers with intervals."""

from collections.abc import Mapping

from holdfast.assure._units import Outcome, pooled
from holdfast.evidence import Absent, Estimate
from holdfast.stats import Difference, Interval, Ranked, RankedDifference, with_missing, worst_of, worst_stratum

EXACT = "Clopper–Pearson"
EXACT_MISSING = "Clopper–Pearson, missing units counted both ways"


def exact_share(
    events: int, scored: int, unit: str, *, missing: int = 0, level: float = 0.95, clusters: int | None = None
) -> Estimate:
    """The share of independent units that showed an event, with its exact interval: see `stats.with_missing`."""
    interval = with_missing(events, scored, missing, level=level)
    return Estimate(
        value=events / scored,
        low=interval.low,
        high=interval.high,
        level=level,
        n=scored + missing,
        clusters=clusters or scored + missing,
        method=EXACT_MISSING if missing else EXACT,
        unit=unit,
    )


def share_of(outcome: Outcome, unit: str, *, level: float = 0.95) -> Estimate | Absent:
    """The share of units that showed the event, or why there is none."""
    tally = outcome.tally
    if not tally.scored:
        return _nothing(outcome)
    return exact_share(tally.events, tally.scored, unit, missing=tally.missing, level=level)


def interval_estimate(
    found: Difference | Ranked | RankedDifference, level: float, unit: str, how: str = ""
) -> Estimate:
    """A difference, or an area under the curve, with its interval; `how` stands before the method."""
    return Estimate(
        value=found.value,
        low=found.interval.low,
        high=found.interval.high,
        level=level,
        n=found.n,
        clusters=found.clusters,
        method=f"{how}{found.method}",
        unit=unit,
    )


def worst_share(
    strata: Mapping[str, Outcome], unit: str, *, worst_is_high: bool, level: float = 0.95
) -> tuple[str, Estimate | Absent]:
    """The stratum with the worst observed share, and the interval of the worst true share."""
    empty = [name for name, outcome in strata.items() if not outcome.tally.scored]
    if empty or not strata:
        return (empty[0] if empty else "none"), _nothing(pooled(strata.values()))
    tallies = {name: outcome.tally for name, outcome in strata.items()}
    worst = worst_stratum(tallies, worst_is_high=worst_is_high, level=level)
    tally = tallies[worst.stratum]
    exact = EXACT_MISSING if any(tally.missing for tally in tallies.values()) else EXACT
    plain, strict = ("above", "below") if worst_is_high else ("below", "above")
    sides = f"intersection-union {plain}, Bonferroni {strict}"
    estimate = Estimate(
        value=tally.events / tally.scored,
        low=worst.interval.low,
        high=worst.interval.high,
        level=level,
        n=tally.n,
        clusters=tally.n,
        method=f"worst of {len(strata)} strata, n of the worst seen: {exact}, {sides}",
        unit=unit,
    )
    return worst.stratum, estimate


def _nothing(outcome: Outcome) -> Absent:
    return Absent(absent="undetermined", reason=outcome.why_missing or "there was nothing to score")


def largest_of(
    estimates: Mapping[str, Estimate], together: Mapping[str, Interval], *, called: str = ""
) -> tuple[str, Estimate]:
    """The one that gives the lower bound, or the largest where none is above zero; bounds for the largest true one.

    Args:
        estimates: By name, at the level of the claim; at least one.
        together: Their intervals at a level that holds for all of them together.
        called: What they are, for the method.

    Source:
        Its lower bound by Bonferroni, its upper by intersection–union (Berger 1982, Technometrics 24:295).
    """
    worst = worst_of(
        {name: estimate.value for name, estimate in estimates.items()},
        {name: Interval(estimate.low, estimate.high) for name, estimate in estimates.items()},
        together,
        worst_is_high=True,
    )
    found = worst.interval.low > 0
    largest = max(estimates, key=lambda name: together[name].low if found else estimates[name].value)
    estimate = estimates[largest]
    how = f"largest of {len(estimates)}{called}, its lower bound for all together (Bonferroni); {estimate.method}"
    bounds = {"low": worst.interval.low, "high": worst.interval.high, "method": how}
    return largest, estimate.model_copy(update=bounds)
