"""Where the evidence of a command that reads logs is kept: the same files as a run's, without completions."""

import platform
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from holdfast.cli._asked import Asked
from holdfast.errors import StorageFailed
from holdfast.evidence import AnyPlan, ComparisonPlan, LogPlan, Plan, Record, RunFacts, TamperPlan
from holdfast.report import render_html, render_junit, render_markdown, render_model_card, render_sarif
from holdfast.store import (
    Ledger,
    assessment_ordinals,
    commit_assessment,
    commitment,
    committed_with,
    home,
    open_run,
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What was written."""

    run: RunFacts
    directory: Path

    @property
    def lines(self) -> tuple[str, ...]:
        """Where to look, for the terminal."""
        return (f"report      {self.directory / 'report.html'}", f"record      {self.directory / 'record.json'}")


def keep(plan: AnyPlan, judged: Callable[[], Record], asked: Asked, *, started_at: str = "") -> tuple[Record, Kept]:
    """Judge, and write record, run and reports; the ledger gets its entry before the first finding is made.

    Args:
        plan: What is judged, by which framework.
        judged: Makes the record.
        asked: What to write.
        started_at: When the run that is judged began, where the plan does not say.

    Raises:
        OutputInUse: `out` holds something else.
        OutputBusy: Another process works in `out`.
        StorageFailed: The disk refused.
        LedgerBroken: The ledger was changed from outside.
    """
    begun, started = monotonic(), _now()
    # A run that was stopped has the plan that judges it: it is left to be gone on with.
    with open_run(plan, out=asked.out, anew=isinstance(plan, TamperPlan)) as directory:
        with Ledger(home() / "ledger.sqlite") as ledger:
            committed = _committed(ledger, plan, started_at, started)
            commit_assessment(ledger, plan, _written(started))
            record = judged()
            run = RunFacts(
                reference=asked.reference,
                ordinals=assessment_ordinals(ledger, plan),
                deviations=tuple(asked.deviations),
                committed=committed,
                resumed=False,
                resumed_batches=0,
                started_at=_written(started),
                finished_at=_written(_now()),
                wall_s=round(monotonic() - begun, 1),
                host=f"{platform.system()} {platform.machine()}",
                threads=1,
                record_digest=record.digest,
                ledger_head=ledger.entries()[-1].digest,
            )
        directory.save_report("report.html", render_html(record, run))
        directory.save_report("report.md", render_markdown(record, run))
        directory.finish(record, run)
    more = ((asked.sarif, render_sarif), (asked.junit, render_junit), (asked.model_card, render_model_card))
    for path, render in more:
        if path is not None:
            _write(path, render(record, run), directory.path)
    return record, Kept(run, directory.path)


def _committed(ledger: Ledger, plan: AnyPlan, started_at: str, now: datetime) -> str:
    """Whether what decides was known before the run: for a comparison, that is nothing but its margin."""
    match plan:
        case Plan() | TamperPlan() if committed_with(ledger, plan, started_at):
            return "committed with the plan, before the run began"
        case Plan():
            return commitment(ledger, plan.framework, (started_at,), now=now)
        case TamperPlan() if plan.framework.claim:
            return commitment(ledger, plan.framework, (started_at,), now=now)
        case LogPlan() if plan.framework.claim:
            return commitment(ledger, plan.framework, [log.started_at for log in plan.logs], now=now)
        case ComparisonPlan() if plan.framework.claim:
            return commitment(ledger, plan.framework, [log.started_at for log in (*plan.a, *plan.b)], now=now)
        case _:
            return "no claim was asked"


def _write(path: Path, text: str, kept: Path) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise StorageFailed(
            f"{path} cannot be written",
            why=problem.strerror or str(problem),
            fix="make its folder, make room or make it writable, then give the same command with another --out",
            state=f"the record and the report are in {kept}",
        ) from problem


def _now() -> datetime:
    return datetime.now(UTC)


def _written(time: datetime) -> str:
    return time.isoformat(timespec="seconds")
