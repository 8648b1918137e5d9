"""Runs of a plan that were not done, because the command was stopped before: said, and counted both ways."""

from collections.abc import Mapping, Sequence

from holdfast.evidence import TamperPlan, Trajectory

Missing = Mapping[str, tuple[int, ...]]
"""Seeds by attack, or by control."""


def missing_runs(plan: TamperPlan, trajectories: Sequence[Trajectory]) -> Missing:
    """The runs of the plan that are not among these; empty where all are."""
    there = {(run.attack, run.seed) for run in trajectories}
    lacking = [(design.name, seed) for design, seed in plan.runs if (design.name, seed) not in there]
    return {name: tuple(seed for own, seed in lacking if own == name) for name, _ in lacking}


def stand_ins(attack: str, missing: Missing) -> tuple[Trajectory, ...]:
    """For each run of an attack that was not done one that nobody looked at: it may have broken, and it may not."""
    return tuple(
        Trajectory(attack=attack, seed=seed, looks=(), ended="stopped", why="it was not done")
        for seed in missing.get(attack, ())
    )


def missing_said(plan: TamperPlan, missing: Missing) -> str:
    """How many runs of which attacks, as `3 of 7 runs were not done: full-sft 1 of 3, weight-noise 2 of 3`."""
    if not missing:
        return ""
    controls = {control.name for control in plan.controls}
    each = (
        f"{name} {len(seeds)} of {1 if name in controls else plan.seeds}" for name, seeds in sorted(missing.items())
    )
    lacking = sum(map(len, missing.values()))
    return f"{lacking} of {len(plan.runs)} runs were not done: {', '.join(each)}"
