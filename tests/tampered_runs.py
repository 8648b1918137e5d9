"""The directory that a tamper run leaves, made without one."""

from collections.abc import Sequence
from pathlib import Path

from holdfast.assure import assess
from holdfast.audit._committed import Committed, committed
from holdfast.evidence import Plan, Row, TamperPlan, TamperRuns, Trajectory, run_name
from tampered import assessed, ceiling, untampered


def keep(made: TamperPlan, place: Path, runs: Sequence[Trajectory], *, finished: bool = True) -> Path:
    """What a run of this plan leaves that came to these trajectories: a record, or no record where it was stopped."""
    with committed(made, reference="by hand", out=place, deviations=()) as under_way:
        _save(under_way, runs)
        if finished:
            under_way.finish(assessed(made, untampered(), ceiling(), runs), before="run")
    return place


def keep_audit(made: Plan, place: Path, rows: Sequence[Row], runs: Sequence[Trajectory]) -> Path:
    """What an audit leaves that has these rows, and whose attacks came to these trajectories."""
    seen = TamperRuns(before=untampered(), ceiling=ceiling(), trajectories=tuple(runs))
    with committed(made, reference="by hand", out=place, deviations=()) as under_way:
        _save(under_way, runs)
        under_way.directory.save_rows(rows)
        under_way.finish(assess(rows, made, {}, seen))
    return place


def _save(under_way: Committed, runs: Sequence[Trajectory]) -> None:
    under_way.directory.save_piece("untampered", untampered())
    under_way.directory.save_piece("ceiling", ceiling())
    for each in runs:
        under_way.directory.save_piece(run_name(each.attack, each.seed), each)
