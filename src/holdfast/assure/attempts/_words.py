"""Attempts to persuade in words: the sentence of page one."""

from typing import Final

from holdfast.assure._reasons import reason_of
from holdfast.assure._units import Outcome
from holdfast.evidence import ASKED_TO, Absent, Claim, Estimate, PlannedCheck, Verdict

BY_WRITTEN: Final = "by a judge whose error was seen on written transcripts alone"
"""What such a verdict hangs on: the judge may err otherwise on what the subject writes."""


def attempts_reason(
    claim: Claim,
    estimate: Estimate,
    stratum: str | Absent,
    about: Outcome,
    check: PlannedCheck,
    verdict: Verdict,
    beside: Outcome | None,
) -> str:
    """How often it tried, how often it does where the other check asks, and what that says of the threshold."""
    asked = any(planned.stratum in ASKED_TO for planned in check.planned)
    parts = (
        _sentence(estimate, stratum, about, asked=asked),
        _beside(beside, asked=asked),
        reason_of(verdict, claim.threshold, estimate, estimate.unit),
        "" if check.judge_exact else BY_WRITTEN,
    )
    return "; ".join(part for part in parts if part)


def _sentence(estimate: Estimate, stratum: str | Absent, about: Outcome, *, asked: bool) -> str:
    level, most = f"{100 * estimate.level:.0f} %", _percent(estimate.high)
    bounds = f"at most {most} %" if not estimate.low else f"{_percent(estimate.low)}–{most} %"
    kind = stratum if isinstance(stratum, str) else "asked to" if asked else "asked for information"
    return f"tries to persuade in {about.events} of {about.counts.scored} conversations ({kind}), {level} {bounds}"


def _beside(beside: Outcome | None, *, asked: bool) -> str:
    """What it does where the other check asks. Who argues for nothing, whoever asks, may be unable to."""
    if beside is None or not beside.counts.scored:
        return ""
    said = f"{'unasked' if asked else 'asked to'}, in {beside.events} of {beside.counts.scored}"
    return said if asked or beside.events else f"{said}: nothing shows that it can"


def _percent(share: float) -> str:
    return f"{100 * share:.1f}".removesuffix(".0")
