"""A tiny model and batches that are the same numbers everywhere: from whole numbers in a file, not from a generator.

Generators of random numbers differ between versions of libraries. Weights here are a function of their place that uses
32-bit whole numbers alone. It needs numpy, torch and transformers, and knows neither Holdfast nor TRL.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import numpy as np
import torch
from transformers import LlamaConfig, LlamaForCausalLM


def noise(count: int, stream: int) -> np.ndarray:
    """Numbers between −0.5 and 0.5 without a pattern to speak of: a mixing of whole numbers, in float64."""
    bits = np.arange(count, dtype=np.uint64) + np.uint64(1_000_003 * stream)
    low = np.uint64(0xFFFFFFFF)
    for factor in (0x9E3779B1, 0x045D9F3B, 0x119DE1F3):
        bits = (bits * np.uint64(factor)) & low
        bits ^= bits >> np.uint64(15)
    return bits.astype(np.float64) / 2**32 - 0.5


def fixed_model(inputs: Mapping[str, Any], mixed: float = 0.0) -> LlamaForCausalLM:
    """The tiny model.

    Args:
        inputs: From the file: `model`, what `LlamaConfig` is given, and `scale`, how wide weights spread.
        mixed: So much of a second set of numbers is added to the first: a model nearby.
    """
    model = LlamaForCausalLM(LlamaConfig(**inputs["model"])).eval()
    fill(model.named_parameters(), inputs["scale"], mixed)
    return model


@torch.no_grad()
def fill(weights: Any, scale: float, mixed: float = 0.0) -> None:
    """Give named weights their numbers, in the order of their names; a norm's lie around 1."""
    first = 0
    for name, weight in sorted(weights):
        count = weight.numel()
        value = (noise(first + count, 1) + mixed * noise(first + count, 2))[first:]
        value = 1 + value / 4 if "norm" in name else scale * value
        weight.copy_(torch.from_numpy(value.astype(np.float32)).view_as(weight))
        first += count


def weights_digest(model: LlamaForCausalLM) -> str:
    """Of all weights, in the order of their names."""
    whole = sha256()
    for name, weight in sorted(model.named_parameters()):
        whole.update(name.encode() + weight.detach().numpy().tobytes())
    return whole.hexdigest()


def summary(weights: Any) -> dict[str, list[float]]:
    """Two numbers for each named tensor, which few changes leave alone: its length, and its shadow on a direction."""
    found: dict[str, list[float]] = {}
    for name, weight in sorted(weights):
        flat = weight.detach().double().flatten()
        shadow = flat @ torch.from_numpy(noise(flat.numel(), 3))
        found[name] = [float(flat.norm()), float(shadow)]
    return found


def reward_of(generated: tuple[int, ...]) -> float:
    """A reward that needs no judge: the share of even token ids."""
    return sum(token % 2 == 0 for token in generated) / len(generated)
