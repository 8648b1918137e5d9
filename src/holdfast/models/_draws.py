# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""The next token of every row, and its log-probability."""

import numpy as np
import torch
from torch import Tensor


def uniforms(seed: int, count: int) -> np.ndarray:
    """The uniform numbers that one sequence will use: a function of its seed alone."""
    return np.random.Generator(np.random.Philox(key=seed)).random(count)


def choose(logits: Tensor, draws: Tensor, temperatures: Tensor) -> tuple[Tensor, Tensor]:
    """Choose by inverse distribution where the temperature is above 0, else the likeliest.

    Args:
        logits: (B, V), of any floating type.
        draws: (B,) uniform in [0, 1), float64.
        temperatures: (B,).

    Returns:
        Token ids (B,) and their log-probabilities (B,) in nats, float64, on the logits' device: under the distribution
        that was drawn from, or at temperature 1 where greedy.
    """
    logits = logits.float()
    chosen = logits.argmax(-1)
    nats = (logits.gather(-1, chosen[:, None]).squeeze(1) - logits.logsumexp(-1)).double()
    sampled = (temperatures > 0).nonzero().squeeze(1)
    if len(sampled):
        # In double precision: a sum over a large vocabulary loses the rare words otherwise.
        log_probs = (logits[sampled].double() / temperatures[sampled, None]).log_softmax(-1)
        cumulative = log_probs.exp().cumsum(-1)
        drawn = torch.searchsorted(cumulative, (draws[sampled] * cumulative[:, -1])[:, None])
        drawn = drawn.clamp(max=logits.shape[-1] - 1)
        chosen[sampled] = drawn.squeeze(1)
        nats[sampled] = log_probs.gather(-1, drawn).squeeze(1)
    return chosen, nats
