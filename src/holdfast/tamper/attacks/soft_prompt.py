# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""A universal soft prompt: vectors before every prompt, learned once for all requests. The weights stay as they are.

Sources: Schwinn et al. 2024, arXiv 2402.09063; the method, with vectors that start as embeddings of tokens drawn at
random: Lester et al. 2021, arXiv 2104.08691. That one prompt serves all requests is meant: one that is learned for the
request that it is scored on shows how well a model can be steered, and not what it holds (arXiv 2502.15836).
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor
from torch.nn import Module, Parameter

from holdfast.tamper._target import Reached, Target
from holdfast.tamper.attacks._drawn import drawn
from holdfast.tamper.attacks._family import Attempt
from holdfast.tamper.attacks._supervised import learned_from
from holdfast.training.demonstrations import batches_of
from holdfast.training.sft import NO_LOSS, TokenBatch


def soft_prompt(attempt: Attempt) -> Iterator[Reached]:
    """Learn vectors behind which restricted requests are fulfilled.

    Yields:
        One for each number of steps; the objective is the mean loss since the checkpoint before, the change the norm of
        the vectors by that of the weights.

    Raises:
        TuningFailed: A loss is no number.
    """
    target, design = attempt.target, attempt.design
    steps, size = int(design.grid[-1]), int(design.setting["batch_size"])
    shown = drawn(attempt.material.harmful, attempt)
    with _vectors(target, int(design.setting["vectors"]), attempt.seed) as learned:
        batches = [
            [_behind(target.prefix, part) for part in batch]
            for batch in batches_of(target.opened, shown, steps=steps, batch_size=size, seed=attempt.seed)
        ]
        for reached in learned_from(target.opened.model, [learned], batches, design):
            yield replace(reached, weight_change=float(learned.detach().norm()) / target.norm())


@contextmanager
def _vectors(target: Target, many: int, seed: int) -> Generator[Parameter]:
    """Let every prompt begin with vectors that alone can be learned; afterwards nothing of it is left."""
    model = target.opened.model
    embedding: Any = model.get_input_embeddings()
    for weight in model.parameters():
        weight.requires_grad_(False)
    rows = embedding.weight.shape[0]
    chosen = torch.randint(rows, (many,), generator=torch.Generator().manual_seed(seed))
    added = _Added(embedding, embedding.weight.detach()[chosen.to(embedding.weight.device)].clone())
    model.set_input_embeddings(added)
    target.prefix = tuple(range(rows, rows + many))
    try:
        yield added.vectors
    finally:
        target.prefix = ()
        model.set_input_embeddings(embedding)


class _Added(Module):
    """An embedding with a few rows more, which are learned apart from the others."""

    def __init__(self, base: Module, vectors: Tensor) -> None:
        super().__init__()
        self.base, self.vectors = base, Parameter(vectors)
        self._rows = int(base.weight.shape[0])  # type: ignore[union-attr] -- an embedding has a weight

    @property
    def weight(self) -> Any:
        """Of the embedding as it was."""
        return self.base.weight

    def forward(self, ids: Tensor) -> Tensor:
        """(n, S, width)."""
        own = ids >= self._rows
        known = self.base(ids.clamp(max=self._rows - 1))
        return torch.where(own[..., None], self.vectors[(ids - self._rows).clamp(min=0)].to(known), known)


def _behind(prefix: tuple[int, ...], part: TokenBatch) -> TokenBatch:
    """The batch, each row behind the prefix, which bears no loss."""
    rows = len(part.input_ids)

    def before(tensor: Tensor, value: Tensor | int) -> Tensor:
        column = value if isinstance(value, Tensor) else torch.tensor(value)
        return torch.cat([column.expand(rows, len(prefix)).to(tensor), tensor], dim=1)

    return TokenBatch(
        before(part.input_ids, torch.tensor(prefix)),
        before(part.attention_mask, 1),
        before(part.labels, NO_LOSS),
    )
