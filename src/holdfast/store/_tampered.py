"""A tamper run read back from its directory, whether it was finished or stopped part-way."""

from dataclasses import dataclass
from pathlib import Path

from holdfast.errors import BrokenLog, LogNotFound
from holdfast.evidence import (
    Absent,
    Plan,
    Record,
    RunFacts,
    TamperPlan,
    TamperRuns,
    Trajectory,
    Untampered,
    Winner,
    comparator_name,
    read_plan,
    read_record,
    run_name,
    winner_name,
)
from holdfast.store._runs import AnyPiece, FinishedRun, RunDirectory


@dataclass(frozen=True, slots=True)
class TamperedRun:
    """What a tamper run left."""

    plan: TamperPlan
    seen: TamperRuns
    record: Record | None
    """None where the run was stopped before it came to one."""
    run: RunFacts | None
    """The same."""


def is_tampered(path: Path) -> bool:
    """Whether a path is the directory of a tamper run, finished or stopped, or the record in one."""
    folder = _folder(path)
    plan = _plan_in(folder)
    if plan is None:
        # Of a damaged one: an audit that attacked copies keeps pieces as well, and rows.
        return (folder / "pieces").is_dir() and not (folder / "rows.jsonl").is_file()
    return isinstance(plan, TamperPlan)


def load_tampered(path: Path) -> TamperedRun:
    """Read a tamper run back.

    Args:
        path: Its directory, or the `record.json` in it.

    Raises:
        LogNotFound: No run of an attack has ended there.
        BrokenLog: A file of it is damaged, or was written for another run.
    """
    folder = _folder(path)
    plan = _plan_in(folder)
    if not isinstance(plan, TamperPlan):
        raise _broken(folder, "plan.json does not hold the plan of a tamper run")
    record, run = _finished(folder, plan)
    seen = load_tamper_runs(RunDirectory(folder, plan.digest, resumed=True), plan, whole=record is not None)
    if record is not None and record.rows_digest != seen.digest:
        raise _broken(folder, "the runs that were kept are not those that the record was made from")
    return TamperedRun(plan, seen, record, run)


def load_tamper_runs(directory: RunDirectory, plan: TamperPlan, *, whole: bool) -> TamperRuns:
    """Read back what was kept of each run of a tamper plan.

    Args:
        directory: Where it is kept, under the plan that it was kept for.
        plan: What was to be done.
        whole: Whether nothing may be missing, since there is a record of all of it.

    Raises:
        LogNotFound: No run of an attack has ended there.
        BrokenLog: A part is damaged, was kept for another plan, or is missing where none may be.
    """
    found = [_piece(directory, run_name(one.name, seed), Trajectory, whole=whole) for one, seed in plan.runs]
    runs = tuple(run for run in found if run)
    names = {design.name for design in plan.attacks}
    if not any(run.attack in names for run in runs):
        raise LogNotFound(
            f"no run of an attack is kept in {directory.path}",
            why="it was stopped before one had ended, or what it holds is an assessment",
            fix="give the directory that was tampered in, or go on with it: the same command resumes",
        )
    # All models are asked before the first run, so that they are there wherever a run is.
    before = _piece(directory, "untampered", Untampered, whole=True)
    ceiling = None if isinstance(plan.ceiling, Absent) else _piece(directory, "ceiling", Untampered, whole=True)
    assert before is not None  # or it would have been missing
    beside = {
        name: found.domain
        for place, name in enumerate(plan.comparators)
        if (found := _piece(directory, comparator_name(place), Untampered, whole=True))
    }
    won = {
        design.name: found.commitment
        for design in plan.attacks
        if design.cells and (found := _piece(directory, winner_name(design.name), Winner, whole=whole))
    }
    return TamperRuns(before=before, ceiling=ceiling, trajectories=runs, comparators=beside, commitments=won)


def load_attacked(found: FinishedRun) -> TamperRuns | None:
    """What was kept of the attacks of a finished audit; None where it made none, or none could be made.

    Raises:
        LogNotFound: Nothing of them is there.
        BrokenLog: A part is damaged or missing, or is not what the record was made from.
    """
    plan = found.record.plan
    if not isinstance(plan, Plan) or plan.tamper is None or not found.record.runs_digest:
        return None
    directory = RunDirectory(found.path, found.record.plan_digest, resumed=True)
    seen = load_tamper_runs(directory, plan.tamper, whole=True)
    if found.record.runs_digest != seen.digest:
        raise _broken(found.path, "the runs that were kept are not those that the record was made from")
    return seen


def _folder(path: Path) -> Path:
    return path.parent if path.is_file() and path.name == "record.json" else path


def _plan_in(folder: Path) -> object:
    try:
        return read_plan((folder / "plan.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None


def _finished(folder: Path, plan: TamperPlan) -> tuple[Record | None, RunFacts | None]:
    """The record and its run; none of a run that was stopped."""
    if not (folder / "record.json").is_file():
        return None, None
    try:
        record = read_record((folder / "record.json").read_text("utf-8"))
        run = RunFacts.model_validate_json((folder / "run.json").read_text("utf-8"))
    except (OSError, ValueError) as problem:
        raise _broken(folder, str(problem).splitlines()[0]) from problem
    if record.plan_digest != plan.digest:
        raise _broken(folder, "record.json was written for another plan")
    if run.record_digest != record.digest:
        raise _broken(folder, "run.json was written for another record")
    return record, run


def _piece(directory: RunDirectory, name: str, kind: type[AnyPiece], *, whole: bool) -> AnyPiece | None:
    found = directory.load_piece(name, kind)
    if found is None and directory.has_piece(name):
        raise _broken(directory.path, f"what was kept of {name} is damaged, or was kept for another plan")
    if found is None and whole:
        raise _broken(directory.path, f"what was kept of {name} is not there")
    return found


def _broken(folder: Path, why: str) -> BrokenLog:
    return BrokenLog(f"the run in {folder} cannot be read", why=why, fix="restore its files, or run it again")
