# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""Steering: a vector is added to what leaves one decoder layer, while a forward pass lasts and no longer.

Weights stay as they are, and nothing is kept: the hook that adds the vector is taken off after every pass.
Source of the method: Turner et al. (2023), arXiv 2308.10248; Rimsky et al. (2024), arXiv 2312.06681.
"""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

import torch
from torch import Tensor
from torch.nn import Module
from transformers import PreTrainedModel

from holdfast.models._layers import decoder_layers, hooked, stream_of


@dataclass(frozen=True, slots=True, eq=False)
class Steering:
    """What is added to the residual stream of a whole batch, and where."""

    model_layer: int
    """1 is what leaves the first decoder layer."""
    vector: Tensor
    """(width,), as it is added: its coefficient is in it."""
    positions: Literal["prompt", "from the prompt's end", "everywhere"] = "everywhere"
    """At every prompt token; at the last one and every generated token; or at all of them."""

    def __post_init__(self) -> None:
        """Refuse what would otherwise be added to another layer, or to every number of the stream.

        Raises:
            ValueError: The layer is below 1, or the vector is not one vector.
        """
        if self.model_layer < 1 or self.vector.ndim != 1:
            raise ValueError(f"layer {self.model_layer}, vector of shape {tuple(self.vector.shape)}")

    @property
    def spares_beginnings(self) -> bool:
        """Whether what was computed of a prompt's beginning without the vector holds with it too."""
        return self.positions == "from the prompt's end"

    @property
    def digest(self) -> str:
        """Of the vector, in single precision, and of where it is added."""
        numbers = self.vector.detach().float().cpu().numpy().astype("<f4").tobytes()
        return "sha256:" + sha256(f"{self.model_layer}/{self.positions}/".encode() + numbers).hexdigest()

    def mask(self, columns: int, ends: Tensor | None) -> Tensor | None:
        """Which of the new tokens the vector is added to: (n, columns), or None for all.

        Args:
            columns: New tokens of a row.
            ends: (n,) column of the prompt's last token in each row, or None where every column was generated.
        """
        if self.positions == "everywhere" or (ends is None and self.spares_beginnings):
            return None
        if ends is None:
            return torch.zeros(1, columns, dtype=torch.bool)
        at = torch.arange(columns)
        return at >= ends[:, None] if self.spares_beginnings else at <= ends[:, None]


@contextmanager
def steered(model: PreTrainedModel, steering: Steering | None, columns: int, ends: Tensor | None) -> Generator[None]:
    """While this lasts, forward passes over so many new tokens a row are steered.

    Args:
        model: Whose pass it is.
        steering: None to steer nothing.
        columns: New tokens of a row.
        ends: (n,) column of the prompt's last token in each row, or None where every column was generated.

    Raises:
        UnreadableModel: The model does not keep its decoder layers in one list.
        IndexError: It has no such layer.
        ValueError: The vector is of another width.
    """
    if steering is None:
        yield
        return
    layer = decoder_layers(model)[steering.model_layer - 1]
    # First, so that whatever else reads the layer's output reads it steered.
    with hooked(layer, _Add(steering.vector, steering.mask(columns, ends)), first=True):
        yield


class _Add:
    """A hook that adds a vector to the stream where a mask says so."""

    def __init__(self, vector: Tensor, mask: Tensor | None) -> None:
        self._vector, self._mask = vector, mask

    def __call__(self, _: Module, __: Any, output: Any) -> Any:
        stream = stream_of(output)  # (n, S, width)
        if self._vector.shape != stream.shape[-1:]:
            raise ValueError(f"a vector of {len(self._vector)} numbers, a stream of {stream.shape[-1]}")
        added = self._vector.to(stream)
        if self._mask is not None:
            added = added * self._mask.to(stream)[..., None]
        return (stream + added, *output[1:]) if isinstance(output, tuple) else stream + added
