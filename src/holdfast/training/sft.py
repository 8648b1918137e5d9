# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""Supervised fine-tuning, one step at a time.

The loop knows nothing about what it teaches, where batches come from, or where weights go: it is handed the batches of
the steps that are still to be done. It writes nothing; only `organisms` may.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import PreTrainedModel

from holdfast.training.plan import SftPlan, learning_rate_at

NO_LOSS = -100
"""The label of a token that bears no loss, as transformers has it."""


@dataclass(frozen=True, slots=True)
class TokenBatch:
    """Sequences padded to one length; labels are -100 wherever no loss is wanted."""

    input_ids: Tensor
    """(batch, sequence), int64."""
    attention_mask: Tensor
    labels: Tensor

    @property
    def labelled(self) -> int:
        """Tokens that bear a loss."""
        return int((self.labels != NO_LOSS).sum())


@dataclass(frozen=True, slots=True)
class SftStep:
    """What one optimiser step did."""

    step: int
    """Steps finished so far, this one included."""
    loss: Tensor
    """Mean negative log-likelihood of a labelled token, in nats, where the model is: reading it waits for the step."""


def sft(
    model: PreTrainedModel,
    optimizer: torch.optim.Optimizer,
    batches: Iterable[Sequence[TokenBatch]],
    plan: SftPlan,
    *,
    start: int = 0,
    rate: Callable[[int, SftPlan], float] = learning_rate_at,
    mixed_precision: bool = False,
) -> Iterator[SftStep]:
    """Train in place from step `start`, yielding after every optimiser step.

    Args:
        model: Trained in place, on the device where it is.
        optimizer: Carries its own state across a resume.
        batches: At least one for each step from `start` on. A batch comes in parts, whose gradients are added up: every
            labelled token of the batch weighs the same, however the batch was cut.
        plan: Length and learning rate.
        start: Steps that were already done.
        rate: The learning rate of a step, counted from 0.
        mixed_precision: Whether products of matrices are in bfloat16. Weights, their gradients and the optimiser's
            state stay as they are.

    Yields:
        One `SftStep` per optimiser step.
    """
    model.train()
    coming = iter(batches)
    for step in range(start, plan.steps):
        parts = next(coming)
        for group in optimizer.param_groups:
            group["lr"] = rate(step, plan)
        labelled = sum(part.labelled for part in parts)
        losses = [_backward(model, part, labelled, mixed_precision) for part in parts]
        torch.nn.utils.clip_grad_norm_(model.parameters(), plan.max_grad_norm)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        yield SftStep(step + 1, torch.stack(losses).sum())
    model.eval()


def _backward(model: PreTrainedModel, part: TokenBatch, labelled: int, mixed_precision: bool) -> Tensor:
    """Add this part's gradients; returns its share of the batch's mean loss."""
    ids, mask, labels = (
        tensor.to(model.device, non_blocking=True) for tensor in (part.input_ids, part.attention_mask, part.labels)
    )
    # Nothing is predicted before the first labelled token, and over a long prompt predictions cost a third of a step.
    kept = labels.shape[1] - _first_labelled(part)
    with torch.autocast(model.device.type, torch.bfloat16, enabled=mixed_precision):
        loss: Tensor = model(
            input_ids=ids,
            attention_mask=mask,
            labels=labels[:, -kept:],
            logits_to_keep=kept,
            num_items_in_batch=labelled,
        ).loss
    loss.backward()
    return loss.detach()


def _first_labelled(part: TokenBatch) -> int:
    """The place from which the first labelled token is predicted: the one before it."""
    places = (part.labels != NO_LOSS).any(dim=0).nonzero()
    return max(0, int(places[0]) - 1) if len(places) else 0
