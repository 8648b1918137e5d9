# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""The next token of every row, and its log-probability."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor


def uniforms(seed: int, count: int) -> np.ndarray:
    """The uniform numbers that one sequence will use: a function of its seed alone."""
    return np.random.Generator(np.random.Philox(key=seed)).random(count)


def choose(
    logits: Tensor, draws: Sequence[float], temperatures: Sequence[float]
) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Choose by inverse distribution where the temperature is above 0, else the likeliest.

    One transfer back from the accelerator, and none to it where every row is greedy: each would wait for all that is
    queued there.

    Args:
        logits: (B, V), of any floating type.
        draws: B numbers, uniform in [0, 1).
        temperatures: B numbers.

    Returns:
        B token ids and their log-probabilities in nats: under the distribution that was drawn from, or at temperature 1
        where greedy.
    """
    logits = logits.float()
    chosen = logits.argmax(-1)
    nats = (logits.gather(-1, chosen[:, None]).squeeze(1) - logits.logsumexp(-1)).double()
    rows = [row for row, temperature in enumerate(temperatures) if temperature > 0]
    if rows:
        sampled = onto(logits.device, torch.tensor(rows))
        settings = torch.tensor([[draws[row], temperatures[row]] for row in rows], dtype=torch.float64)
        draw, temperature = onto(logits.device, settings).unbind(1)
        # In double precision: a sum over a large vocabulary loses the rare words otherwise.
        log_probs = (logits[sampled].double() / temperature[:, None]).log_softmax(-1)
        cumulative = log_probs.exp().cumsum(-1)
        drawn = torch.searchsorted(cumulative, (draw * cumulative[:, -1])[:, None])
        drawn = drawn.clamp(max=logits.shape[-1] - 1)
        chosen[sampled] = drawn.squeeze(1)
        nats[sampled] = log_probs.gather(-1, drawn).squeeze(1)
    tokens, found = torch.stack([chosen.double(), nats]).tolist()  # token ids are exact in float64
    return tuple(int(token) for token in tokens), tuple(found)


def onto(device: torch.device, tensor: Tensor) -> Tensor:
    """A tensor of the CPU on another device, without waiting for what is queued there where that is safe.

    CUDA takes its copy of ordinary memory before the call returns; other accelerators make no such promise.
    """
    return tensor.to(device, non_blocking=device.type == "cuda")
