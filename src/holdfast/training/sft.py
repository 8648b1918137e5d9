# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""Supervised fine-tuning, one step at a time.

The loop knows nothing about what it teaches, where batches come from, or where weights go: it is handed a function from
step number to batch, so a run that stops at step k and a run that resumes there see the same data. It writes nothing;
only `organisms` may.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import PreTrainedModel

from holdfast.training.plan import SftPlan


@dataclass(frozen=True, slots=True)
class TokenBatch:
    """A padded batch; labels are -100 wherever no loss is wanted."""

    input_ids: Tensor
    """(batch, sequence), int64."""
    attention_mask: Tensor
    labels: Tensor


@dataclass(frozen=True, slots=True)
class SftStep:
    """What one optimiser step did."""

    step: int
    """Steps finished so far, this one included."""
    loss_nats: float
    """Mean negative log-likelihood of a labelled token."""


def learning_rate_at(step: int, plan: SftPlan) -> float:
    """The learning rate of a step (counted from 0): linear warm-up, then half a cosine."""
    if step < plan.warmup_steps:
        return plan.learning_rate * (step + 1) / plan.warmup_steps
    done = (step - plan.warmup_steps) / max(1, plan.steps - plan.warmup_steps)
    return plan.learning_rate * 0.5 * (1.0 + math.cos(math.pi * done))


def sft(
    model: PreTrainedModel,
    optimizer: torch.optim.Optimizer,
    batch_at: Callable[[int], TokenBatch],
    plan: SftPlan,
    *,
    start: int = 0,
) -> Iterator[SftStep]:
    """Train in place from step `start`, yielding after every optimiser step.

    Args:
        model: Trained in place.
        optimizer: Carries its own state across a resume.
        batch_at: The batch of a step; must depend on nothing but the step.
        plan: Length and learning rate.
        start: Steps that were already done.

    Yields:
        One `SftStep` per optimiser step.
    """
    model.train()
    for step in range(start, plan.steps):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate_at(step, plan)
        batch = batch_at(step)
        loss: Tensor = model(input_ids=batch.input_ids, attention_mask=batch.attention_mask, labels=batch.labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), plan.max_grad_norm)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        yield SftStep(step + 1, float(loss.detach()))
    model.eval()
