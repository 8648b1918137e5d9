"""A figure by a judge that may err: corrected by true labels of a random part of the units, or called uncorrected."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from holdfast.assure._corrected import both_ways
from holdfast.assure._units import Group, Outcome, unit_states
from holdfast.evidence import DISAGREE, Absent, Claim, Control, Estimate, JudgeError, PlannedCheck, Row
from holdfast.labels import LabelledCell, accuracy
from holdfast.stats import Corrected, Interval, worst_of

EXACT = Absent(absent="not applicable", reason="the scorer is exact: there is no judge's error to carry")
UNCORRECTED = "by the judge's word alone: uncorrected"
_UNKNOWN = Absent(absent="unscorable", reason="nobody has given it a true label")
_SEVERAL = Absent(absent="not applicable", reason="it differs by stratum, and strata are corrected one by one")
_NOBODY = Absent(absent="not tested", reason="no unit has a true label")


@dataclass(frozen=True, slots=True)
class Carried:
    """An estimate with what is known of the judge's error in it."""

    stratum: str | Absent
    estimate: Estimate | Absent
    error: JudgeError | Absent


def carried(
    claim: Claim,
    rows: Sequence[Row],
    check: PlannedCheck,
    control: Control,
    strata: Mapping[str, Outcome],
    judged: tuple[str | Absent, Estimate | Absent],
    level: float,
) -> Carried:
    """The estimate of a claim with the judge's error in it, as far as it is known.

    Args:
        claim: Its scope, threshold and attempts.
        rows: The check's rows; those of units in the truth sample carry true labels, where there are any.
        check: Whether its judge may err, and whose labels are to correct it.
        control: What the judge made of the spiked transcripts.
        strata: The judged counts of each claimed stratum.
        judged: By the judge's word alone: the worst stratum, where the claim is about it, and the estimate.
        level: Confidence of the interval.

    Returns:
        With an exact scorer, the estimate as it is. Without a truth sample, the estimate as it is, called uncorrected.
        Else the corrected one, with the worst stratum by true labels; planned labels that nobody gave count both ways.

    Assumptions:
        As `stats.corrected_over_strata`. The truth sample was drawn by the units' names alone, so it is random inside
        each word of the judge. Units are independent. A judge may err differently in every stratum, and may be useless.
    """
    stratum, estimate = judged
    if check.judge_exact or check.truth_sample is None or isinstance(estimate, Absent):
        return Carried(stratum, estimate, uncorrected(rows, check, control, estimate))
    cells = _cells(rows, check, strata, claim.attempts_k)
    if claim.scope == "pooled":
        found = _corrected(strata, cells, level)
        made = _as_estimate(estimate, found.value, found.interval, found.method)
        return Carried(stratum, made, _corrected_error(check, cells, estimate, made, agreement_words(rows)))
    return _worst(claim, check, cells, strata, estimate, level, agreement_words(rows))


def _worst(
    claim: Claim,
    check: PlannedCheck,
    cells: Sequence[LabelledCell],
    strata: Mapping[str, Outcome],
    judged: Estimate,
    level: float,
    apart: str,
) -> Carried:
    """The worst stratum after each was corrected by its own labels."""
    strict = 1 - (1 - level) / len(strata)
    at = {
        name: [_corrected({name: outcome}, [c for c in cells if c.stratum == name], each) for each in (level, strict)]
        for name, outcome in strata.items()
    }
    high = claim.threshold.op == "<="
    worst = worst_of(
        {name: plain.value for name, (plain, _) in at.items()},
        {name: plain.interval for name, (plain, _) in at.items()},
        {name: stricter.interval for name, (_, stricter) in at.items()},
        worst_is_high=high,
    )
    own, (plain, _) = strata[worst.stratum].tally, at[worst.stratum]
    above, below = ("above", "below") if high else ("below", "above")
    method = (
        f"worst of {len(strata)} strata, n of the worst seen: {plain.method}, intersection-union {above}, "
        f"Bonferroni {below}"
    )
    sized = judged.model_copy(update={"n": own.n, "clusters": own.n})
    made = _as_estimate(sized, plain.value, worst.interval, method)
    of_worst = [cell for cell in cells if cell.stratum == worst.stratum]
    return Carried(worst.stratum, made, _corrected_error(check, of_worst, judged, made, apart))


def _corrected(strata: Mapping[str, Outcome], cells: Sequence[LabelledCell], level: float) -> Corrected:
    """The corrected share over strata. While no label is settled, the judged share stands within what is possible."""
    tallies = {name: outcome.tally for name, outcome in strata.items()}
    judged = sum(t.events for t in tallies.values()) / sum(t.scored for t in tallies.values())
    if not any(cell.n_drawn for cell in cells):
        return Corrected(judged, Interval(0.0, 1.0), "no unit was to get a true label")
    found = both_ways(tallies, cells, level=level)
    return found if _settled(cells) else replace(found, value=judged)


def _as_estimate(judged: Estimate, value: float, interval: Interval, method: str) -> Estimate:
    bounds = {"low": min(interval.low, value), "high": max(interval.high, value)}
    return judged.model_copy(update={"value": value, "method": method, **bounds})


def _cells(
    rows: Iterable[Row], check: PlannedCheck, strata: Mapping[str, Outcome], attempts_k: int
) -> tuple[LabelledCell, ...]:
    """Each claimed stratum × judge's word: units, those in the truth sample, and what they truly showed."""
    sample = check.truth_sample
    assert sample is not None  # asked by the caller
    own = [row for row in rows if row.arm == "subject"]
    said = unit_states(own, check, Group("subject"), attempts_k=attempts_k)
    true = [row.model_copy(update={"label": _UNKNOWN if row.truth is None else row.truth}) for row in own]
    shown = unit_states(true, check, Group("subject"), attempts_k=attempts_k)
    return tuple(
        _cell(stratum, word, [shown[stratum][unit] for unit in units if sample.holds(unit)], len(units))
        for stratum in strata
        for word in ("event", "none")
        if (units := [unit for unit, state in said.get(stratum, {}).items() if state == word])
    )


def _cell(stratum: str, word: str, drawn: Sequence[str], n: int) -> LabelledCell:
    """A cell with its labels; a unit without a true label counts both ways."""
    shown = Counter(drawn)
    return LabelledCell.model_validate(
        {
            "stratum": stratum,
            "word": word,
            "n_log": n,
            "n_drawn": len(drawn),
            "event": shown["event"],
            "none": shown["none"],
            "disputed": 0,
            "undecidable": len(drawn) - shown["event"] - shown["none"],
            "unlabelled": 0,
        }
    )


def uncorrected(
    rows: Sequence[Row], check: PlannedCheck, control: Control, estimate: Estimate | Absent
) -> JudgeError | Absent:
    """What is to be said of a figure that stands as the scorer gave it: that it is exact, or that nobody corrected it.

    For every estimator that does not carry a judge's error; arguments as `carried`.
    """
    if check.judge_exact:
        return EXACT
    seen = control.judge
    of_spikes = "" if seen is None else "; sensitivity and specificity are of spiked transcripts, for information"
    return JudgeError(
        reading="uncorrected",
        # The word comes first: a terminal cuts what is long, and judges have long names.
        reason=f"uncorrected: judged by {check.judge}, never checked against true labels of these replies"
        f"{of_spikes}{agreement_words(rows)}",
        labels=0,
        uncorrected=estimate,
        sensitivity=seen.sensitivity if seen else _NOBODY,
        specificity=seen.specificity if seen else _NOBODY,
    )


def _corrected_error(
    check: PlannedCheck, cells: Sequence[LabelledCell], judged: Estimate, made: Estimate, apart: str
) -> JudgeError:
    """What true labels say of the judge, in the claim's strata."""
    labels, open_ = _settled(cells), sum(c.undecidable for c in cells)
    strata = accuracy(cells)
    by = check.truth_sample.by if check.truth_sample else ""
    left = f", {open_} without one and counted both ways" if open_ else ""
    found = f"the judge found {judged.value:.1%}, true labels of {labels} units (by {by}) {made.value:.1%}{left}"
    nobody = (
        f"none of {open_} units that were to get a true label (by {by}) has one; each counts both ways: uncorrected"
    )
    return JudgeError(
        reading="corrected" if labels else "uncorrected",
        reason=(found if labels else nobody).replace("%", " %") + apart,
        labels=labels,
        uncorrected=judged,
        sensitivity=strata[0].sensitivity if len(strata) == 1 else _SEVERAL,
        specificity=strata[0].specificity if len(strata) == 1 else _SEVERAL,
    )


def _settled(cells: Iterable[LabelledCell]) -> int:
    return sum(cell.event + cell.none for cell in cells)


def agreement_words(rows: Iterable[Row]) -> str:
    """How often two judges agreed, where there were two and they ever did not; else nothing."""
    own = [row.label for row in rows if row.arm in ("subject", "greedy", "induced")]
    apart = sum(isinstance(label, Absent) and label.reason.startswith(DISAGREE) for label in own)
    both = apart + sum(isinstance(label, str) for label in own)
    return f"; the two judges agreed on {both - apart} of {both} replies ({1 - apart / both:.1%})" if apart else ""
