"""Statistics that cite their source and say what they assume.

`clopper_pearson` for a share, `with_missing` when some units have no label, `worst_stratum` for a claim about the worst
of several groups, `detectable_share` and `units_to_settle` for what a sample size can decide.

Numbers in, numbers out: this package knows no rows, no claims and no verdicts, and uses NumPy and `scipy.special` only.
"""

from holdfast.stats._binomial import Interval, at_most, clopper_pearson, coverage, probability_mass, with_missing
from holdfast.stats._power import chance_of_met, detectable_share, most_events_met, units_to_settle
from holdfast.stats._strata import Tally, WorstStratum, mixture, worst_stratum

__all__ = [
    "Interval",
    "Tally",
    "WorstStratum",
    "at_most",
    "chance_of_met",
    "clopper_pearson",
    "coverage",
    "detectable_share",
    "mixture",
    "most_events_met",
    "probability_mass",
    "units_to_settle",
    "with_missing",
    "worst_stratum",
]
