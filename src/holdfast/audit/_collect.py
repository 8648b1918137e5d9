"""Asking: every batch of the plan once, kept as soon as it is answered, and only the missing ones after a crash."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from holdfast.audit._prepare import Prepared
from holdfast.checks import Truths, rows_of
from holdfast.evidence import JudgeNotes, RecordsCalls, Reply, Row, Subject
from holdfast.store import RunDirectory


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run is. Library code announces it; only the command draws it."""

    check: str
    samples_done: int
    samples: int


@dataclass(frozen=True, slots=True)
class Collected:
    """What came back, by ask."""

    replies: Mapping[str, Reply]
    resumed_batches: int


def collect(
    prepared: Prepared, subject: Subject, directory: RunDirectory, announce: Callable[[Progress], None]
) -> Collected:
    """Ask the subject everything that is planned and was not yet answered.

    Args:
        prepared: The plan and its asks.
        subject: Who is asked.
        directory: Where each batch is kept; batches found there are not asked again.
        announce: Told after every batch.

    Raises:
        StorageFailed: A batch could not be kept; those before it are.
    """
    batches = prepared.batches()
    total = sum(len(batch) for batch in batches)
    replies: dict[str, Reply] = {}
    resumed = 0
    for number, batch in enumerate(batches):
        answered = directory.load_batch(number)
        if answered is None or len(answered) > len(batch):
            answered = subject.answer(batch, prepared.plan.seed)
            directory.save_batch(number, answered)
        else:
            resumed += 1
        # Fewer replies than asks: the rest are skipped, and counted as such.
        replies |= {ask.id: reply for ask, reply in zip(batch, answered, strict=False)}
        announce(Progress(batch[0].check, len(replies), total))
    return Collected(replies, resumed)


def scored(prepared: Prepared, collected: Collected, notes: JudgeNotes | None = None) -> tuple[Row, ...]:
    """Every row of the run: each check's replies and spiked transcripts, scored.

    Args:
        prepared: The plan, its suites and who gives true labels.
        collected: What came back.
        notes: Where a judge's calls are kept, and found again when a run goes on.

    Raises:
        StorageFailed: A call could not be kept; those before it are.
    """
    plan = prepared.plan
    rows: list[Row] = []
    for check in plan.checks:
        name = check.design.id
        asks, suite = prepared.asks[name], prepared.suites[name]
        scorer, sample = suite.scorer, check.truth_sample
        rows += rows_of(
            check.design,
            suite,
            asks,
            collected.replies,
            plan.subject.digest,
            plan.seed,
            scorer=scorer.with_notes(notes) if notes and isinstance(scorer, RecordsCalls) else scorer,
            truths=Truths(sample, prepared.truths[name]) if sample and name in prepared.truths else None,
        )
    return tuple(rows)
