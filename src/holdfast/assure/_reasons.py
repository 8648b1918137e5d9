"""Why a verdict is what it is, in a sentence."""

from holdfast.evidence import Absent, Estimate, Threshold, Verdict
from holdfast.stats import units_to_settle


def why_absent(estimate: Estimate | Absent) -> str:
    """What stands where a value would; empty where there is one."""
    return estimate.reason if isinstance(estimate, Absent) else ""


def reason_of(verdict: Verdict, threshold: Threshold, estimate: Estimate, unit: str) -> str:
    """The sentence under a verdict that a threshold gave; for `undecided`, what would settle it."""
    if verdict != "undecided":
        return f"the whole interval lies {'inside' if verdict == 'met' else 'beyond'} the threshold"
    if estimate.sides != "two":
        bound = "upper" if estimate.sides == "upper" else "lower"
        return (
            f"{estimate.clusters} clusters give one {bound} bound, which does not lie inside the threshold; "
            "an interval needs at least 10 independent clusters"
        )
    if estimate.clusters < estimate.n:
        return "the interval reaches across the threshold; more independent clusters would narrow it, more samples less"
    enough = units_to_settle(estimate.value, threshold.share_op, threshold.value)
    hint = (
        f"a fresh run of about {enough} {unit} would settle a true {estimate.value:.1%}"
        if enough
        else "what was observed is too near the threshold, or beyond it, for a larger run to make it met"
    )
    return f"the interval reaches across the threshold; {hint}"
