"""The registered analysis: from draws and responses to a record."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from holdfast.evidence import (
    Absent,
    ArmFinding,
    Counts,
    Estimate,
    Preregistration,
    RevealedSeed,
    StudyArm,
    StudyCheck,
    StudyRecord,
    Threshold,
    Verdict,
    judge,
    overall,
)
from holdfast.stats import ArmEffect, holm
from holdfast.study._assign import approval_of
from holdfast.study._deviations import deviations, planned_people, too_early
from holdfast.study._directory import LOG, load_plan, load_seed
from holdfast.study._doubts import crossed, doubts
from holdfast.study._effects import accuracy, as_estimate, attrition, bounds, effects
from holdfast.study._log import Draw, Entry, alone, append_entries, entry_after, now, read_entries
from holdfast.study._page import headline_of, page_of
from holdfast.study._responses import Unit, joined, read_responses
from holdfast.study._verify import verify_entries

NO_MARGIN: Final = "no margin was registered: the effect is measured, and no claim is judged"


def analyse(
    directory: Path, data: Path, tool: str, *, outcome: str | None = None, heads: Sequence[str] = ()
) -> StudyRecord:
    """Analyse an experiment as it was registered, and write down that this was done before anything is computed.

    Args:
        directory: Of the experiment.
        data: The responses.
        tool: Who analyses: name and version.
        outcome: Another column than the registered one; no verdict is then given.
        heads: Digests of entries of the log that somebody wrote down elsewhere.

    Returns:
        The record. Effects are shares of the outcome's scale. Every finding is `invalid` where the log does not hold.

    Raises:
        StudyMissing: There is no experiment in the directory.
        StudyInput: The responses cannot be used.
        StorageFailed: The log cannot be written.
    """
    plan, seed = load_plan(directory), load_seed(directory)
    responses = read_responses(data, plan, outcome=outcome)
    with alone(directory / LOG):
        entries, faults = read_entries(directory / LOG)
        look = entry_after(entries, "analysed", at=now(), words=responses.digest)
        if not faults:
            append_entries(directory / LOG, [look])
    check = _with_heads(verify_entries(plan, entries, faults, seed), entries, heads)
    units, strangers = joined([entry.draw for entry in entries if isinstance(entry.draw, Draw)], responses)
    named = deviations(plan, entries, look, responses, units, strangers, outcome)
    kept = planned_people(plan, entries)
    early = too_early(plan, entries, look, units)
    why_none = _why_none(plan, early, outcome)
    findings = _findings(plan, [unit for unit in units if unit.draw.participant in kept], check, why_none)
    verdict = overall([(finding.verdict, True) for finding in findings])
    record = StudyRecord(
        tool=tool,
        preregistration=plan,
        preregistration_digest=plan.digest,
        check=check,
        responses_digest=responses.digest,
        revealed=_revealed(seed, early),
        ethics=approval_of(plan, entries) or Absent(absent="not tested", reason="no approval was named"),
        verdict=verdict,
        headline=headline_of(findings),
        deviations=named,
        findings=findings,
        page=page_of(plan, check, named, findings, approval_of(plan, entries)),
    )
    if not faults:
        _remember(directory, record)
    return record


def _remember(directory: Path, record: StudyRecord) -> None:
    """Put the record's digest into the log, so that another one is not taken for it."""
    with alone(directory / LOG):
        entries, _ = read_entries(directory / LOG)
        append_entries(directory / LOG, [entry_after(entries, "recorded", at=now(), words=record.digest)])


def _with_heads(check: StudyCheck, entries: Sequence[Entry], heads: Sequence[str]) -> StudyCheck:
    known = {entry.digest for entry in entries}
    lost = tuple(f"the log was cut or written anew: it has no entry {head}" for head in heads if head not in known)
    return check.model_copy(update={"status": "broken", "faults": (*check.faults, *lost)}) if lost else check


def _revealed(seed: RevealedSeed | None, early: bool) -> RevealedSeed | Absent:
    """The seed, once nobody can choose the next person by it."""
    if early:
        return Absent(absent="not applicable", reason="the experiment is not at its end: the seed stays secret")
    return seed or Absent(absent="not tested", reason="the seed is not in the directory")


def _why_none(plan: Preregistration, early: bool, outcome: str | None) -> str:
    """Why no verdict can be given, whatever the numbers are; empty where one can."""
    if outcome is not None and outcome != plan.outcome.column:
        return "the outcome is not the one that was registered"
    return "the experiment is not at its end" if early else ""


def _findings(plan: Preregistration, units: Sequence[Unit], check: StudyCheck, why_none: str) -> tuple[ArmFinding, ...]:
    found = effects(plan, units, lambda unit: unit.post)
    later = effects(plan, units, lambda unit: unit.follow_up)
    adjusted = _holm(found)
    return tuple(
        _finding(plan, arm, units, check, why_none, (_own(found, arm), _own(later, arm)), adjusted)
        for arm in plan.arms[1:]
    )


def _finding(
    plan: Preregistration,
    arm: StudyArm,
    units: Sequence[Unit],
    check: StudyCheck,
    why_none: str,
    effect: tuple[ArmEffect | Absent, ArmEffect | Absent],
    adjusted: dict[str, float],
) -> ArmFinding:
    own, control = ([unit for unit in units if unit.draw.arm == name] for name in (arm.name, plan.arms[0].name))
    now_, later = (one if isinstance(one, Absent) else as_estimate(plan, one) for one in effect)
    left = bounds(plan, own, control)
    gone, gone_p = attrition(plan, units, own, control)
    missing = any(unit.post is None for unit in (*own, *control))
    against = doubts(plan, units, own, control)
    verdict, reason = _verdict(plan, now_, left, missing, check, why_none, against)
    counted = accuracy(plan, own) if plan.accuracy else Absent(absent="not applicable", reason="not registered")
    nothing = now_ if isinstance(now_, Absent) else Absent(absent="undetermined", reason="no effect of this arm")
    return ArmFinding(
        arm=arm,
        control=plan.arms[0].name,
        verdict=verdict,
        reason=reason,
        estimate=now_,
        p_value=nothing if isinstance(effect[0], Absent) else effect[0].p_value,
        p_holm=adjusted.get(arm.name, nothing),
        bounds=left,
        attrition=gone,
        attrition_p=gone_p,
        accuracy=counted,
        follow_up=_second_wave(plan, later),
        threshold=threshold_of(plan),
        withheld=why_none,
        counts=_counts(own),
        control_counts=_counts(control),
        crossed=crossed((*own, *control)),
        doubts=against,
    )


def _counts(units: Sequence[Unit]) -> Counts:
    answered = sum(unit.post is not None for unit in units)
    return Counts(total=len(units), scored=answered, unscorable=0, skipped=len(units) - answered)


def threshold_of(plan: Preregistration) -> Threshold | Absent:
    """The margin that was registered, as a share of the scale."""
    if plan.size.aim == "effect":
        return Absent(absent="not applicable", reason=NO_MARGIN)
    return Threshold(op="within", value=min(1.0, plan.size.points / (plan.outcome.high - plan.outcome.low)))


def judged(
    estimate: Estimate,
    left: Estimate | Absent,
    threshold: Threshold,
    *,
    missing: bool,
    doubts: Sequence[str] = (),
) -> tuple[Verdict, str]:
    """The verdict on an effect that has to survive those who did not answer.

    Args:
        estimate: By the registered analysis.
        left: Bounds that allow for those who left.
        threshold: What is permitted.
        missing: Whether anybody did not answer.
        doubts: Why a small effect is no evidence that there is none.

    Returns:
        The verdict that both intervals give; `undecided` where they do not agree, or where there are no bounds, and in
        the place of `met` where there is a doubt. A doubt does not touch `not met`: each of them hides an effect.
    """
    verdict, reason = _by_both(estimate, left, threshold, missing=missing)
    if verdict == "met" and doubts:
        return "undecided", f"{reason}; but {'; and '.join(doubts)}"
    return verdict, reason


def _by_both(
    estimate: Estimate, left: Estimate | Absent, threshold: Threshold, *, missing: bool
) -> tuple[Verdict, str]:
    plain = judge(estimate, threshold)
    if not missing:
        return plain, _words(plain)
    if isinstance(left, Absent):
        return "undecided", f"people did not answer, and nothing bounds what they hide: {left.reason}"
    wide = estimate.model_copy(update={"low": min(estimate.low, left.low), "high": max(estimate.high, left.high)})
    held = judge(wide, threshold)
    if plain == held:
        return plain, f"{_words(plain)}, also when those who did not answer are allowed for"
    return "undecided", f"{_words(plain)}, and no more when those who did not answer are allowed for"


def _verdict(
    plan: Preregistration,
    estimate: Estimate | Absent,
    left: Estimate | Absent,
    missing: bool,
    check: StudyCheck,
    why_none: str,
    against: Sequence[str],
) -> tuple[Verdict, str]:
    if check.status != "holds":
        return "invalid", f"the log does not hold: {(*check.faults, *check.untested)[0]}"
    if isinstance(estimate, Absent):
        return "not tested", estimate.reason
    if why_none:
        return "undecided", why_none
    threshold = threshold_of(plan)
    if isinstance(threshold, Absent):
        return "not asked", threshold.reason
    return judged(estimate, left, threshold, missing=missing, doubts=against)


def _words(verdict: Verdict) -> str:
    places = {"met": "lies inside the margin", "not met": "lies beyond the margin"}
    return f"the whole interval {places[verdict]}" if verdict in places else "the interval reaches across the margin"


def _second_wave(plan: Preregistration, later: Estimate | Absent) -> Estimate | Absent:
    if not isinstance(plan.follow_up_days, int) and isinstance(later, Absent):
        return plan.follow_up_days
    return later


def _own(found: dict[str, ArmEffect] | Absent, arm: StudyArm) -> ArmEffect | Absent:
    if isinstance(found, Absent):
        return found
    return found.get(arm.name, Absent(absent="not tested", reason=f"nobody in {arm.name} answered"))


def _holm(found: dict[str, ArmEffect] | Absent) -> dict[str, float]:
    if isinstance(found, Absent):
        return {}
    return dict(zip(found, holm([effect.p_value for effect in found.values()]), strict=True))
