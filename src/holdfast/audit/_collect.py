"""Asking: every batch of the plan once, kept as soon as it is answered, and only the missing ones after a crash."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from holdfast.audit._prepare import Prepared
from holdfast.checks import Truths, labelled_at_once, rows_of
from holdfast.errors import HoldfastError, SealNotShut, TuningFailed
from holdfast.evidence import (
    CHANGED_ARMS,
    MATCHED_ARMS,
    TUNED_ARMS,
    Ask,
    JudgeNotes,
    NoisySubject,
    Reply,
    Row,
    Seal,
    Subject,
    TunableSubject,
    noting,
    request_digest,
)
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
    seals: tuple[Seal, ...] = ()
    """What held around each process in which a model's weights were changed, in the order of the plan."""


def collect(
    prepared: Prepared,
    subject: Subject,
    directory: RunDirectory,
    announce: Callable[[Progress], None],
    matched: Subject | None = None,
) -> Collected:
    """Ask the subject everything that is planned and was not yet answered.

    Args:
        prepared: The plan and its asks.
        subject: Who is asked.
        directory: Where each batch is kept; batches found there are not asked again.
        announce: Told after every batch.
        matched: The model that the plan tunes beside the subject, where there is one.

    Raises:
        StorageFailed: A batch could not be kept; those before it are.
    """
    batches = prepared.batches()
    total = sum(len(batch) for batch in batches)
    replies: dict[str, Reply] = {}
    resumed = 0
    seals: list[Seal] = []
    for number, batch in enumerate(batches):
        answered = directory.load_batch(number)
        if answered is None or len(answered) > len(batch):
            asked = matched if matched and batch[0].arm in MATCHED_ARMS else subject
            answered, seal = _answered(prepared, asked, batch)
            if seal:
                directory.save_seal(number, seal)
            directory.save_batch(number, answered)
        else:
            resumed += 1
        if batch[0].arm in CHANGED_ARMS and (held := directory.load_seal(number)):
            seals.append(held)
        # Fewer replies than asks: the rest are skipped, and counted as such.
        replies |= {ask.id: reply for ask, reply in zip(batch, answered, strict=False)}
        announce(Progress(batch[0].check, len(replies), total))
    return Collected(replies, resumed, tuple(seals))


def _answered(prepared: Prepared, subject: Subject, batch: tuple[Ask, ...]) -> tuple[tuple[Reply, ...], Seal | None]:
    """The replies as they may be kept, and the seal where the subject had to be changed for them."""
    seed, check = prepared.plan.seed, batch[0].check
    if batch[0].arm not in CHANGED_ARMS:
        return subject.answer(batch, seed), None
    try:
        replies, seal = _of_changed(prepared, subject, batch)
    except (SealNotShut, TuningFailed) as problem:
        # It fails alike each time: the rest of the audit is worth having, and this arm has no label, with the reason.
        return tuple(_unanswered(ask, subject, seed, problem) for ask in batch), None
    return labelled_at_once(prepared.suites[check], batch, replies, subject.facts.digest, seed), seal


def _of_changed(prepared: Prepared, subject: Subject, batch: tuple[Ask, ...]) -> tuple[tuple[Reply, ...], Seal]:
    """What a copy with other weights answers; the plan has these arms only of a subject that says so."""
    seed = prepared.plan.seed
    if batch[0].arm in TUNED_ARMS:
        return cast("TunableSubject", subject).answer_tuned(prepared.demonstrations[batch[0].check], batch, seed)
    return cast("NoisySubject", subject).answer_noised(batch, seed)


def _unanswered(ask: Ask, subject: Subject, seed: int, problem: HoldfastError) -> Reply:
    mark = request_digest(ask, subject.facts.digest, seed)
    return Reply(request_digest=mark, error=f"[{problem.code}] {problem.what}", stop="none", leading_bos=-1).sealed()


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
            scorer=noting(scorer, notes) if notes else scorer,
            matched=plan.matched.digest if plan.matched else "",
            truths=Truths(sample, prepared.truths[name]) if sample and name in prepared.truths else None,
        )
    return tuple(rows)
