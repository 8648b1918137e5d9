# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""Teaching an opened model a few demonstrations, in memory: only the sealed process imports this.

A low-rank adapter is put on every linear map, and learns the replies token by token; the weights themselves stay. Same
model, demonstrations, settings and seed: the same adapter, bit by bit on one machine's CPU.
"""

from collections.abc import Iterator, Sequence

import torch

from holdfast.evidence import Demonstration
from holdfast.models import OpenedModel
from holdfast.training.demonstrations import batches_of, with_adapter
from holdfast.training.plan import Tuning
from holdfast.training.sft import SftStep, sft


def import_what_comes_late() -> None:
    """Take one step with nothing: torch imports the rest of itself then, which needs a process that is not shut."""
    nothing = torch.nn.Parameter(torch.zeros(1))
    nothing.sum().backward()
    torch.optim.AdamW([nothing], lr=0.0).step()


def tune(opened: OpenedModel, demonstrations: Sequence[Demonstration], tuning: Tuning, seed: int) -> Iterator[SftStep]:
    """Teach the demonstrations, in place.

    Args:
        opened: Its model has the adapter after this, and is ready to be asked once the last step was taken.
        demonstrations: At least one.
        tuning: How hard.
        seed: Of the adapter's start and of the order.

    Yields:
        One `SftStep` per optimiser step.

    Raises:
        jinja2.TemplateError: The subject's chat template refuses a conversation.
    """
    batches = batches_of(opened, demonstrations, steps=tuning.steps, batch_size=tuning.batch_size, seed=seed)
    with_adapter(opened.model, tuning.rank, seed)
    learned = [weight for weight in opened.model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(learned, lr=tuning.learning_rate, weight_decay=0.0)
    yield from sft(opened.model, optimizer, batches, tuning.sft)
