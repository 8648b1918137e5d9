"""The finding of a claim that nothing was measured for."""

from typing import Final

from holdfast.evidence import Absent, Claim, Counts, Finding, of_claim

ONLY_AN_EXAM: Final = "only an exam tunes a model that is known to be as weak beside the subject"
"""Why a claim that goes beyond a matched model is not tested of any other check."""
NO_COUNTS: Final = Counts(total=0, scored=0, unscorable=0, skipped=0)


def untested(claim: Claim, reason: str, access: str, counts: Counts = NO_COUNTS) -> Finding:
    """`not tested`, with the reason wherever a finding would hold something measured.

    Args:
        claim: What was asked.
        reason: What would have to change for there to be a value.
        access: What could be looked at.
        counts: Samples that are there all the same, where the claim could not use them.
    """
    nothing = Absent(absent="not tested", reason=reason)
    return Finding(
        **of_claim(claim),
        verdict="not tested",
        reason=reason,
        estimate=nothing,
        events=nothing,
        stratum=nothing,
        control=nothing,
        calibration=nothing,
        ability=nothing,
        judge_error=nothing,
        counts=counts,
        access=access,
        steering=(),
    )
