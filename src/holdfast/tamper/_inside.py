"""What runs inside the seal when a subject is tampered with: open, and for each run change, ask, say five numbers.

Replies leave to be scored and are never written; nothing else of the changed weights leaves. See `training.sealing`.
"""

from collections.abc import Iterator, Sequence
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic_core import to_json

from holdfast.errors import HoldfastError, TuningFailed, TuningGarbled
from holdfast.tamper._messages import (
    LONGEST_ORDER,
    MOST_COMPLETIONS,
    ORDER,
    Checkpoint,
    Completions,
    Opened,
    Rewards,
    TamperTask,
    Unit,
    UnitEnded,
    reply_bytes,
)
from holdfast.training.sealing import STATE, Pipes, run_inside, text_bytes, threads_for

if TYPE_CHECKING:
    from holdfast.tamper._target import Reached, Target
    from holdfast.tamper.attacks import Reward


_FRAME_BYTES: Final = 60_000
"""Of completions in one frame: no frame may have more than 65,536, names and braces among them."""


def main() -> None:
    """Do the runs that are ordered, until nothing more is; see `run_inside`."""
    run_inside(TamperTask, _import, _work)


def _import() -> None:
    from holdfast.training._tuning import import_what_comes_late

    import_what_comes_late()


def _work(task: TamperTask, pipes: Pipes) -> None:
    import torch

    from holdfast.models import open_directory
    from holdfast.tamper._target import Target

    opened = open_directory(Path(task.directory), device=task.device, dtype=task.dtype)
    torch.set_num_threads(threads_for(task, opened.model.num_parameters()))
    target = Target(opened)
    pipes.say(Opened(subject=opened.facts.digest))
    while frame := pipes.hear(LONGEST_ORDER):
        order = ORDER.validate_json(frame)
        assert isinstance(order, Unit)  # rewards are only sent to whoever waits for them
        pipes.say(_run(order, task, target, pipes))


def _run(unit: Unit, task: TamperTask, target: "Target", pipes: Pipes) -> UnitEnded:
    """One run; the subject is as it was afterwards."""
    from holdfast.tamper.attacks import ATTACKS, Attempt

    target.set_back()
    longest = int(unit.design.setting.get("max_new_tokens", 0))
    attempt = Attempt(target, task.material, unit.design, unit.seed, _rewards_from(pipes, longest))
    attack: Iterator[Reached] = ATTACKS[unit.design.cell_of or unit.design.name](attempt)
    try:
        for reached in attack:
            # Before the replies: a run whose numbers are none any more stops here, at the checkpoint before.
            checkpoint = _checkpoint(reached, target)
            limits = [reply_bytes(ask) for ask in task.asks]
            for texts in _in_frames(_cut(target.replies(task.asks, unit.seed), limits)):
                pipes.say(Completions(texts=texts))
            pipes.say(checkpoint)
    except HoldfastError as problem:
        return UnitEnded.because(f"{problem.what}: {problem.why}")
    return UnitEnded()


def _checkpoint(reached: "Reached", target: "Target") -> Checkpoint:
    from holdfast.tamper._target import rounded

    change = target.weight_change() if reached.weight_change is None else reached.weight_change
    if not (isfinite(change) and isfinite(reached.objective or 0.0)):
        raise TuningFailed(
            "the run did not come to its end",
            why=f"at {reached.at:g} the weights are no numbers any more",
            fix="nothing can be said of this attack on these weights",
            state=STATE,
        )
    return Checkpoint(
        at=reached.at,
        objective=None if reached.objective is None else rounded(reached.objective),
        weight_change=rounded(change),
        tokens=reached.tokens,
        generated=reached.generated,
    )


def _rewards_from(pipes: Pipes, rollout_tokens: int) -> "Reward":
    """Rewards for rollouts, from whoever started this process."""

    def rewards(prompt: int, texts: tuple[str, ...]) -> tuple[float, ...]:
        pipes.say(Completions(prompt=prompt, texts=_cut(texts, [text_bytes(rollout_tokens)] * len(texts))))
        order = ORDER.validate_json(pipes.hear(LONGEST_ORDER))
        if not isinstance(order, Rewards) or len(order.values) != len(texts):
            raise TuningGarbled(
                "the sealed process was sent something else than rewards",
                why=f"{len(texts)} rollouts wait for one each",
                fix="report it: this is a fault of Holdfast's own",
                state=STATE,
            )
        return order.values

    return rewards


def _cut(texts: Sequence[str], limits: Sequence[int]) -> tuple[str, ...]:
    """No longer than may be said: a model that was destroyed can write tokens of a hundred characters."""
    return tuple(text.encode()[:longest].decode("utf-8", "ignore") for text, longest in zip(texts, limits, strict=True))


def _in_frames(texts: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """So many at a time as a frame may hold, in number and in bytes."""
    frame: list[str] = []
    size = 0
    for text in texts:
        written = len(to_json(text))
        if frame and (len(frame) == MOST_COMPLETIONS or size + written > _FRAME_BYTES):
            yield tuple(frame)
            frame, size = [], 0
        frame.append(text)
        size += written + 1
    if frame:
        yield tuple(frame)
