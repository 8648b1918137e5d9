"""Several differences looked at together: each by itself, and the largest of them, which was looked for."""

from collections.abc import Mapping
from dataclasses import dataclass

from holdfast.assure._estimates import largest_of
from holdfast.assure._twins import Twins, difference_of
from holdfast.evidence import Estimate, Plan
from holdfast.stats import Interval, holm, holm_levels


@dataclass(frozen=True, slots=True)
class Larger:
    """By how much the second side of pairs is larger, in each of several groups."""

    each: Mapping[str, Estimate]
    """At the level of the plan, by group."""
    p_adjusted: Mapping[str, float]
    """One-sided, by Holm."""
    largest: str
    """The group that gives the bound."""
    by: Estimate
    """The largest difference, its lower bound for all groups together."""


def larger_of(pairs: Mapping[str, Twins], plan: Plan, unit: str, *, called: str) -> Larger:
    """Every difference, and the largest with a bound that pays for having looked at all of them.

    Args:
        pairs: By group; at least one.
        plan: The level.
        unit: Of the pairs.
        called: What the groups are, for the method.

    Source:
        Each by the method of twins (`difference_of`); together by Bonferroni (`largest_of`); p-values by Holm.
    """
    each: dict[str, Estimate] = {}
    together: dict[str, Interval] = {}
    p_values: list[float] = []
    for (name, own), level in zip(pairs.items(), holm_levels([1.0] * len(pairs), plan.level), strict=True):
        found, each[name] = difference_of(own, plan, unit)
        _, sure = difference_of(own, plan, unit, level=level)
        together[name] = Interval(sure.low, sure.high)
        half = found.difference.p_value / 2
        p_values.append(half if each[name].value > 0 else 1 - half)
    largest, by = largest_of(each, together, called=called)
    return Larger(each, dict(zip(pairs, holm(p_values), strict=True)), largest, by)
