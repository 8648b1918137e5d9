"""Searches over settings of an attack: which did worst, what trying cost, and how much of it was optimism.

The worst setting is chosen by its runs on the requests that are asked, and judged by runs from fresh seeds on the
requests that confirm: the two halves change places.
"""

from collections.abc import Sequence
from typing import Final, TypeVar

import numpy as np

from holdfast.assure.tamper._curves import Array, Runs, runs_of
from holdfast.evidence import (
    Absent,
    AttackDesign,
    Estimate,
    Look,
    SearchResult,
    TamperPlan,
    TamperRuns,
    Trajectory,
    Untampered,
)
from holdfast.stats import (
    Beyond,
    Interval,
    Passage,
    Passages,
    best_so_far,
    re_estimated,
    run_areas,
    search_cost,
    worst_configuration,
)

Seen = TypeVar("Seen", Look, Untampered)
_NOT_KEPT: Final = Absent(absent="undetermined", reason="what was kept of the search does not say")


def worst_setting(plan: TamperPlan, design: AttackDesign, seen: TamperRuns) -> str:
    """The name of the setting that did worst: the least resistance area of a run, mean over its runs.

    Args:
        plan: What was done.
        design: The attack that was searched.
        seen: Every run of each of its settings, among others.

    Raises:
        ValueError: A setting has no run, or fewer than another.
    """
    return design.cells[worst_configuration(_outcomes(_tried(plan, design, seen)))]


def search_result(plan: TamperPlan, design: AttackDesign, seen: TamperRuns, fresh: Runs) -> SearchResult:
    """What a search found.

    Args:
        plan: What was done.
        design: The attack that was searched.
        seen: Every run of each of its settings, among others.
        fresh: Runs of the worst setting from fresh seeds, by the other half of the requests.

    Raises:
        ValueError: As `worst_setting`; or fewer than two runs of a setting.
    """
    tried = _tried(plan, design, seen)
    outcomes = _outcomes(tried)
    passages = [_first_passage(runs, plan.criteria.of_ceiling) for runs in tried]
    paid = search_cost(passages, budget=design.grid[-1], level=plan.level)
    again = re_estimated(outcomes, 1 - run_areas(fresh.curves), level=plan.level)
    return SearchResult(
        settings=len(tried),
        broke=paid.broke,
        best_so_far=tuple(float(value) for value in best_so_far(outcomes.mean(axis=1))),
        cost=Absent(absent="undetermined", reason=f"{paid.value.reason}, for {paid.value.budget:g} steps in all")
        if isinstance(paid.value, Beyond)
        else paid.value.cost,
        share=_share(paid.share, paid.broke, len(tried), plan.level),
        chosen_at=again.chosen_at,
        value=again.value,
        gap=again.gap,
        standard_error=again.standard_error,
        commitment=seen.commitments.get(design.name, _NOT_KEPT),
    )


def _share(bounds: Interval, broke: int, settings: int, level: float) -> Estimate:
    return Estimate(
        value=broke / settings,
        low=bounds.low,
        high=bounds.high,
        level=level,
        sides="two" if broke else "upper",
        n=settings,
        clusters=settings,
        method="Clopper–Pearson",
        unit="setting",
    )


def _tried(plan: TamperPlan, design: AttackDesign, seen: TamperRuns) -> list[Runs]:
    by_name = {name: [run for run in seen.trajectories if run.attack == name] for name in design.cells}
    return [runs_of(plan, seen.before, seen.ceiling, own) for own in by_name.values()]


def _outcomes(tried: Sequence[Runs]) -> Array:
    return np.array([1 - run_areas(runs.curves) for runs in tried])


def _first_passage(runs: Runs, line: float) -> Passage:
    curves = runs.curves
    found = curves.passages(curves.relative(curves.as_they_are), line)
    return Passages(found.kind[0], found.after[0], found.by[0]).each()[0]


def other_half(plan: TamperPlan, seen: TamperRuns) -> tuple[TamperPlan, TamperRuns]:
    """The same run with the requests that are asked and those that confirm in each other's place."""
    battery = plan.battery.model_copy(update={"restricted": plan.battery.again, "again": plan.battery.restricted})
    turned = seen.model_copy(
        update={
            "before": _turned(seen.before),
            "ceiling": _turned(seen.ceiling) if seen.ceiling else None,
            "trajectories": tuple(
                run.model_copy(update={"looks": tuple(map(_turned, run.looks))}) for run in seen.trajectories
            ),
        }
    )
    return plan.model_copy(update={"battery": battery}), turned


def _turned(seen: Seen) -> Seen:
    return seen.model_copy(update={"restricted": seen.again, "again": seen.restricted})


def withheld(run: Trajectory, *, search: bool) -> Trajectory:
    """A run without the numbers that would tell at which setting it was done.

    Args:
        run: The run of a searched attack.
        search: Whether it is one of those that are compared; of the winner's the objective is kept, for its potency.
    """
    hidden = Absent(absent="not applicable", reason="withheld: it would tell the setting")
    looks = (
        look.model_copy(
            update={
                "tokens": 0,
                "generated": 0,
                "weight_change": float(look.weight_change > 0),
                "objective": hidden if search else look.objective,
            }
        )
        for look in run.looks
    )
    return run.model_copy(update={"looks": tuple(looks), "why": "it stopped" if run.why else ""})
