# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""What runs inside the seal: import, shut, open, teach, answer, end. The changed weights end with it.

It is started by `_sealed` and speaks to it through two pipes. It writes no weights, and nothing that it is sent can ask
for it.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from holdfast.errors import ExtraNotInstalled, HoldfastError, TuningFailed
from holdfast.evidence import Absent, Ask, Reply, Seal
from holdfast.training._messages import STATE, Answered, Failed, Sealed, Step, Task, received, send
from holdfast.training._seal import shut

_LONGEST_TASK: Final = 1 << 30
_BATCH: Final = 64
_NOT_SENT: Final = Absent(absent="not applicable", reason="not sent out of the sealed process")
_ONE_THREAD_BELOW: Final = 20_000_000
"""Parameters, as in the engine: small models gain nothing from more threads."""
_GPU_FILES: Final = ("nvidia*", "dri/*", "kfd")


def main() -> None:
    """Do the task that comes in through standard input; say what comes of it through standard output."""
    inbox, outbox = _own_pipes()
    task = Task.model_validate_json(received(inbox, _LONGEST_TASK))
    try:
        _work(task, inbox, outbox)
    except HoldfastError as problem:
        send(outbox, Failed.of(problem.code, problem.what, problem.why, problem.fix, problem.state))
    except Exception as problem:  # noqa: BLE001 -- whatever it is, the parent must hear of it
        failed = _failed(problem)
        send(outbox, Failed.of(failed.code, failed.what, failed.why, failed.fix, failed.state))
    # Without the interpreter's own farewell, in which libraries would try to write.
    os._exit(0)


def _own_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Keep the two pipes, and let the standard descriptors lead nowhere: what is printed must not look like a frame."""
    inbox, outbox = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    return inbox, outbox


def _work(task: Task, inbox: IO[bytes], outbox: IO[bytes]) -> None:
    _import()
    send(outbox, Sealed(seal=_shut(task, inbox, outbox)))
    for message in _steps_and_replies(task):
        send(outbox, message)


def _import() -> None:
    try:
        from holdfast.training import _tuning
    except ImportError as problem:
        raise ExtraNotInstalled(
            "the packages for fine-tuning are not installed", why=str(problem), fix="pip install 'holdfast[audit]'"
        ) from problem
    _tuning.import_what_comes_late()


def _shut(task: Task, inbox: IO[bytes], outbox: IO[bytes]) -> Seal:
    directory = Path(task.directory)
    # The files of a model in the hub's cache are links to elsewhere.
    behind = {file.resolve().parent for file in directory.iterdir()} if directory.is_dir() else set[Path]()
    on_gpu = task.device != "cpu"
    return shut(
        pipes=(inbox.fileno(), outbox.fileno()),
        scratch=Path(task.scratch),
        parent=task.parent,
        readable=[directory, *sorted(behind)],
        devices=[file for files in _GPU_FILES for file in sorted(Path("/dev").glob(files))] if on_gpu else [],
    )


def _steps_and_replies(task: Task) -> Iterator[Step | Answered]:
    import torch

    from holdfast.models import LocalSubject, open_directory
    from holdfast.training._tuning import tune

    opened = open_directory(Path(task.directory), device=task.device, dtype=task.dtype)
    # One until here: the seal shuts one thread, and those that begin later inherit it.
    torch.set_num_threads(task.threads if opened.model.num_parameters() > _ONE_THREAD_BELOW else 1)
    for step in tune(opened, task.demonstrations, task.tuning, task.seed):
        yield Step(loss=round(_finite(float(step.loss), step.step), 4))
    subject = LocalSubject(opened)
    for batch in _batches(task.asks):
        for reply in subject.answer(batch, task.seed):
            yield Answered(reply=_cut(reply))


def _finite(loss: float, step: int) -> float:
    if not abs(loss) < float("inf"):
        raise TuningFailed(
            "the fine-tune did not come to its end",
            why=f"the loss of step {step} is no number that can be learned from",
            fix="lower the learning rate, or give --dtype float32",
            state=STATE,
        )
    return loss


def _batches(asks: tuple[Ask, ...]) -> Iterator[tuple[Ask, ...]]:
    """In order, each of one kind: to be continued, or to be weighed."""
    batch: list[Ask] = []
    for ask in asks:
        if batch and (len(batch) == _BATCH or bool(batch[-1].candidates) != bool(ask.candidates)):
            yield tuple(batch)
            batch = []
        batch.append(ask)
    if batch:
        yield tuple(batch)


def _cut(reply: Reply) -> Reply:
    """What may leave: the words, and not how likely each of them was."""
    return reply.model_copy(update={"log_probs_nats": _NOT_SENT}).sealed()


def _failed(problem: Exception) -> TuningFailed:
    said = (str(problem).strip().splitlines() or [""])[0]
    memory = isinstance(problem, MemoryError) or "out of memory" in said or "allocate memory" in said
    return TuningFailed(
        "the fine-tune did not come to its end",
        why=f"{'out of memory' if memory else type(problem).__name__}: {said}",
        fix="free memory, or give another --device"
        if memory
        else "see the reason; `holdfast audit` without the claim that needs a fine-tune asks all else",
        state=STATE,
    )
