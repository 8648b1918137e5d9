"""The assessment of somebody's logs: columns and a framework in, a record out."""

from collections.abc import Mapping, Sequence
from typing import Final

from holdfast.assure._assess import headline_of, overall_of
from holdfast.assure._columns import columns_of
from holdfast.assure._leaves import coverage_of
from holdfast.assure._people import ON_PEOPLE
from holdfast.assure.logs._findings import Measured, log_finding, measured
from holdfast.assure.logs._page import log_page
from holdfast.evidence import Finding, Framework, Log, LogPlan, Record, Under, Verdict, digest
from holdfast.labels import Labels

NO_FRAMEWORK: Final = Framework.model_validate(
    {
        "schema": "holdfast.framework/1",
        "name": "none",
        "version": "1",
        "question": "What do these logs show, once their intervals are honest?",
        "valid_days": 1,
        "claim": (),
    }
)
"""For logs that nothing is asked of: every check is measured, none is judged."""


def assess_logs(logs: Sequence[Log], plan: LogPlan, labels: Mapping[str, Labels] | None = None) -> Record:
    """Judge every claim of the plan's framework by what the logs hold.

    Args:
        logs: Runs of one subject; no check is in two of them.
        plan: Made by `log_plan` from these logs.
        labels: Human labels, by check: what they say of the judge is carried into the estimates.

    Returns:
        The record. With no claim asked the verdict is `not asked`, or `invalid` where nothing in the logs is fit to be
        believed.
    """
    given = labels or {}
    found = {
        check: measured(columns, plan.max_missing, given.get(check))
        for log in logs
        for check, columns in columns_of(log).items()
    }
    findings = findings_under(plan.framework, found, plan)
    own = plan.runs[0].on if plan.runs else ""
    on = {check: own or f"a log of {seen.columns.facts.tool}" for check, seen in found.items()}
    coverage = coverage_of(findings, plan.framework, on | ON_PEOPLE)
    under = tuple(_under(framework, found, plan) for framework in plan.further)
    verdict = overall_of(findings, coverage, plan.framework)
    return Record(
        tool=plan.tool,
        plan=plan,
        plan_digest=plan.digest,
        rows_digest=digest([log.facts.digest for log in logs]),
        verdict=_nothing_to_believe(found) if verdict == "not asked" else verdict,
        headline=headline_of(findings, coverage, plan.framework) if findings else _measured_only(found),
        findings=findings,
        coverage=coverage,
        under=under,
        page=log_page(findings, found, coverage, under, plan),
    )


def findings_under(framework: Framework, found: Mapping[str, Measured], plan: LogPlan) -> tuple[Finding, ...]:
    """One finding for each claim of a framework."""
    return tuple(log_finding(claim, found, plan) for claim in framework.claim)


def _under(framework: Framework, found: Mapping[str, Measured], plan: LogPlan) -> Under:
    findings = findings_under(framework, found, plan)
    on = dict.fromkeys((*found, *ON_PEOPLE), "")
    verdict = overall_of(findings, coverage_of(findings, framework, on), framework)
    return Under(
        framework=f"{framework.name} {framework.version}",
        framework_digest=framework.digest,
        verdict=verdict,
        findings=findings,
    )


def _nothing_to_believe(found: Mapping[str, Measured]) -> Verdict:
    """`invalid` where some check is: a broken run must not end like a sound one because nobody asked."""
    return "invalid" if any(seen.fault for seen in found.values()) else "not asked"


def _measured_only(found: Mapping[str, Measured]) -> str:
    faulty = sum(1 for seen in found.values() if seen.fault)
    sound = len(found) - faulty
    said = f"{sound} of {len(found)} checks measured"
    return f"{said} · {faulty} invalid" if faulty else said
