"""The audit: plan, commit, ask, score, assess, report."""

import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from holdfast.assure import assess
from holdfast.audit._cards import calibration_cards
from holdfast.audit._collect import Progress, collect, scored
from holdfast.audit._prepare import Prepared
from holdfast.evidence import Plan, Record, Reply, Row, RunFacts, Subject
from holdfast.report import render_html, render_markdown
from holdfast.store import Ledger, home, open_run


@dataclass(frozen=True, slots=True)
class Audited:
    """A finished audit."""

    record: Record
    run: RunFacts
    directory: Path
    replies: Mapping[str, Reply]
    """By ask id."""
    rows: tuple[Row, ...]

    @property
    def report(self) -> Path:
        """The page to open."""
        return self.directory / "report.html"


def audit(
    prepared: Prepared,
    subject: Subject,
    *,
    reference: str,
    out: Path | None = None,
    deviations: Sequence[str] = (),
    matched: Subject | None = None,
    announce: Callable[[Progress], None] = lambda _: None,
) -> Audited:
    """Run a plan to its end, or go on with it where an earlier run was killed.

    The plan goes into the ledger before the first sample. The record depends on the plan alone; what varies between two
    runs of it is kept apart, in the run's facts.

    Args:
        prepared: What to do.
        subject: Who is asked.
        reference: How the user named the subject.
        out: Where to write; by default `holdfast-runs/<plan>-<n>`.
        deviations: What was done otherwise than planned, as the operator declares it.
        matched: The model that the plan tunes beside the subject, where it has one.
        announce: Told after every batch.

    Raises:
        OutputInUse: `out` holds something else.
        StorageFailed: The disk refused; what was finished is kept.
        LedgerBroken: The ledger was changed from outside.
    """
    plan, begun = prepared.plan, monotonic()
    directory = open_run(plan, out=out)
    with Ledger(home() / "ledger.sqlite") as ledger:
        # A run that was killed between its directory and its entry would otherwise go uncounted.
        if not directory.resumed or not ledger.is_open(plan):
            ledger.commit_plan(plan, _now())
        ledger.declare(plan, deviations)
        collected = collect(prepared, subject, directory, announce, matched)
        rows = scored(prepared, collected, directory.judge_log())
        record = assess(rows, plan, calibration_cards())
        declared, started = ledger.declared(plan)
        run = RunFacts(
            reference=reference,
            ordinals=ledger.ordinals(plan),
            deviations=declared,
            committed="before the first sample",
            resumed=directory.resumed,
            resumed_batches=collected.resumed_batches,
            started_at=started,
            finished_at=_now(),
            wall_s=round(monotonic() - begun, 1),
            host=f"{platform.system()} {platform.machine()}",
            threads=_threads(plan),
            seals=collected.seals,
            record_digest=record.digest,
            ledger_head=ledger.entries()[-1].digest,
        )
        directory.save_rows(rows)
        directory.save_report("report.html", render_html(record, run))
        directory.save_report("report.md", render_markdown(record, run))
        directory.finish(record, run)
        # Last: a run that is killed before this line is finished, and its plan stays open until it is run anew.
        ledger.append("record", _entry(record))
    return Audited(record, run, directory.path, collected.replies, rows)


def _entry(record: Record) -> dict[str, str]:
    return {"plan": record.plan_digest, "record": record.digest, "verdict": record.verdict}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _threads(plan: Plan) -> int:
    if "one thread" in plan.subject.decoder:
        return 1
    torch = sys.modules.get("torch")
    return int(torch.get_num_threads()) if torch else 1
