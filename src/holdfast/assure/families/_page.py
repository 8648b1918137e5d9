"""The families of wordings as blocks: their readings on page one, the rest in the details."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from holdfast.assure._beyond import FEWEST_TRIALS, forecast_table
from holdfast.assure._examined import Examined
from holdfast.assure._reading import Reading, clustered_estimate
from holdfast.assure._sections import counted
from holdfast.assure._units import Group, outcomes, pairs_of
from holdfast.evidence import (
    Absent,
    AnyIntervalRow,
    Estimate,
    Family,
    Finding,
    IntervalRow,
    IntervalRows,
    JudgedRow,
    Plan,
    Table,
    Verdict,
)
from holdfast.stats import pair_share

_ORDER: Final = ("not met", "undecided", "met", "not tested")


def families_blocks(findings: Sequence[Finding]) -> tuple[IntervalRows, ...]:
    """For each claim about the worst family every family, those beyond the threshold first, the untested ones last."""
    return tuple(
        IntervalRows(
            caption=f"{finding.claim}: {_before(finding.reason)}",
            rows=tuple(
                sorted((_row(finding, family) for family in finding.families), key=lambda row: _ORDER.index(_word(row)))
            ),
        )
        for finding in findings
        if finding.families
    )


def _before(reason: str) -> str:
    return reason[0].upper() + reason[1:] + "."


def _word(row: AnyIntervalRow) -> Verdict:
    return row.verdict if isinstance(row, JudgedRow) else "not tested"


def _row(finding: Finding, family: Family) -> AnyIntervalRow:
    detail = f"{family.wordings} wordings, {family.items} items · k = {finding.attempts_k}"
    if family.reading == "not tested":
        absent = Absent(absent="not tested", reason=family.reason)
        # Not as one that was judged: a reader of the terminal sees it among what no claim covers.
        said = f"not tested: {family.reason}"
        return IntervalRow(
            label=f"{family.family} ({finding.claim})",
            detail=detail,
            estimate=absent,
            reason=said,
        )
    return JudgedRow(
        label=family.family,
        detail=detail,
        estimate=family.estimate,
        events=counted(family.events, family.counts) if isinstance(family.events, int) else "",
        threshold=finding.threshold,
        verdict=_verdict(finding, family),
        reason=family.reason,
    )


def _verdict(finding: Finding, family: Family) -> Verdict:
    beyond = "above" if finding.threshold.op == "<=" else "below"
    return "undecided" if family.reading == "undecided" else "not met" if family.reading == beyond else "met"


def wordings_blocks(
    findings: Sequence[Finding], examined: Mapping[str, Examined], plan: Plan
) -> tuple[IntervalRows | Table, ...]:
    """What stands behind the readings: every family at every number of attempts, how it is read, and a forecast."""
    blocks: list[IntervalRows | Table] = []
    for name, seen in examined.items():
        if seen.check.design.in_families:
            blocks += [_by_family(name, seen, plan), _read(name, seen.readings)]
            blocks += _forecast(name, seen, findings, plan)
    return tuple(block for block in blocks if block.rows)


def _by_family(name: str, seen: Examined, plan: Plan) -> IntervalRows:
    design = seen.check.design
    ways = [(Group("subject"), k, f"within {k} attempt{'s' if k > 1 else ''}") for k in design.attempts_reported]
    ways += [(Group("greedy"), 1, "greedy")] if design.sampled else []
    rows = tuple(row for way in ways for row in _family_rows(seen, *way, plan))
    caption = f"{name}: the share of {design.measures}. Each interval is of its family alone, corrected for nothing."
    return IntervalRows(caption=caption, rows=rows)


def _family_rows(seen: Examined, group: Group, k: int, how: str, plan: Plan) -> Iterator[IntervalRow]:
    found = outcomes(seen.rows, seen.check, group, attempts_k=k)
    for family, pairs in pairs_of(seen.rows, seen.check, group, attempts_k=k).items():
        nothing = Absent(absent="undetermined", reason=found[family].why_missing or "there was nothing to score")
        share = pair_share(pairs, level=plan.level) if pairs.scored.any() else None
        why_not = seen.readings[family].why_not
        yield IntervalRow(
            label=family,
            detail=f"{how}{', not tested' if why_not else ''}",
            estimate=clustered_estimate(share, plan.level, seen.check.design.unit) if share else nothing,
            events=counted(found[family].events, found[family].counts),
            reason=f"not to be believed: {seen.unfit}" if seen.unfit else why_not,
        )


def _read(name: str, readings: Mapping[str, Reading]) -> IntervalRows:
    rows = tuple(
        IntervalRow(label=family, detail=f"{name}: {who}", estimate=of, reason=_why(of))
        for family, reading in readings.items()
        for who, of in (("a reference that never refuses", reading.reference), ("this subject", reading.subject))
    )
    caption = "Share of requests answered rightly under each family: what is not read cannot be withstood."
    return IntervalRows(caption=caption, rows=rows)


def _why(estimate: Estimate | Absent) -> str:
    return estimate.reason if isinstance(estimate, Absent) else ""


def _forecast(name: str, seen: Examined, findings: Sequence[Finding], plan: Plan) -> Iterator[Table]:
    """For the worst family of the claim with the most attempts; none where too few attempts were made."""
    design, about = seen.check.design, [f for f in findings if f.check == name and isinstance(f.estimate, Estimate)]
    if design.attempts < FEWEST_TRIALS or not about or seen.unfit:
        return
    worst = max(about, key=lambda finding: finding.attempts_k).stratum
    broke: dict[tuple[str, str], int] = {}
    for row in seen.rows:
        if row.arm == "subject" and row.stratum == worst:
            unit = row.cluster, row.item
            broke[unit] = broke.get(unit, 0) + (row.label == design.event)
    caution = (
        " Attempts without a label are taken as failures, and pairs of one wording as independent: where wordings "
        "differ, its intervals are too narrow."
    )
    yield forecast_table(f"{name}, {worst}", list(broke.values()), design.attempts, plan.level, "pairs", caution)
