"""One work that is done inside the seal: teach a few demonstrations, or put noise on the weights, answer, end."""

from collections.abc import Iterator
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import Final

from holdfast.evidence import Absent, Ask, Reply
from holdfast.training._inside import Pipes, finite, run_inside, threads_for
from holdfast.training._messages import Answered, Step, Task

_BATCH: Final = 64
_NOT_SENT: Final = Absent(absent="not applicable", reason="not sent out of the sealed process")


def main() -> None:
    """Do the task that comes in; see `run_inside`."""
    run_inside(Task, _import, _work)


def _import() -> None:
    from holdfast.training import _tuning

    import_module("holdfast.training._noising")
    _tuning.import_what_comes_late()


def _work(task: Task, pipes: Pipes) -> None:
    for message in _steps_and_replies(task):
        pipes.say(message)


def _steps_and_replies(task: Task) -> Iterator[Step | Answered]:
    import torch

    from holdfast.models import LocalSubject, open_directory
    from holdfast.training._noising import NoisyWeights
    from holdfast.training._tuning import tune

    opened = open_directory(Path(task.directory), device=task.device, dtype=task.dtype)
    torch.set_num_threads(threads_for(task, opened.model.num_parameters()))
    if task.demonstrations:
        for step in tune(opened, task.demonstrations, task.tuning, task.seed):
            yield Step(loss=round(finite(float(step.loss), step.step), 4))
    weights = NoisyWeights(opened.model) if any(ask.noise for ask in task.asks) else None
    for noise, asks in groupby(task.asks, key=lambda ask: ask.noise):
        if weights:
            weights.put(noise, task.seed)
        subject = LocalSubject(opened)  # a new one, which remembers nothing that other weights computed
        for batch in _batches(tuple(asks)):
            for reply in subject.answer(batch, task.seed):
                yield Answered(reply=_cut(reply))


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
