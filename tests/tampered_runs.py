"""The directory that a tamper run leaves, made without one."""

from collections.abc import Sequence
from pathlib import Path

from holdfast.audit._committed import committed
from holdfast.evidence import TamperPlan, Trajectory, run_name
from tampered import assessed, ceiling, untampered


def keep(made: TamperPlan, place: Path, runs: Sequence[Trajectory], *, finished: bool = True) -> Path:
    """What a run of this plan leaves that came to these trajectories: a record, or no record where it was stopped."""
    with committed(made, reference="by hand", out=place, deviations=()) as under_way:
        under_way.directory.save_piece("untampered", untampered())
        under_way.directory.save_piece("ceiling", ceiling())
        for each in runs:
            under_way.directory.save_piece(run_name(each.attack, each.seed), each)
        if finished:
            under_way.finish(assessed(made, untampered(), ceiling(), runs), before="run")
    return place
