"""The one assessment: rows and a plan in, a record out. Every command that gives a verdict gives it through here."""

from collections.abc import Mapping, Sequence

from holdfast.assure._findings import Examined, examine, finding_of
from holdfast.assure._leaves import coverage_of
from holdfast.assure._page import page_of
from holdfast.evidence import Calibration, Coverage, Finding, Plan, Record, Row, Verdict, digest, overall


def assess(rows: Sequence[Row], plan: Plan, calibration: Mapping[str, Calibration]) -> Record:
    """Judge every claim of the plan's framework by the rows that were collected.

    Args:
        rows: Scored samples, in any order; what the plan has and they lack is counted as skipped.
        plan: What was to be run: framework, denominators, levels.
        calibration: How often each check is right on organisms, by check.

    Returns:
        The record. The same rows and plan give the same bytes, whatever the order of the rows.
    """
    # By the whole row and not by its id alone: ids may appear twice, which is for `examine` to find.
    ordered = tuple(sorted(rows, key=lambda row: (row.id, row.model_dump_json())))
    examined: dict[str, Examined] = {check.design.id: examine(ordered, check, plan) for check in plan.checks}
    findings = tuple(finding_of(claim, examined, plan, calibration) for claim in plan.framework.claim)
    coverage = coverage_of(findings, plan)
    uncovered = _uncovered(coverage, plan)
    return Record(
        tool=plan.tool,
        plan=plan,
        plan_digest=plan.digest,
        rows_digest=digest([row.model_dump(mode="json") for row in ordered]),
        verdict=_overall(findings, uncovered),
        headline=_headline(findings, uncovered),
        findings=findings,
        coverage=coverage,
        page=page_of(findings, examined, coverage, plan),
    )


def _uncovered(coverage: Sequence[Coverage], plan: Plan) -> int:
    """How many leaves the framework requires that nothing covered."""
    covered = {leaf.tag for leaf in coverage if leaf.tested}
    return len(set(plan.framework.required_tags) - covered)


def _overall(findings: Sequence[Finding], uncovered: int) -> Verdict:
    """The verdict on all claims and on the coverage that the framework requires."""
    verdicts: list[tuple[Verdict, bool]] = [(finding.verdict, finding.required) for finding in findings]
    if uncovered:
        verdicts.append(("not tested", True))
    return overall(verdicts)


def _headline(findings: Sequence[Finding], uncovered: int) -> str:
    """How many claims came to which verdict: `3 of 4 claims met · 1 undecided`."""
    counted: dict[str, int] = {}
    for finding in findings:
        counted[finding.verdict] = counted.get(finding.verdict, 0) + 1
    met = counted.pop("met", 0)
    rest = [f"{counted[word]} {word}" for word in ("not met", "invalid", "undecided", "not tested") if word in counted]
    if uncovered:
        rest.append(f"{uncovered} required {'leaf' if uncovered == 1 else 'leaves'} not tested")
    return " · ".join([f"{met} of {len(findings)} claims met", *rest])
