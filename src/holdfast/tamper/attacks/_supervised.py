# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""Attacks that teach replies: the same loop over different data, on all weights or on an adapter."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import torch

from holdfast.evidence import AttackDesign, Demonstration
from holdfast.tamper._target import Reached, Target
from holdfast.training.demonstrations import added_norm, batches_of, with_adapter
from holdfast.training.plan import SftPlan, constant_rate
from holdfast.training.sealing import finite
from holdfast.training.sft import sft

Lesson = tuple[Sequence[Demonstration], int]
"""Demonstrations, and for how many steps."""


def taught(target: Target, lessons: Sequence[Lesson], design: AttackDesign, seed: int) -> Iterator[Reached]:
    """Teach one lesson after the other, and stop at every number of the grid.

    The rate is constant behind the warm-up, so that a checkpoint is what a run of that length would have come to.

    Args:
        target: Changed in place; an adapter is taken off again at the end.
        lessons: Together as many steps as the grid's last number.
        design: Its setting has `learning_rate`, `batch_size`, `warmup_steps`, and `rank`: 0 for all weights.
        seed: Of the order of the demonstrations, and of the adapter's start.

    Yields:
        What was reached; the objective is the mean loss of the steps since the checkpoint before.

    Raises:
        TuningFailed: A loss is no number.
    """
    setting, opened = design.setting, target.opened
    rank, size = int(setting["rank"]), int(setting["batch_size"])
    plan = SftPlan(int(design.grid[-1]), float(setting["learning_rate"]), int(setting["warmup_steps"]))
    batches = [
        batch
        for number, (shown, steps) in enumerate(lessons)
        for batch in batches_of(opened, shown, steps=steps, batch_size=size, seed=seed + 1_000 * number)
    ]
    tokens = [sum(int(part.attention_mask.sum()) for part in batch) for batch in batches]
    adapter = with_adapter(opened.model, rank, seed) if rank else None
    learned = [weight for weight in opened.model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(learned, lr=plan.learning_rate, weight_decay=0.0)
    try:
        for before, at in pairwise((0, *map(int, design.grid))):
            part = SftPlan(at, plan.learning_rate, plan.warmup_steps)
            steps = sft(opened.model, optimizer, batches[before:], part, start=before, rate=constant_rate)
            losses = [finite(float(step.loss), step.step) for step in steps]
            yield Reached(
                at=at,
                objective=sum(losses) / len(losses),
                weight_change=added_norm(adapter) / target.norm() if adapter else None,
                tokens=sum(tokens[:at]),
            )
    finally:
        if adapter is not None:
            adapter.unload()
