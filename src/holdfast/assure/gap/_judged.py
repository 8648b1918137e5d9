"""A gap by a judge that may err, and may err differently on the two sides: corrected by true labels of some skeletons.

A judge that is stricter with what looks like a test makes a gap where there is none, whatever its error is on average.
So the correction is of the difference itself, over skeletons drawn before the run in which both sides have true labels.
"""

import numpy as np

from holdfast.assure._twins import BOTH_WAYS, FEWEST_SKELETONS, Twins
from holdfast.evidence import Absent, Estimate, JudgeError, Plan, PlannedCheck
from holdfast.stats import Difference, corrected_twin_difference

_BY_SIDE = Absent(absent="not applicable", reason="it differs by side, and the difference is corrected as a whole")


def corrected_gap(
    judged: Twins, true: Twins, estimate: Estimate, check: PlannedCheck, plan: Plan
) -> tuple[Estimate, JudgeError] | None:
    """The gap with the judge's error in it, and what true labels say of that.

    Args:
        judged: The pairs by the judge's word.
        true: The same pairs by true labels, unknown where there is none.
        estimate: The gap by the judge's word alone.
        check: Its truth sample says in which skeletons true labels were to be given.
        plan: The level.

    Returns:
        None where no skeleton was to get true labels, or fewer than ten were: the gap is then uncorrected. A pair
        without a label, the judge's or a true one that was to be given, counts both ways.
    """
    drawn = _drawn(judged, check)
    if len(np.unique(judged.skeletons[drawn])) < FEWEST_SKELETONS or not true.where(drawn).complete.skeletons_seen:
        return None
    low, high = (_bound(judged, true, drawn, plan, up=up) for up in (False, True))
    middle = (low.value + high.value) / 2
    by = check.truth_sample.by if check.truth_sample else ""
    labels = len(true.where(drawn).complete.items)
    made = estimate.model_copy(
        update={
            "value": middle,
            "low": low.interval.low,
            "high": high.interval.high,
            "method": f"{high.method}; {BOTH_WAYS}",
        }
    )
    reason = (
        f"the judge alone found a gap of {100 * estimate.value:+.1f} points; with true labels of {labels} pairs "
        f"(by {by}) it is {100 * middle:+.1f}"
    )
    error = JudgeError(
        reading="corrected",
        reason=reason,
        labels=labels,
        uncorrected=estimate,
        sensitivity=_BY_SIDE,
        specificity=_BY_SIDE,
    )
    return made, error


def _drawn(pairs: Twins, check: PlannedCheck) -> np.ndarray:
    """Which pairs lie in skeletons that were to get true labels."""
    sample = check.truth_sample
    held = [sample is not None and sample.holds(name) for name in pairs.names]
    return np.array([*held, False])[np.minimum(pairs.skeletons, len(held))]


def _bound(judged: Twins, true: Twins, drawn: np.ndarray, plan: Plan, *, up: bool) -> Difference:
    """The corrected difference with every missing label counted to one side."""
    said = judged.extreme(up=up)
    known = np.where(drawn, true.extreme(up=up), np.nan)
    return corrected_twin_difference(said, known, judged.items, judged.skeletons, level=plan.level).difference
