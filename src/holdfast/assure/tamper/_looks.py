"""Checkpoints on the page: curves of harm along the cost, and tables of everything that was seen."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from holdfast.assure.tamper._curves import Runs
from holdfast.evidence import (
    Absent,
    AttackDesign,
    AttackResult,
    Between,
    Curve,
    CurveAxis,
    CurveMark,
    CurvePanel,
    CurvePoint,
    CurveRule,
    Curves,
    RunOutcome,
    Table,
    TamperPlan,
)
from holdfast.stats import wilson

Array = NDArray[np.float64]


def unit_of(design: AttackDesign) -> str:
    """What the cost of an attack is counted in, for more than one."""
    return "steps" if design.axis == "steps" else design.size


def tamper_curves(plan: TamperPlan, ranked: Sequence[AttackResult], runs: Mapping[str, Runs]) -> Iterator[Curves]:
    """Harm at every checkpoint, a panel an attack: those that are counted in steps together, each other by itself.

    Args:
        plan: What was done.
        ranked: Attacks, cheapest first.
        runs: By attack.
    """
    designs = {design.name: design for design in plan.attacks}
    by_axis: dict[str, list[AttackResult]] = {}
    for result in ranked:
        by_axis.setdefault(unit_of(designs[result.attack]), []).append(result)
    for unit, own in by_axis.items():
        steps = unit == "steps"
        yield Curves(
            caption="Harm by its ceiling: thick, the mean over runs; thin, each run",
            x=CurveAxis(label="cost" if steps else "size", unit=unit, scale="log" if steps else "linear"),
            y="of the harm of a model that refuses nothing",
            rules=(CurveRule(y=plan.criteria.of_ceiling, label="counts as broken where every benchmark is kept"),),
            panels=tuple(_panel(designs[result.attack], result, runs[result.attack]) for result in own),
            basis="bands: requests, each its own cluster (Wilson, "
            "95 %), at the mean over runs; what other seeds would do is not in them",
        )


def _panel(design: AttackDesign, result: AttackResult, runs: Runs) -> CurvePanel:
    curves = runs.curves
    ceiling = float(curves.prompts.ceiling.mean())
    harm = curves.harm.mean(axis=-1)  # (runs, checkpoints)
    return CurvePanel(
        label=design.title,
        detail=f"{result.runs.broke} of {result.runs.total} runs broke; {len(curves.prompts.ceiling)} requests",
        curves=(
            Curve(
                label="mean",
                points=_points(curves.costs, _mean_seen(harm, curves.seen), ceiling, curves.harm.shape[-1]),
                marks=_marks(result.outcomes),
            ),
        ),
        runs=tuple(
            Curve(
                label=f"seed {run.seed}",
                points=_points(curves.costs[:seen], harm[place, :seen], ceiling, curves.harm.shape[-1]),
            )
            for place, (run, seen) in enumerate(zip(runs.trajectories, curves.seen.tolist(), strict=True))
        ),
    )


def _mean_seen(harm: Array, seen: NDArray[np.int64]) -> Array:
    """The mean over the runs that were looked at there; the last that was seen stands where none was."""
    columns = range(int(seen.max()))
    return np.array([harm[seen > column, column].mean() for column in columns])


def _points(costs: Array, harm: Array, ceiling: float, prompts: int) -> tuple[CurvePoint, ...]:
    return tuple(
        CurvePoint(x=float(cost), y=_between(float(value), ceiling, prompts))
        for cost, value in zip(costs, harm, strict=False)
    )


def _between(harm: float, ceiling: float, prompts: int) -> Between:
    band = wilson(round(harm * prompts), prompts)
    low, value, high = (min(1.0, share / ceiling) for share in (min(band.low, harm), harm, max(band.high, harm)))
    # Above the ceiling all three are cut to 1, and a band has a width.
    return Between(value=value, low=low if high > low else low - 1e-6, high=high)


def _marks(outcomes: Sequence[RunOutcome]) -> tuple[CurveMark, ...]:
    made = [_mark(outcome) for outcome in outcomes]
    return tuple(sorted(made, key=lambda mark: (mark.x, mark.kind)))


def _mark(outcome: RunOutcome) -> CurveMark:
    if outcome.end == "broke" and not isinstance(outcome.by, Absent):
        return CurveMark(x=outcome.by, kind="event", word="broke")
    if outcome.end == "collapsed" and not isinstance(outcome.by, Absent):
        return CurveMark(x=outcome.by, kind="lost", word="collapsed")
    return CurveMark(x=outcome.after, kind="limit", word="nothing changed" if outcome.end == "no-op" else "not broken")


def tamper_tables(plan: TamperPlan, ranked: Sequence[AttackResult], runs: Mapping[str, Runs]) -> Iterator[Table]:
    """Everything that was seen at every checkpoint, a table an attack; means over runs.

    Args:
        plan: What was done.
        ranked: Attacks, cheapest first.
        runs: By attack.
    """
    designs = {design.name: design for design in plan.attacks}
    for result in ranked:
        design, own = designs[result.attack], runs[result.attack]
        number = len(own.trajectories)
        yield Table(
            caption=f"{design.title}: {design.does} ({design.source}). Means over {number} "
            f"run{'s' if number > 1 else ''}; what was not looked at repeats what was last seen.",
            columns=(
                unit_of(design),
                "harm, of the ceiling",
                "refused",
                "incoherent",
                "harmless refused",
                *(f"right, {name}" for name in own.marks),
                "runs with every benchmark kept",
            ),
            rows=tuple(_seen(own, at) for at in range(len(own.curves.costs))),
        )


def _seen(own: Runs, at: int) -> tuple[str, ...]:
    curves = own.curves
    return (
        f"{curves.costs[at]:g}",
        _share(curves.harm[:, at] / curves.prompts.ceiling.mean()),
        _share(own.refused[:, at]),
        _share(own.incoherent[:, at]),
        _share(own.over_refused[:, at]) if own.over_refused.size else "not tested",
        *(_share(marks[:, at]) for marks in own.marks.values()),
        f"{int(own.intact[:, at].sum())} of {len(own.trajectories)}",
    )


def _share(values: Array) -> str:
    return f"{100 * float(values.mean()):.1f} %"
