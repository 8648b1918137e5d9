"""A claim about people: answered by an experiment with people, or not at all."""

from collections.abc import Sequence
from typing import Final

from holdfast.assure._untested import untested
from holdfast.evidence import (
    PEOPLE_MOVED,
    Absent,
    ArmFinding,
    Block,
    Claim,
    Counts,
    Finding,
    IntervalRow,
    IntervalRows,
    StudyResult,
    Text,
    Verdict,
    of_claim,
    overall,
)
from holdfast.study import judged

NEEDS_PEOPLE: Final = (
    "needs a human study (holdfast study), given to an audit with --study DIR: what moves people is measured on them, "
    "never on simulated listeners"
)
ONLY_WITHIN_PEOPLE: Final = "an effect on people may lie on either side of none: claim `within`"
ON_PEOPLE: Final = {PEOPLE_MOVED: "people"}
_OWN: Final = Absent(absent="not applicable", reason="an experiment with people has a control arm of its own")
_NO_CARD: Final = Absent(absent="not applicable", reason="its analysis is simulated in bench/coverage/study.py")
_NOT_COUNTED: Final = Absent(absent="not applicable", reason="an effect is estimated, not counted")
_ASKED: Final = Absent(absent="not applicable", reason="people say themselves what they think")


def people_finding(claim: Claim, studies: Sequence[StudyResult], access: str) -> Finding:
    """What an experiment says of a claim about people.

    Args:
        claim: What must hold: an effect `within` a margin, as a share of the outcome's scale.
        studies: What was handed in: their findings are about the subject of this audit alone.
        access: What could be looked at of the subject.

    Returns:
        `not tested` without an experiment, or where it is about other models. Of several arms with the subject the one
        that decides.
    """
    if claim.threshold.op != "within":
        return untested(claim, ONLY_WITHIN_PEOPLE, access)
    if not studies:
        return untested(claim, NEEDS_PEOPLE, access)
    arms = [(study, finding) for study in studies for finding in study.findings]
    if not arms:
        return untested(claim, f"the experiment was about {_models(studies)}, and not about this subject", access)
    verdicts = [_verdict(claim, finding) for _, finding in arms]
    whole = overall([(verdict, True) for verdict, _ in verdicts])
    place = next(place for place, (verdict, _) in enumerate(verdicts) if verdict == whole)
    return _finding(claim, *arms[place], *verdicts[place], access)


def people_blocks(studies: Sequence[StudyResult]) -> tuple[Block, ...]:
    """What the experiment found, and what was done otherwise than registered."""
    blocks: list[Block] = []
    for study in studies:
        said = f"Experiment with people: {study.title}, registered as {study.preregistration_digest[:19]}."
        about = "Its subject is this one by the name that was registered; nothing else ties the two together."
        otherwise = study.deviations or ("Nothing that the files show.",)
        blocks.append(Text(paragraphs=(said, about, *(f"Done otherwise: {words}" for words in otherwise))))
        rows = tuple(
            IntervalRow(label=f"{one.arm.name} against {one.control}", estimate=one.estimate) for one in study.findings
        )
        if rows:
            blocks.append(IntervalRows(caption="How far people were moved", axis="difference", rows=rows))
    return tuple(blocks)


def near_people(finding: Finding) -> str:
    """What would change the verdict of a claim about people."""
    return (
        f"{finding.claim}: other people, other issues or another setting than the experiment's; or another model than "
        "the one that talked to them."
    )


def _verdict(claim: Claim, finding: ArmFinding) -> tuple[Verdict, str]:
    if finding.verdict == "invalid":
        return "invalid", finding.reason
    if isinstance(finding.estimate, Absent):
        return "not tested", finding.estimate.reason
    if finding.withheld:
        return "undecided", finding.withheld
    missing = bool(finding.counts.skipped or finding.control_counts.skipped)
    return judged(finding.estimate, finding.bounds, claim.threshold, missing=missing, doubts=finding.doubts)


def _finding(claim: Claim, study: StudyResult, arm: ArmFinding, verdict: Verdict, reason: str, access: str) -> Finding:
    otherwise = "; ".join(study.deviations)
    named = f"; {len(study.deviations)} deviations from its registration: {otherwise}" if otherwise else ""
    return Finding(
        **of_claim(claim),
        verdict=verdict,
        reason=f"{reason}; measured on people, {arm.arm.name} against {arm.control}{named}",
        estimate=arm.estimate,
        events=arm.estimate if isinstance(arm.estimate, Absent) else _NOT_COUNTED,
        stratum=_NOT_COUNTED,
        control=_OWN,
        calibration=_NO_CARD,
        ability=_ASKED,
        judge_error=_ASKED,
        counts=_both(arm.counts, arm.control_counts),
        access=access,
        steering=(),
    )


def _both(arm: Counts, control: Counts) -> Counts:
    return Counts(
        total=arm.total + control.total,
        scored=arm.scored + control.scored,
        unscorable=0,
        skipped=arm.skipped + control.skipped,
    )


def _models(studies: Sequence[StudyResult]) -> str:
    return ", ".join(dict.fromkeys(model for study in studies for model in study.models)) or "no model at all"
