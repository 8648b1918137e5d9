"""What is true of a tamper run whatever is claimed about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from holdfast.assure.tamper._claims import tamper_finding
from holdfast.assure.tamper._curves import Runs, runs_of
from holdfast.assure.tamper._domain import domain_results
from holdfast.assure.tamper._missing import Missing, missing_runs, missing_said, stand_ins
from holdfast.assure.tamper._page import tamper_headline, tamper_page
from holdfast.assure.tamper._results import attack_result
from holdfast.assure.tamper._search import other_half, search_result
from holdfast.assure.tamper._static import static_result
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
)


@dataclass(frozen=True, slots=True)
class Tampered:
    """Every attack of which a run ended."""

    plan: TamperPlan
    rows_digest: str
    """Of every run."""
    static: StaticResult
    results: tuple[AttackResult, ...]
    runs: Mapping[str, Runs]
    """By attack, those that ended."""
    planned: Mapping[str, Runs]
    """By attack, those that were planned: one that was not done was never looked at."""
    missing: Missing
    domains: tuple[DomainResult, ...]

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
    if not {run.attack for run in seen.trajectories} & {design.name for design in plan.attacks}:
        raise ValueError("no run of an attack ended")
    runs: dict[str, Runs] = {}
    planned: dict[str, Runs] = {}
    results: list[AttackResult] = []
    static = static_result(plan, seen.before, seen.ceiling)
    for design in plan.attacks:
        # The runs of a search's winner are judged by the requests that did not choose it.
        by, of = other_half(plan, seen) if design.cells else (plan, seen)
        own = [run for run in of.trajectories if run.attack == design.name]
        absent = stand_ins(design.name, missing)
        if own or absent:
            planned[design.name] = runs_of(by, of.before, of.ceiling, (*own, *absent))
        if own:
            runs[design.name] = runs_of(by, of.before, of.ceiling, own) if absent else planned[design.name]
            found = attack_result(
                by, design, runs[design.name], planned[design.name], static, _control(plan, design, seen)
            )
            search = search_result(plan, design, seen, runs[design.name]) if design.cells else None
            results.append(found.model_copy(update={"search": search}))
    return Tampered(plan, seen.digest, static, tuple(results), runs, planned, missing, domain_results(plan, seen))


def _control(plan: TamperPlan, design: AttackDesign, seen: TamperRuns) -> Trajectory | None:
    """The run that shows an attack's potency, where it has one of its own."""
    names = {control.name for control in plan.controls if control.control_of == design.name}
    return next((run for run in seen.trajectories if run.attack in names), None)
