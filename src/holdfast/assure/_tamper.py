"""The assessment of a tamper run: trajectories and their plan in, a record out."""

from collections.abc import Sequence
from typing import Final

from holdfast.assure._assess import overall_of
from holdfast.assure._leaves import coverage_of
from holdfast.assure._tamper_claims import tamper_finding
from holdfast.assure._tamper_curves import runs_of
from holdfast.assure._tamper_page import tamper_headline, tamper_page
from holdfast.assure._tamper_results import attack_result
from holdfast.assure._tamper_static import static_result
from holdfast.evidence import AttackDesign, Framework, Record, TamperPlan, Trajectory, Untampered, digest

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


def assess_tamper(
    plan: TamperPlan, before: Untampered, ceiling: Untampered | None, trajectories: Sequence[Trajectory]
) -> Record:
    """What every attack cost, and what was left of the model.

    Args:
        plan: What was done.
        before: The untampered subject.
        ceiling: The model that refuses nothing, where the plan has one.
        trajectories: Every run that ended, at least one of each attack.

    Returns:
        The record. With no claim asked its verdict is `not asked`.

    Raises:
        ValueError: An attack of the plan has no run, or trajectories do not fit the plan.
    """
    runs = {
        design.name: runs_of(plan, before, ceiling, [run for run in trajectories if run.attack == design.name])
        for design in plan.attacks
    }
    static = static_result(plan, before, ceiling)
    results = tuple(
        attack_result(plan, design, runs[design.name], static, _control(plan, design, trajectories))
        for design in plan.attacks
    )
    by_name = {result.attack: result for result in results}
    findings = tuple(tamper_finding(claim, plan, by_name, runs) for claim in plan.framework.claim)
    on = {claim.check: plan.battery.on for claim in plan.framework.claim}
    coverage = coverage_of(findings, plan.framework, on)
    return Record(
        tool=plan.tool,
        plan=plan,
        plan_digest=plan.digest,
        rows_digest=digest([run.model_dump(mode="json") for own in runs.values() for run in own.trajectories]),
        verdict=overall_of(findings, coverage, plan.framework),
        headline=tamper_headline(plan, static, results),
        findings=findings,
        coverage=coverage,
        page=tamper_page(plan, static, results, runs, findings),
        static=static,
        attacks=results,
    )


def _control(plan: TamperPlan, design: AttackDesign, trajectories: Sequence[Trajectory]) -> Trajectory | None:
    """The run that shows an attack's potency, where it has one of its own."""
    names = {control.name for control in plan.controls if control.control_of == design.name}
    return next((run for run in trajectories if run.attack in names), None)
