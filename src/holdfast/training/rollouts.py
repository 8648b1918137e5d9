# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""Drawing the rollouts of a prompt: the prompt is read once, and every row has a generator of its own.

The engine of `models` does more, and takes 1.1 to 1.25 times as long for the rows of one prompt on models of 1 to 6 M
parameters; it draws from the whole distribution alone.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from transformers import DynamicCache, PreTrainedModel

from holdfast.training.plan import GrpoPlan

Rollout = Callable[[tuple[int, ...], Sequence[int]], Sequence[tuple[int, ...]]]
"""From a prompt's token ids and one seed for each row, what the model goes on with, the end included."""


def sampler(model: PreTrainedModel, plan: GrpoPlan, ends: frozenset[int]) -> Rollout:
    """Rollouts drawn in this process, from the model as it is at each call.

    Args:
        model: In evaluation mode whenever it is asked.
        plan: Temperature, share of the probability and length.
        ends: Token ids that end a sequence.
    """

    def rollout(prompt: tuple[int, ...], seeds: Sequence[int]) -> list[tuple[int, ...]]:
        return _drawn(model, prompt, seeds, plan, ends)

    return rollout


@torch.no_grad()
def _drawn(
    model: PreTrainedModel, prompt: tuple[int, ...], seeds: Sequence[int], plan: GrpoPlan, ends: frozenset[int]
) -> list[tuple[int, ...]]:
    cache = DynamicCache(config=model.config)
    read = model(
        input_ids=torch.tensor([prompt], device=model.device), past_key_values=cache, use_cache=True, logits_to_keep=1
    )
    cache.batch_repeat_interleave(len(seeds))
    logits: Tensor = read.logits[:, -1].expand(len(seeds), -1)  # (rows, V)
    draws = torch.stack([_uniforms(seed, plan.max_new_tokens) for seed in seeds]).to(logits.device)
    rows: list[list[int]] = [[] for _ in seeds]
    alive = list(range(len(seeds)))
    for column in range(plan.max_new_tokens):
        chosen = choose(logits, draws[alive, column], plan.temperature, plan.top_p)
        tokens: list[int] = chosen.tolist()
        for row, token in zip(alive, tokens, strict=True):
            rows[row].append(token)
        going = [place for place, token in enumerate(tokens) if token not in ends]
        if not going or column + 1 == plan.max_new_tokens:
            break
        if len(going) < len(alive):
            kept = torch.tensor(going)  # on the CPU, from where it picks on whatever device a layer's cache is
            cache.batch_select_indices(kept)
            chosen, alive = chosen[kept], [alive[place] for place in going]
        logits = model(input_ids=chosen[:, None].to(model.device), past_key_values=cache, use_cache=True).logits[:, -1]
    return [tuple(row) for row in rows]


def _uniforms(seed: int, count: int) -> Tensor:
    """What one row draws with: a function of its seed alone, whoever else is in the group."""
    return torch.rand(count, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def choose(logits: Tensor, draws: Tensor, temperature: float, top_p: float) -> Tensor:
    """The next token of every row, by inverse distribution.

    Args:
        logits: (rows, V)
        draws: (rows,), uniform in [0, 1).
        temperature: Above 0.
        top_p: Drawn from are the likeliest tokens whose probabilities reach this sum, at that temperature.

    Returns:
        (rows,), token ids.
    """
    # In double precision: a sum over a large vocabulary loses the rare words otherwise.
    shares = (logits.double() / temperature).softmax(-1)
    if top_p >= 1:
        return _at(shares, draws)
    shares, words = shares.sort(dim=-1, descending=True)
    before = shares.cumsum(-1) - shares
    place = _at(shares.masked_fill(before >= top_p, 0.0), draws)
    return words.gather(-1, place[:, None])[:, 0]


def _at(shares: Tensor, draws: Tensor) -> Tensor:
    """Where the sum of the shares, which need not be 1, passes the draw."""
    sums = shares.cumsum(-1)
    place = torch.searchsorted(sums, (draws * sums[:, -1])[:, None])[:, 0]
    return place.clamp(max=shares.shape[-1] - 1)
