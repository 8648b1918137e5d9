"""What every sealed process does, whatever its work: take its task, import, shut itself off, work, end.

It is started by `_process` and speaks to it through two pipes. It writes no weights, and nothing that it is told can
ask for it.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, Final, TypeVar

from holdfast.errors import ExtraNotInstalled, HoldfastError, TuningFailed
from holdfast.evidence import Frozen, Seal
from holdfast.training._messages import STATE, Failed, Sealed, SealedTask, received, send
from holdfast.training._seal import shut

_LONGEST_TASK: Final = 1 << 30
_ONE_THREAD_BELOW: Final = 20_000_000
"""Parameters, as in the engine: small models gain nothing from more threads."""
_GPU_FILES: Final = ("nvidia*", "dri/*", "kfd")

AnyTask = TypeVar("AnyTask", bound=SealedTask)


class Pipes:
    """The two pipes of a sealed process, as it sees them."""

    def __init__(self, inbox: IO[bytes], outbox: IO[bytes]) -> None:
        """Nothing is read or written yet."""
        self.inbox, self.outbox = inbox, outbox

    def say(self, message: Frozen) -> None:
        """Send one frame to whoever started this process."""
        send(self.outbox, message)

    def hear(self, longest: int) -> bytes:
        """The next frame from there; empty where it has gone.

        Raises:
            ValueError: The frame is longer than so many bytes, or was cut off.
        """
        return received(self.inbox, longest)


def run_inside(task_type: type[AnyTask], imports: Callable[[], None], work: Callable[[AnyTask, Pipes], None]) -> None:
    """Do the task that comes in through standard input; say what comes of it through standard output; end the process.

    Args:
        task_type: What comes in.
        imports: Imports all that the work needs: afterwards nothing can be imported that writes, starts or connects.
        work: Is handed the task and the pipes once the process is shut.
    """
    pipes = _own_pipes()
    task = task_type.model_validate_json(pipes.hear(_LONGEST_TASK))
    try:
        _import(imports)
        pipes.say(Sealed(seal=_shut(task, pipes)))
        work(task, pipes)
    except HoldfastError as problem:
        pipes.say(Failed.of(problem.code, problem.what, problem.why, problem.fix, problem.state))
    except Exception as problem:  # noqa: BLE001 -- whatever it is, the parent must hear of it
        failed = failed_by(problem)
        pipes.say(Failed.of(failed.code, failed.what, failed.why, failed.fix, failed.state))
    # Without the interpreter's own farewell, in which libraries would try to write.
    os._exit(0)


def threads_for(task: SealedTask, parameters: int) -> int:
    """How many threads a model of this size is worth here.

    One until the model is open: the seal shuts one thread, and those that begin later inherit it.
    """
    return task.threads if parameters > _ONE_THREAD_BELOW else 1


def _own_pipes() -> Pipes:
    """Keep the two pipes, and let the standard descriptors lead nowhere: what is printed must not look like a frame."""
    inbox, outbox = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    return Pipes(inbox, outbox)


def _import(imports: Callable[[], None]) -> None:
    try:
        imports()
    except ImportError as problem:
        raise ExtraNotInstalled(
            "the packages for fine-tuning are not installed", why=str(problem), fix="pip install 'holdfast[audit]'"
        ) from problem


def _shut(task: SealedTask, pipes: Pipes) -> Seal:
    directory = Path(task.directory)
    # The files of a model in the hub's cache are links to elsewhere.
    behind = {file.resolve().parent for file in directory.iterdir()} if directory.is_dir() else set[Path]()
    on_gpu = task.device != "cpu"
    return shut(
        pipes=(pipes.inbox.fileno(), pipes.outbox.fileno()),
        scratch=Path(task.scratch),
        parent=task.parent,
        readable=[directory, *sorted(behind)],
        devices=[file for files in _GPU_FILES for file in sorted(Path("/dev").glob(files))] if on_gpu else [],
    )


def finite(loss: float, step: int) -> float:
    """The loss of a step.

    Raises:
        TuningFailed: It is no number.
    """
    if not abs(loss) < float("inf"):
        raise TuningFailed(
            "the fine-tune did not come to its end",
            why=f"the loss of step {step} is no number that can be learned from",
            fix="lower the learning rate, or give --dtype float32",
            state=STATE,
        )
    return loss


def failed_by(problem: Exception) -> TuningFailed:
    """The coded error for whatever went wrong inside."""
    said = (str(problem).strip().splitlines() or [""])[0]
    memory = isinstance(problem, MemoryError) or "out of memory" in said or "allocate memory" in said
    return TuningFailed(
        "the fine-tune did not come to its end",
        why=f"{'out of memory' if memory else type(problem).__name__}: {said}",
        fix="free memory, or give another --device"
        if memory
        else "see the reason; leave out what needs a fine-tune, and all else can be asked",
        state=STATE,
    )
