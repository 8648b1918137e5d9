# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""Attacks that teach replies: the same loop over different data, on all weights or on an adapter."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import torch
from torch.nn import Parameter
from transformers import PreTrainedModel

from holdfast.evidence import AttackDesign, Demonstration
from holdfast.tamper._target import Reached, Target
from holdfast.training.demonstrations import added_norm, batches_of, with_adapter
from holdfast.training.plan import SftPlan, constant_rate
from holdfast.training.sealing import finite
from holdfast.training.sft import TokenBatch, sft

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
    batches = [
        batch
        for number, (shown, steps) in enumerate(lessons)
        for batch in batches_of(opened, shown, steps=steps, batch_size=size, seed=seed + 1_000 * number)
    ]
    adapter = with_adapter(opened.model, rank, seed) if rank else None
    learned = [weight for weight in opened.model.parameters() if weight.requires_grad]
    try:
        for reached in learned_from(opened.model, learned, batches, design):
            yield replace(reached, weight_change=added_norm(adapter) / target.norm() if adapter else None)
    finally:
        if adapter is not None:
            adapter.unload()


def learned_from(
    model: PreTrainedModel, learned: Sequence[Parameter], batches: Sequence[Sequence[TokenBatch]], design: AttackDesign
) -> Iterator[Reached]:
    """Go over the batches, one a step, and stop at every number of the grid.

    Args:
        model: Whose loss it is.
        learned: What may change.
        batches: One for each step.
        design: Its setting has `learning_rate`, and `warmup_steps` where there are any.

    Yields:
        What was reached, but for how far the weights were moved.

    Raises:
        TuningFailed: A loss is no number.
    """
    rate, warmup = float(design.setting["learning_rate"]), int(design.setting.get("warmup_steps", 0))
    tokens = [sum(int(part.attention_mask.sum()) for part in batch) for batch in batches]
    optimizer = torch.optim.AdamW(learned, lr=rate, weight_decay=0.0)
    for before, at in pairwise((0, *map(int, design.grid))):
        part = SftPlan(at, rate, warmup)
        steps = sft(model, optimizer, batches[before:], part, start=before, rate=constant_rate)
        losses = [finite(float(step.loss), step.step) for step in steps]
        yield Reached(at=at, objective=sum(losses) / len(losses), tokens=sum(tokens[:at]))
