"""A fine-tune as its caller sees it: demonstrations and questions in, replies and a seal out, and no weights anywhere.

The work is done by a child process that can write nothing (see `_seal`). Nothing that it changes is kept: it is gone
when this returns, or raises.
"""

import os
import signal
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired
from tempfile import TemporaryDirectory
from typing import IO, Final, Protocol

from pydantic_core import to_json

from holdfast.errors import HoldfastError, StorageFailed, TuningFailed
from holdfast.evidence import Ask, Demonstration, Reply, Seal
from holdfast.training._heard import Heard, garbled, listen
from holdfast.training._messages import STATE, Task, send
from holdfast.training.plan import Tuning

_BEGIN: Final = (
    "import json, sys; sys.path[:0] = json.loads(sys.argv[1]); from holdfast.training._child import main; main()"
)
_PATIENCE_S: Final = 5.0
_SETTINGS: Final = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    # While the child imports: some layers of the seal shut a process only while it has one thread.
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
}


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
    with _scratch() as scratch, _child() as child:
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
            threads=_threads(),
        )
        return _answers(child, task, announce)


def _answers(child: "Popen[bytes]", task: Task, announce: Callable[[int, int], None]) -> SealedAnswers:
    assert child.stdin is not None  # both are pipes
    assert child.stdout is not None
    heard = Heard(task.asks, task.tuning.steps)
    try:
        send(child.stdin, task)
        for done in listen(child.stdout, heard):
            announce(done, heard.total)
    except (BrokenPipeError, EOFError) as problem:
        raise _ended(child) from problem
    assert heard.seal is not None  # or listening would not have come to its end
    return SealedAnswers(tuple(heard.replies), heard.seal, tuple(heard.losses))


def _ended(child: "Popen[bytes]") -> HoldfastError:
    """What became of a child that says no more."""
    try:
        code = child.wait(_PATIENCE_S)
    except TimeoutExpired:
        return garbled("it closed its pipe and went on")
    killed = code == -signal.SIGKILL
    how = f"it was killed by signal {-code}" if code < 0 else f"it ended with exit code {code}"
    return TuningFailed(
        "the sealed process ended before it had answered",
        why=f"{how}{'; usually the system had no memory left' if killed else ', without a word'}",
        fix="free memory, or give another --device" if killed else "run it again; if it ends the same way, report it",
        state=STATE,
    )


@contextmanager
def _scratch() -> Generator[Path]:
    """Where the child tries to write; whatever it may leave there is removed."""
    try:
        made = TemporaryDirectory(prefix="holdfast-seal-", ignore_cleanup_errors=True)
        (Path(made.name) / "own").touch()
    except OSError as problem:
        raise StorageFailed(
            "there is no room to try the seal in",
            why=f"a temporary directory cannot be made: {problem.strerror or problem}",
            fix="make room, or set TMPDIR to a directory that is writable",
            state="nothing was tuned",
        ) from problem
    with made:
        yield Path(made.name)


@contextmanager
def _child() -> "Generator[Popen[bytes]]":
    """A fresh interpreter that ends, whatever happens here, when this is left; and with this process, if that dies."""
    child = Popen(  # noqa: S603 -- this interpreter, and our own words
        [sys.executable, "-I", "-B", "-c", _BEGIN, to_json(_where_modules_are()).decode()],
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        env=os.environ | _SETTINGS,
        # Ctrl-C reaches this process alone, which then ends the other.
        start_new_session=True,
    )
    try:
        yield child
    finally:
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                _close(pipe)


def _close(pipe: IO[bytes]) -> None:
    with suppress(BrokenPipeError):  # what was not yet written has no reader any more
        pipe.close()


def _where_modules_are() -> list[str]:
    """As this process finds them: from a checkout, a wheel, or a path of its own."""
    return [path for path in sys.path if os.path.isabs(path)]


def _threads() -> int:
    """As many as this process was told to use, else one for each processor that it may use."""
    told = os.environ.get("OMP_NUM_THREADS", "")
    return int(told) if told.isdecimal() and int(told) else (os.cpu_count() or 1)
