"""The assessment of a tamper run: trajectories and their plan in, a record out."""

from collections.abc import Sequence
from typing import Final

from holdfast.assure._assess import overall_of
from holdfast.assure._leaves import coverage_of
from holdfast.assure._reassess import with_others
from holdfast.assure.tamper import Tampered, tampered
from holdfast.evidence import Framework, Record, TamperPlan, TamperRuns

NOTHING_CLAIMED: Final = Framework.model_validate(
    {
        "schema": "holdfast.framework/1",
        "name": "tamper",
        "version": "1",
        "question": "What does it cost to remove this model's refusals?",
        "valid_days": 90,
        "claim": (),
    }
)
"""Where nothing is claimed: what attacks cost is measured, and how much it may cost is whoever reads it to decide."""


def assess_tamper(plan: TamperPlan, seen: TamperRuns) -> Record:
    """What every attack cost, and what was left of the model.

    Args:
        plan: What was done.
        seen: The untampered subject, the models beside it, and every run that ended. A run of the plan that is not
            among them may have broken and may not: the share of runs that break counts it both ways, and page one says
            that it was not done.

    Returns:
        The record. With no claim asked its verdict is `not asked`.

    Raises:
        ValueError: No run of an attack ended, or trajectories do not fit the plan.
    """
    return record_of(tampered(plan, seen), plan)


def record_of(seen: Tampered, plan: TamperPlan) -> Record:
    """The record of runs under the claims of a plan: of the one that they were made by, or of that under others."""
    findings = tuple(map(seen.finding, plan.framework.claim))
    on = {claim.check: plan.battery.on for claim in plan.framework.claim}
    coverage = coverage_of(findings, plan.framework, on)
    return Record(
        tool=plan.tool,
        plan=plan,
        plan_digest=plan.digest,
        rows_digest=seen.rows_digest,
        verdict=overall_of(findings, coverage, plan.framework),
        headline=seen.headline,
        findings=findings,
        coverage=coverage,
        page=seen.page(findings),
        static=seen.static,
        attacks=seen.results,
        domains=seen.domains,
    )


def reassess_tamper(plan: TamperPlan, seen: TamperRuns, frameworks: Sequence[Framework]) -> Record:
    """Judge a tamper run anew by what was kept of it: nothing is run again.

    Args:
        plan: What the run was made by.
        seen: What came of it; of a run that was stopped, less than was planned.
        frameworks: The first decides, the others are shown beside it; the run's own where none is given.

    Returns:
        The record: under the run's own framework, of a run that was finished, the run's own.

    Raises:
        ValueError: As `assess_tamper`.
    """
    found = tampered(plan, seen)
    by = frameworks or (plan.framework,)
    made, *others = (record_of(found, replanned_tamper(plan, framework)) for framework in by)
    return with_others(made, others)


def replanned_tamper(plan: TamperPlan, framework: Framework) -> TamperPlan:
    """The plan of a run as if another framework had judged it."""
    return plan.model_copy(update={"framework": framework})
