"""Statistics that cite their source and say what they assume.

`clopper_pearson` for a share (`wilson` and `jeffreys` beside it), `clustered_share` and `two_way_share` when samples
come in clusters, `with_missing` when some units have no label, `worst_stratum` for a claim about the worst of several
groups (`stratum_bounds` and `worst_clustered` where samples come in clusters), `hull_of` for all of them at once,
`detectable_share` and `units_to_settle` for what a sample size can decide. Two arms on the same items:
`paired_difference` and `sign_flip`, or `paired_proportions` and `mcnemar` from counts; on others:
`unpaired_difference` and `newcombe`, or `difference_apart` from two intervals; framings and items that cross:
`twin_difference`, `cue_effects`, `corrected_twin_difference`; then `equivalence` and `non_inferiority` against a
margin, `holm` for a family, `power_of_difference` and `power_by_resampling` before a run. `beyond_chance` for a share
against guessing; `evenness` and `evenness_bounds` for choices among a few places; `auroc` for how well a number tells
two populations apart, `ranked_share` and `ranked_difference`
within strata whose units come in clusters, `held_out_scores` for the number that a linear readout of features gives
to units it was not fitted on. Arms of an experiment with people: `ancova`, and `differential_attrition` and
`lee_bounds` for those who left; `people_for_effect` and `people_for_margin` before it.
Two raters: `cohen_kappa`, `krippendorff_alpha`, `gwet_ac1`. A judge that errs: `prediction_powered_share` and
`corrected_over_strata` with labels of the log, `corrected_share` with labels from elsewhere. `ShareSequence` and
`decided` to stop a run at any moment; `best_of_n` for many attempts on each item.
Cost to break: `first_passages` and `cumulative_incidence`, `cost_quantile` and `broken_share` of runs as they are,
`cost_to_break` and `resistance_area` with other prompts in mind, `capability_kept` and `below_floor` for what is no
break; `best_so_far`, `search_cost` and `re_estimated` for a search over configurations; `rank_correlation`.
`rank_intervals` for ranks, from pairs that were told apart.

Numbers in, numbers out: this package knows no rows, no claims and no verdicts, and uses NumPy and `scipy.special` only.
"""

from holdfast.stats._agreement import Agreement, cohen_kappa, gwet_ac1, krippendorff_alpha
from holdfast.stats._ancova import ArmEffect, ancova
from holdfast.stats._ancova_power import people_for_effect, people_for_margin
from holdfast.stats._apart import difference_apart
from holdfast.stats._approximate import jeffreys, wilson
from holdfast.stats._attrition import Attrition, differential_attrition
from holdfast.stats._auroc import Auroc, auroc
from holdfast.stats._best_of_n import AtBest, best_of_n
from holdfast.stats._beyond_chance import BeyondChance, beyond_chance
from holdfast.stats._binomial import Interval, at_most, clopper_pearson, coverage, probability_mass, with_missing
from holdfast.stats._broken_share import BrokenShare, broken_share
from holdfast.stats._capability_kept import below_floor, capability_kept
from holdfast.stats._clustered import Clustered, clustered_share, two_way_share
from holdfast.stats._cost_quantile import Beyond, Cost, CostInterval, CostQuantile, NoInterval, Reached, cost_quantile
from holdfast.stats._cost_to_break import CostToBreak, cost_to_break
from holdfast.stats._cue_effects import CueEffect, CueEffects, cue_effects
from holdfast.stats._curves import Curves, Prompts, SecondDraw
from holdfast.stats._design_effect import design_effect, intraclass_correlation
from holdfast.stats._difference_power import (
    clusters_for_difference,
    detectable_difference,
    power_by_resampling,
    power_of_difference,
)
from holdfast.stats._entropy import evenness, evenness_bounds
from holdfast.stats._equivalence import Equivalence, NonInferiority, equivalence, non_inferiority
from holdfast.stats._hull import hull_of
from holdfast.stats._incidence import Incidence, cumulative_incidence
from holdfast.stats._judge_calibration import Corrected, JudgeCheck, JudgeUninformative, corrected_share
from holdfast.stats._judge_error import corrected_over_strata, label_plan, prediction_powered_share
from holdfast.stats._lee_bounds import LeeBounds, lee_bounds
from holdfast.stats._matched import mcnemar, mcnemar_mid_p, paired_proportions
from holdfast.stats._multiplicity import benjamini_hochberg, holm, holm_levels
from holdfast.stats._optimism import OptimismGap, re_estimated, worst_configuration
from holdfast.stats._paired import Difference, paired_difference
from holdfast.stats._passage import Broke, Censored, Collapsed, Passage, Passages, first_passages
from holdfast.stats._power import chance_of_met, detectable_share, most_events_met, units_to_settle
from holdfast.stats._prompt_draws import prompt_draws
from holdfast.stats._rank_correlation import RankCorrelation, rank_correlation
from holdfast.stats._rank_intervals import RankInterval, rank_intervals
from holdfast.stats._ranked import Ranked, RankedDifference, ranked_difference, ranked_share
from holdfast.stats._readout import held_out_scores
from holdfast.stats._resistance_area import ResistanceArea, resistance_area, run_areas
from holdfast.stats._search_cost import SearchCost, best_so_far, search_cost
from holdfast.stats._sequential import ShareSequence, decided, fixed_n_for
from holdfast.stats._sign_flip import sign_flip
from holdfast.stats._strata import Tally, WorstStratum, mixture, worst_of, worst_stratum
from holdfast.stats._twin_judge import CorrectedTwins, corrected_twin_difference
from holdfast.stats._twins import TwinDifference, twin_difference
from holdfast.stats._unpaired import newcombe, unpaired_difference
from holdfast.stats._worst_clustered import Pairs, WorstClustered, pair_share, stratum_bounds, worst_clustered

__all__ = [
    "Agreement",
    "ArmEffect",
    "AtBest",
    "Attrition",
    "Auroc",
    "Beyond",
    "BeyondChance",
    "Broke",
    "BrokenShare",
    "Censored",
    "Clustered",
    "Collapsed",
    "Corrected",
    "CorrectedTwins",
    "Cost",
    "CostInterval",
    "CostQuantile",
    "CostToBreak",
    "CueEffect",
    "CueEffects",
    "Curves",
    "Difference",
    "Equivalence",
    "Incidence",
    "Interval",
    "JudgeCheck",
    "JudgeUninformative",
    "LeeBounds",
    "NoInterval",
    "NonInferiority",
    "OptimismGap",
    "Pairs",
    "Passage",
    "Passages",
    "Prompts",
    "RankCorrelation",
    "RankInterval",
    "Ranked",
    "RankedDifference",
    "Reached",
    "ResistanceArea",
    "SearchCost",
    "SecondDraw",
    "ShareSequence",
    "Tally",
    "TwinDifference",
    "WorstClustered",
    "WorstStratum",
    "ancova",
    "at_most",
    "auroc",
    "below_floor",
    "benjamini_hochberg",
    "best_of_n",
    "best_so_far",
    "beyond_chance",
    "broken_share",
    "capability_kept",
    "chance_of_met",
    "clopper_pearson",
    "clustered_share",
    "clusters_for_difference",
    "cohen_kappa",
    "corrected_over_strata",
    "corrected_share",
    "corrected_twin_difference",
    "cost_quantile",
    "cost_to_break",
    "coverage",
    "cue_effects",
    "cumulative_incidence",
    "decided",
    "design_effect",
    "detectable_difference",
    "detectable_share",
    "difference_apart",
    "differential_attrition",
    "equivalence",
    "evenness",
    "evenness_bounds",
    "first_passages",
    "fixed_n_for",
    "gwet_ac1",
    "held_out_scores",
    "holm",
    "holm_levels",
    "hull_of",
    "intraclass_correlation",
    "jeffreys",
    "krippendorff_alpha",
    "label_plan",
    "lee_bounds",
    "mcnemar",
    "mcnemar_mid_p",
    "mixture",
    "most_events_met",
    "newcombe",
    "non_inferiority",
    "pair_share",
    "paired_difference",
    "paired_proportions",
    "people_for_effect",
    "people_for_margin",
    "power_by_resampling",
    "power_of_difference",
    "prediction_powered_share",
    "probability_mass",
    "prompt_draws",
    "rank_correlation",
    "rank_intervals",
    "ranked_difference",
    "ranked_share",
    "re_estimated",
    "resistance_area",
    "run_areas",
    "search_cost",
    "sign_flip",
    "stratum_bounds",
    "twin_difference",
    "two_way_share",
    "units_to_settle",
    "unpaired_difference",
    "wilson",
    "with_missing",
    "worst_clustered",
    "worst_configuration",
    "worst_of",
    "worst_stratum",
]
