"""A fine-tune as its caller sees it: demonstrations and questions in, replies and a seal out, and no weights anywhere.

The work is done by a child process that can write nothing (see `_seal`). Nothing that it changes is kept: it is gone
when this returns, or raises.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import Protocol

from holdfast.evidence import Ask, Demonstration, Reply, Seal
from holdfast.training._heard import Heard, listen
from holdfast.training._messages import Task, send
from holdfast.training._process import ended, scratch_directory, sealed_process, threads
from holdfast.training.plan import Tuning


@dataclass(frozen=True, slots=True)
class SealedAnswers:
    """What a subject answered after it was taught, and what held around it meanwhile."""

    replies: tuple[Reply, ...]
    """One for each ask, in order. Their request digests are of the subject as it was, before it was taught."""
    seal: Seal
    losses: tuple[float, ...]
    """Of each step, the mean over the tokens of the replies that were taught, in nats."""


class AfterTuning(Protocol):
    """Something that teaches a subject, asks it, and forgets what it was taught: `answers_after_tuning`, or a fake."""

    def __call__(
        self,
        directory: Path,
        demonstrations: Sequence[Demonstration],
        asks: tuple[Ask, ...],
        tuning: Tuning,
        *,
        seed: int,
        device: str | None,
        dtype: str | None,
        announce: Callable[[int, int], None],
    ) -> SealedAnswers:
        """See `answers_after_tuning`."""
        ...


def answers_after_tuning(
    directory: Path,
    demonstrations: Sequence[Demonstration],
    asks: tuple[Ask, ...],
    tuning: Tuning,
    *,
    seed: int,
    device: str | None = None,
    dtype: str | None = None,
    announce: Callable[[int, int], None] = lambda done, total: None,
) -> SealedAnswers:
    """Teach a subject the demonstrations in a sealed process, ask it there, and let what it became end with it.

    Args:
        directory: Of the subject's weights, as `holdfast.models.open_directory` takes it. Nothing in it is changed.
        demonstrations: What it is taught; at least one.
        asks: What it is asked then.
        tuning: How hard it is taught.
        seed: Of the adapter, of the order of the demonstrations, and of the asks as an untaught subject is asked.
        device: Where; None to choose.
        dtype: In which number type; None to choose.
        announce: Told of steps and replies that are done, and of how many there will be.

    Returns:
        The replies, in this process's memory alone: same arguments, same replies on one machine's CPU. How likely the
        tokens were is not sent out of the sealed process.

    Raises:
        SealNotShut: The process could not be sealed; no weights were read.
        TuningFailed: It died, ran out of memory, or could not learn.
        TuningGarbled: It sent something else than progress and replies of the length that was asked for.
        StorageFailed: There is no temporary directory to try the seal in.
        HoldfastError: Whatever `open_directory` raises, and `ExtraNotInstalled`.
        ValueError: There are no demonstrations.
    """
    if not demonstrations:
        raise ValueError("nothing to teach: no demonstrations")
    return _answered(directory, demonstrations, asks, tuning, seed, device, dtype, announce)


class AskedUnderNoise(Protocol):
    """Something that asks a subject under noise on its weights: `answers_under_noise`, or a fake."""

    def __call__(
        self,
        directory: Path,
        asks: tuple[Ask, ...],
        *,
        seed: int,
        device: str | None,
        dtype: str | None,
        announce: Callable[[int, int], None],
    ) -> SealedAnswers:
        """See `answers_under_noise`."""
        ...


def answers_under_noise(
    directory: Path,
    asks: tuple[Ask, ...],
    *,
    seed: int,
    device: str | None = None,
    dtype: str | None = None,
    announce: Callable[[int, int], None] = lambda done, total: None,
) -> SealedAnswers:
    """Put noise on a subject's weights in a sealed process, ask it there, and let what it became end with it.

    Args:
        directory: Of the subject's weights, as `holdfast.models.open_directory` takes it. Nothing in it is changed.
        asks: What it is asked, each under the noise that it names, if any; those under the same stand together.
        seed: Of the noise, and of the asks.
        device: Where; None to choose. A second copy of the matrices lies beside the model.
        dtype: In which number type; None to choose.
        announce: Told of replies that are done, and of how many there will be.

    Returns:
        As `answers_after_tuning`, without losses.

    Raises:
        SealNotShut, TuningFailed, TuningGarbled, StorageFailed, HoldfastError: As `answers_after_tuning`.
    """
    return _answered(directory, (), asks, Tuning(), seed, device, dtype, announce)


def _answered(
    directory: Path,
    demonstrations: Sequence[Demonstration],
    asks: tuple[Ask, ...],
    tuning: Tuning,
    seed: int,
    device: str | None,
    dtype: str | None,
    announce: Callable[[int, int], None],
) -> SealedAnswers:
    with scratch_directory() as scratch, sealed_process("holdfast.training._child") as child:
        task = Task(
            directory=str(directory.resolve()),
            demonstrations=tuple(demonstrations),
            asks=asks,
            tuning=tuning,
            seed=seed,
            device=device,
            dtype=dtype,
            parent=os.getpid(),
            scratch=str(scratch),
            threads=threads(),
        )
        return _answers(child, task, announce)


def _answers(child: "Popen[bytes]", task: Task, announce: Callable[[int, int], None]) -> SealedAnswers:
    assert child.stdin is not None  # both are pipes
    assert child.stdout is not None
    heard = Heard(task.asks, task.tuning.steps if task.demonstrations else 0)
    try:
        send(child.stdin, task)
        for done in listen(child.stdout, heard):
            announce(done, heard.total)
    except (BrokenPipeError, EOFError) as problem:
        raise ended(child) from problem
    assert heard.seal is not None  # or listening would not have come to its end
    return SealedAnswers(tuple(heard.replies), heard.seal, tuple(heard.losses))
