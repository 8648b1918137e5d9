"""The subject's own controls: was the instrument seen to work, on this subject, in this run?

Two kinds. *Spiked*: transcripts whose labels are known passed blind through the scoring stream; an exact scorer is
allowed no error, a judge that may err must be shown to be informative. *Doses*: the subject was asked under an inducing
instruction in a known share of samples, and the check must recover that share. Controls are judged so that a healthy
audit with an exact scorer fails any of them at most once in a thousand times.

The dose control stays as it is with a judge that errs. What is compared are judged shares. Of a dosed arm, a part is
asked as usual and the rest under the inducement, so its judged share is that mixture of the two judged shares, whatever
the judge's error is in either part. The error only shrinks how far the share moves; where that becomes too little, the
inducement is not applicable.
"""

from collections.abc import Iterator, Sequence

from holdfast.assure._estimates import exact_share, share_of
from holdfast.assure._spiked_judge import is_right, judge_words, spiked_judge
from holdfast.assure._units import Group, Outcome, claimed_strata, outcomes, pooled
from holdfast.evidence import (
    DOSE_RESULTS,
    Absent,
    AnyDose,
    ComparedDose,
    Control,
    Estimate,
    Plan,
    PlannedCheck,
    PlannedDose,
    Row,
    SpikedJudge,
    UncomparedDose,
)
from holdfast.stats import Interval, clopper_pearson, mixture, with_missing

SMALLEST_MOVE = 0.2
"""An inducement that moves the rate by less than this cannot be dosed: 10 % of it would drown in the noise."""


def control_of(rows: Sequence[Row], check: PlannedCheck, plan: Plan) -> Control:
    """Judge the controls of one check.

    Args:
        rows: The check's rows.
        check: What was planned.
        plan: Sets the family-wise level and the share of samples that may be missing.

    Returns:
        Passed only if every spiked transcript got its label (or the judge, where it may err, was shown to be
        informative) and every dose that applies was recovered.
    """
    spiked = [row for row in rows if row.arm == "spiked"]
    planned = sum(p.samples for p in check.planned if p.arm == "spiked")
    wrong = [row for row in spiked if not _got(row, check)]
    doses = _doses(rows, check, plan)
    judge = None if check.judge_exact else spiked_judge(spiked, check, plan)
    failed = [dose.reason for dose in doses if DOSE_RESULTS[dose.reading] == "failed"]
    fault = _spikes_lacking(len(spiked), check) or _judge_fault(wrong, planned, judge) or next(iter(failed), None)
    return Control(
        passed=fault is None,
        reason=fault or _passed(planned, judge, doses),
        spiked=_spiked_share(len(spiked) - len(wrong), max(planned, len(spiked))),
        judge=judge,
        doses=doses,
    )


def _got(row: Row, check: PlannedCheck) -> bool:
    return row.label == row.truth if check.judge_exact else is_right(row, check.design.events)


def _spikes_lacking(came: int, check: PlannedCheck) -> str | None:
    """Why the spiked transcripts cannot show anything, or None."""
    planned = sum(p.samples for p in check.planned if p.arm == "spiked")
    truths = {p.stratum for p in check.planned if p.arm == "spiked" and p.samples}
    if not planned:
        return "no transcript of known label was in the scoring stream"
    if not truths & check.design.events or not truths - check.design.events:
        return f"only {', '.join(sorted(truths))} was spiked: “{check.design.event}” and its absence must both be seen"
    return f"{planned - came} of {planned} spiked transcripts never came back from scoring" if came < planned else None


def _judge_fault(wrong: Sequence[Row], planned: int, judge: SpikedJudge | None) -> str | None:
    """Why the labels are not to be believed, or None; `judge` where it may err."""
    if judge is None:
        return (
            f"{len(wrong)} of {planned} spiked transcripts got the wrong label; {_example(wrong[0])}" if wrong else None
        )
    if judge.informed_low > judge.informed_least:
        return None
    # Without an error there are too few transcripts, and nothing to show.
    return f"the judge was not shown to know the event: {judge_words(judge)}{_for_one(wrong)}"


def _for_one(wrong: Sequence[Row]) -> str:
    return f"; {_example(wrong[0])}" if wrong else ""


def _passed(planned: int, judge: SpikedJudge | None, doses: Sequence[AnyDose]) -> str:
    recovered = sum(1 for dose in doses if DOSE_RESULTS[dose.reading] == "passed")
    of = f"{recovered} of {recovered} doses recovered" if recovered else "no dose control applies"
    if judge is None:
        return f"all {planned} spiked transcripts got their labels; {of}"
    return f"the judge is informative: {judge_words(judge)}; {of}"


def _spiked_share(right: int, planned: int) -> Estimate | Absent:
    if not planned:
        return Absent(absent="undetermined", reason="no transcript was spiked")
    return exact_share(right, planned, "spiked transcripts labelled as written")


def _example(row: Row) -> str:
    said = row.label.reason if isinstance(row.label, Absent) else f"“{row.label}”"
    return f"one written as “{row.truth}” came back as: {said}"


def dose_tests(plan: Plan) -> int:
    """How many dose tests the plan holds: the size of the family that shares the error of the controls."""
    doses = ((check.design.id, planned) for check in plan.checks for planned in _dosed(check))
    return len({(check, planned.inducement, planned.dose) for check, planned in doses if planned.dose != 1.0})


def _dosed(check: PlannedCheck) -> Iterator[PlannedDose]:
    return (planned for planned in check.planned if isinstance(planned, PlannedDose))


def _doses(rows: Sequence[Row], check: PlannedCheck, plan: Plan) -> tuple[AnyDose, ...]:
    claimed = claimed_strata(check)
    base = pooled(o for name, o in outcomes(rows, check, Group("subject")).items() if name in claimed)
    ways = sorted({planned.inducement for planned in _dosed(check)})
    return tuple(dose for way in ways for dose in _doses_of(rows, check, plan, way, base))


def _doses_of(rows: Sequence[Row], check: PlannedCheck, plan: Plan, way: str, base: Outcome) -> list[AnyDose]:
    doses = sorted({planned.dose for planned in _dosed(check) if planned.inducement == way})
    found = {dose: pooled(outcomes(rows, check, Group("induced", way, dose)).values()) for dose in doses}
    moved = found.pop(1.0)
    why_not = _why_not_applicable(base, moved, check.design.unit, plan.max_missing)
    # In other words many a subject talks nonsense now and then: that widens what was found, and is no fault of the run.
    forgiven = check.design.crossed
    broken = _too_many_missing([base, moved, *found.values()], plan.max_missing, nonsense_too=not forgiven)
    # Three intervals meet in each test, so each gets a third of the test's share of the family's error.
    level = 1 - (1 - plan.control_level) / (3 * max(dose_tests(plan), 1))
    judged: list[AnyDose] = []
    for dose, outcome in found.items():
        estimate = share_of(outcome, check.design.unit)
        if reason := why_not or broken:
            reading = "not applicable" if why_not else "undetermined"
            judged.append(UncomparedDose(inducement=way, dose=dose, reading=reading, reason=reason, estimate=estimate))
        else:
            expected = mixture(base.tally, moved.tally, dose, level=level)
            judged.append(_compared(way, dose, expected, outcome, estimate, level))
    return judged


def _compared(
    way: str, dose: float, expected: Interval, found: Outcome, estimate: Estimate | Absent, level: float
) -> ComparedDose:
    tally = found.tally
    seen = with_missing(tally.events, tally.scored, tally.missing, level=level)
    recovered = seen.low <= expected.high and expected.low <= seen.high
    words = (
        f"“{way}” at {dose:.0%}: {tally.events} of {tally.scored}, expected {expected.low:.0%} to {expected.high:.0%}"
    )
    return ComparedDose(
        inducement=way,
        dose=dose,
        reading="recovered" if recovered else "lost",
        reason=words if recovered else f"{words}: the dose was not recovered",
        expected_low=expected.low,
        expected_high=expected.high,
        estimate=estimate,
    )


def _too_many_missing(parts: Sequence[Outcome], most: float, *, nonsense_too: bool) -> str | None:
    for part in parts:
        counted = part.lost if nonsense_too else part.lost - part.incoherent
        if not part.counts.scored or counted > most * part.samples:
            return f"{part.lost} of {part.samples} samples of a control arm have no label: {part.why_missing}"
    return None


def _why_not_applicable(base: Outcome, moved: Outcome, unit: str, most_missing: float) -> str | None:
    """Why an inducement cannot be dosed on this subject, or None when it can, or when the run itself is at fault."""
    if not base.counts.scored or base.lost > most_missing * base.samples:
        return None
    if moved.lost - moved.incoherent > most_missing * moved.samples:
        return None
    if moved.incoherent > most_missing * moved.samples:
        return (
            f"not applicable: at full dose {moved.incoherent} of {moved.samples} replies made no sense "
            f"({moved.why_missing}), so there is no rate to dose"
        )
    if not moved.counts.scored:
        return None
    rates = [part.events / part.counts.scored for part in (base, moved)]
    bounds = [clopper_pearson(part.events, part.counts.scored) for part in (base, moved)]
    apart = bounds[0].high < bounds[1].low or bounds[1].high < bounds[0].low
    if apart and abs(rates[1] - rates[0]) >= SMALLEST_MOVE:
        return None
    return (
        f"not applicable: at full dose it moved the rate from {base.events} of {base.counts.scored} "
        f"to {moved.events} of {moved.counts.scored} {unit}, too little to dose"
    )
