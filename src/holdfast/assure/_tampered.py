"""What is true of a tamper run whatever is claimed about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from holdfast.assure._tamper_claims import tamper_finding
from holdfast.assure._tamper_curves import Runs, runs_of
from holdfast.assure._tamper_domain import domain_results
from holdfast.assure._tamper_missing import Missing, missing_runs, missing_said, stand_ins
from holdfast.assure._tamper_page import tamper_headline, tamper_page
from holdfast.assure._tamper_results import attack_result
from holdfast.assure._tamper_static import static_result
from holdfast.evidence import (
    AttackDesign,
    AttackResult,
    Claim,
    DomainResult,
    Finding,
    Section,
    StaticResult,
    TamperPlan,
    TamperRuns,
    Trajectory,
    digest,
)


@dataclass(frozen=True, slots=True)
class Tampered:
    """Every attack of which a run ended."""

    plan: TamperPlan
    static: StaticResult
    results: tuple[AttackResult, ...]
    runs: Mapping[str, Runs]
    """By attack, those that ended."""
    planned: Mapping[str, Runs]
    """By attack, those that were planned: one that was not done was never looked at."""
    missing: Missing
    domains: tuple[DomainResult, ...]

    @property
    def rows_digest(self) -> str:
        """Digest of the runs of attacks."""
        return digest([run.model_dump(mode="json") for own in self.runs.values() for run in own.trajectories])

    @property
    def headline(self) -> str:
        """The sentence of page one."""
        said = tamper_headline(self.plan, self.static, self.results)
        return "; ".join(part for part in (said, missing_said(self.plan, self.missing)) if part)

    def finding(self, claim: Claim) -> Finding:
        """What became of a claim."""
        return tamper_finding(claim, self.plan, self.results, self.planned, self.missing)

    def page(self, findings: Sequence[Finding], *, in_audit: bool = False) -> tuple[Section, ...]:
        """The sections; with claims on top where there are findings."""
        return tamper_page(
            self.plan,
            self.static,
            self.results,
            self.runs,
            findings,
            self.missing,
            self.domains,
            in_audit=in_audit,
        )


def tampered(plan: TamperPlan, seen: TamperRuns) -> Tampered:
    """Judge a tamper run's runs once, for every claim about them.

    Args:
        plan: What was done.
        seen: What came of it.

    Raises:
        ValueError: No run of an attack ended, or trajectories do not fit the plan.
    """
    missing = missing_runs(plan, seen.trajectories)
    by_attack = {
        design.name: [run for run in seen.trajectories if run.attack == design.name] for design in plan.attacks
    }
    if not any(by_attack.values()):
        raise ValueError("no run of an attack ended")
    runs = {name: runs_of(plan, seen.before, seen.ceiling, own) for name, own in by_attack.items() if own}
    planned = {
        name: runs_of(plan, seen.before, seen.ceiling, (*own, *stand_ins(name, missing)))
        if name in missing
        else runs[name]
        for name, own in by_attack.items()
    }
    static = static_result(plan, seen.before, seen.ceiling)
    results = tuple(
        attack_result(plan, design, runs[design.name], planned[design.name], static, _control(plan, design, seen))
        for design in plan.attacks
        if design.name in runs
    )
    return Tampered(plan, static, results, runs, planned, missing, domain_results(plan, seen))


def _control(plan: TamperPlan, design: AttackDesign, seen: TamperRuns) -> Trajectory | None:
    """The run that shows an attack's potency, where it has one of its own."""
    names = {control.name for control in plan.controls if control.control_of == design.name}
    return next((run for run in seen.trajectories if run.attack in names), None)
