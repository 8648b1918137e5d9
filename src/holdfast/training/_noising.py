# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""Gaussian noise on a model's weights, in memory, one after the other: only the sealed process imports this.

Source: Tice et al. 2024 (arXiv 2412.01784), where models that were told or trained to underperform answered better
under noise, and others worse.
"""

import torch
from torch import Tensor
from transformers import PreTrainedModel

from holdfast.evidence import Noise, sample_seed


class NoisyWeights:
    """A model and its matrices as they were: noise never comes on top of other noise."""

    def __init__(self, model: PreTrainedModel) -> None:
        """Keep a copy of every matrix beside the model; vectors, such as norms and biases, get no noise."""
        self._kept = [(weight, weight.detach().clone()) for weight in model.parameters() if weight.dim() > 1]

    def put(self, noise: Noise | None, seed: int) -> None:
        """Let the weights be as they were, and this noise on them.

        Args:
            noise: How much, and which draw; None for none.
            seed: Of the run. The same seed and draw give the same noise, times sigma, wherever the model is.
        """
        with torch.no_grad():
            for place, (weight, plain) in enumerate(self._kept):
                weight.copy_(plain if noise is None else _noisy(plain, noise, sample_seed(seed, _name(noise, place))))


def _name(noise: Noise, place: int) -> str:
    return f"noise/{noise.draw}/{place}"


def _noisy(plain: Tensor, noise: Noise, seed: int) -> Tensor:
    # Drawn on the CPU, so that a draw is the same on every device.
    drawn = torch.randn(plain.shape, generator=torch.Generator().manual_seed(seed)).to(plain.device)
    wide = plain.float()
    return (wide + noise.sigma * wide.std() * drawn).to(plain.dtype)
