"""The audit: plan, commit, ask, score, assess, report."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from holdfast.assure import assess
from holdfast.audit._cards import calibration_cards
from holdfast.audit._collect import Progress, collect, scored
from holdfast.audit._committed import Finished, committed
from holdfast.audit._prepare import Prepared
from holdfast.audit._tamper_runs import Attacked, attacked
from holdfast.audit._tunable import Tunable
from holdfast.errors import SealNotShut, TamperUnfit
from holdfast.evidence import Plan, Reply, Row, Subject, run_name
from holdfast.store import RunDirectory


@dataclass(frozen=True, slots=True)
class Audited(Finished):
    """A finished audit."""

    replies: Mapping[str, Reply]
    """By ask id."""
    rows: tuple[Row, ...]


def audit(
    prepared: Prepared,
    subject: Subject,
    *,
    reference: str,
    out: Path | None = None,
    deviations: Sequence[str] = (),
    matched: Subject | None = None,
    ceiling: Subject | None = None,
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
        ceiling: The model that refuses nothing, where the plan attacks copies of the subject.
        announce: Told after every batch.

    Raises:
        OutputInUse: `out` holds something else.
        OutputBusy: Another process works in `out`.
        StorageFailed: The disk refused; what was finished is kept.
        LedgerBroken: The ledger was changed from outside.
        HoldfastError: See `tamper.do_runs`, where copies are attacked; what had ended is kept.
    """
    plan = prepared.plan
    with committed(plan, reference=reference, out=out, deviations=deviations) as run:
        collected = collect(prepared, subject, run.directory, announce, matched)
        rows = scored(prepared, collected, run.directory.judge_log())
        broken = _attacked(prepared, subject, ceiling, run.directory, announce)
        record = assess(rows, plan, calibration_cards(), broken.runs if broken else None)
        run.directory.save_rows(rows)
        done = run.finish(
            record,
            resumed_batches=collected.resumed_batches + (broken.resumed if broken else 0),
            threads=_threads(plan),
            seals=collected.seals + (broken.seals if broken else ()),
        )
    return Audited(done.record, done.run, done.directory, collected.replies, rows)


def _attacked(
    prepared: Prepared,
    subject: Subject,
    ceiling: Subject | None,
    directory: RunDirectory,
    announce: Callable[[Progress], None],
) -> Attacked | None:
    """The plan's attacks on copies of the subject: last, since they take longest."""
    if prepared.attacks is None:
        return None
    assert isinstance(subject, Tunable)  # or no attack would have been planned

    def told(what: str, done: int, total: int) -> None:
        announce(Progress(f"tamper/{what}", done, total))

    try:
        return attacked(prepared.attacks, subject, ceiling, directory, announce=told)
    except (SealNotShut, TamperUnfit):
        # It fails alike each time: the rest of the audit is worth having, and what was to be attacked is not tested.
        if any(directory.has_piece(run_name(design.name, seed)) for design, seed in prepared.attacks.plan.runs):
            raise
        return None


def _threads(plan: Plan) -> int:
    if "one thread" in plan.subject.decoder:
        return 1
    torch = sys.modules.get("torch")
    return int(torch.get_num_threads()) if torch else 1
