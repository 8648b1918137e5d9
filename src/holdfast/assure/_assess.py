"""The one assessment: rows and a plan in, a record out. Every command that gives a verdict gives it through here."""

from collections.abc import Mapping, Sequence
from typing import Any

from holdfast.assure._findings import Examined, examine, finding_of
from holdfast.assure._leaves import coverage_of
from holdfast.assure._page import page_of
from holdfast.assure._people import ON_PEOPLE
from holdfast.assure.tamper import Tampered, is_tamper, tampered
from holdfast.evidence import (
    Calibration,
    Claim,
    Coverage,
    Finding,
    Framework,
    Plan,
    Record,
    Row,
    TamperRuns,
    Verdict,
    in_order,
    overall,
    rows_digest,
)


def assess(
    rows: Sequence[Row], plan: Plan, calibration: Mapping[str, Calibration], attacked: TamperRuns | None = None
) -> Record:
    """Judge every claim of the plan's framework by the rows that were collected.

    Args:
        rows: Scored samples, in any order; what the plan has and they lack is counted as skipped.
        plan: What was to be run: framework, denominators, levels.
        calibration: How often each check is right on organisms, by check.
        attacked: What came of the plan's attacks on copies of the subject, where it has any.

    Returns:
        The record. The same rows and plan give the same bytes, whatever the order of the rows.
    """
    ordered = in_order(rows)
    examined: dict[str, Examined] = {check.design.id: examine(ordered, check, plan) for check in plan.checks}
    broken = tampered(plan.tamper, attacked) if plan.tamper and attacked else None

    def found(claim: Claim) -> Finding:
        if broken and is_tamper(claim.check) and claim.check not in plan.not_runnable:
            return broken.finding(claim)
        return finding_of(claim, examined, plan, calibration)

    findings = tuple(map(found, plan.framework.claim))
    coverage = coverage_of(findings, plan.framework, _on(plan))
    return Record(
        tool=plan.tool,
        plan=plan,
        plan_digest=plan.digest,
        rows_digest=rows_digest(ordered),
        verdict=overall_of(findings, coverage, plan.framework),
        headline=headline_of(findings, coverage, plan.framework),
        findings=findings,
        coverage=coverage,
        page=page_of(findings, examined, coverage, plan, broken.page((), in_audit=True) if broken else ()),
        **_of_attacks(broken),
    )


def _on(plan: Plan) -> dict[str, str]:
    """What each check was run on, in words."""
    found = {check.design.id: check.on for check in plan.checks} | ON_PEOPLE
    if plan.tamper is None:
        return found
    attacks = (claim.check for claim in plan.framework.claim if is_tamper(claim.check))
    return found | dict.fromkeys(attacks, plan.tamper.battery.on)


def _of_attacks(broken: Tampered | None) -> dict[str, Any]:
    """What a record holds of attacks beside its findings."""
    if broken is None:
        return {}
    return {
        "static": broken.static,
        "attacks": broken.results,
        "domains": broken.domains,
        "runs_digest": broken.rows_digest,
    }


def _uncovered(coverage: Sequence[Coverage], framework: Framework) -> int:
    """How many leaves the framework requires that nothing covered."""
    covered = {leaf.tag for leaf in coverage if leaf.tested}
    return len(set(framework.required_tags) - covered)


def overall_of(findings: Sequence[Finding], coverage: Sequence[Coverage], framework: Framework) -> Verdict:
    """The verdict on all claims and on the coverage that the framework requires."""
    verdicts: list[tuple[Verdict, bool]] = [(finding.verdict, finding.required) for finding in findings]
    if _uncovered(coverage, framework):
        verdicts.append(("not tested", True))
    return overall(verdicts)


def headline_of(findings: Sequence[Finding], coverage: Sequence[Coverage], framework: Framework) -> str:
    """How many claims came to which verdict: `3 of 4 claims met · 1 undecided`."""
    uncovered = _uncovered(coverage, framework)
    counted: dict[str, int] = {}
    for finding in findings:
        counted[finding.verdict] = counted.get(finding.verdict, 0) + 1
    met = counted.pop("met", 0)
    rest = [f"{counted[word]} {word}" for word in ("not met", "invalid", "undecided", "not tested") if word in counted]
    if uncovered:
        rest.append(f"{uncovered} required {'leaf' if uncovered == 1 else 'leaves'} not tested")
    return " · ".join([f"{met} of {len(findings)} claims met", *rest])
