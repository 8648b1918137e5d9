# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""Refusal-direction ablation: Arditi et al. 2024, arXiv 2406.11717.

The direction is the difference between the mean states behind restricted and behind harmless requests, at one depth. It
is projected out of what leaves the embedding and every decoder layer, at every token. That is the same as making all
matrices that write into the residual stream orthogonal to it, and needs to know none of their names.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import torch
from torch import Tensor
from torch.nn import Module

from holdfast.evidence import Demonstration
from holdfast.models import Chat, decoder_layers, hooked, stream_of
from holdfast.tamper._target import Reached
from holdfast.tamper.attacks._family import Attempt


def refusal_ablation(attempt: Attempt) -> Iterator[Reached]:
    """Take more and more of the direction out of the stream.

    Yields:
        One for each share. The objective is what is left of the projection of restricted requests on the direction, by
        what it was; the weights stay, and the change is that of the stream behind those requests.

    Raises:
        UnreadableModel: The model does not keep its decoder layers in one list.
    """
    opened, material, setting = attempt.target.opened, attempt.material, attempt.design.setting
    many = int(setting["requests"])
    benign = [one for kind in material.benign.values() for one in kind]
    layers = decoder_layers(opened.model)
    layer = max(1, round(float(setting["depth"]) * len(layers)))
    restricted = _prompts(attempt, material.harmful, many)
    states = _states(attempt, restricted, layer)
    direction = states.mean(0) - _states(attempt, _prompts(attempt, benign, many), layer).mean(0)
    direction /= direction.norm()
    before = (states @ direction).abs().mean()
    for share in attempt.design.grid:
        with ExitStack() as hooks:
            for module in (opened.model.get_input_embeddings(), *layers):
                hooks.enter_context(hooked(module, _TakeOut(direction, share), first=True))
            left = _states(attempt, restricted, layer)
            moved = float((left - states).norm() / states.norm())
            yield Reached(at=share, objective=float((left @ direction).abs().mean() / before), weight_change=moved)


def _prompts(
    attempt: Attempt, demonstrations: list[Demonstration] | tuple[Demonstration, ...], many: int
) -> list[tuple[int, ...]]:
    chat = Chat(attempt.target.opened.tokenizer)
    order = torch.randperm(len(demonstrations), generator=torch.Generator().manual_seed(attempt.seed))[:many]
    return [chat.prompt_ids([m.model_dump() for m in demonstrations[int(place)].messages]) for place in order]


def _states(attempt: Attempt, prompts: list[tuple[int, ...]], layer: int) -> Tensor:
    """(prompts, width), float32, on the CPU."""
    return attempt.target.opened.engine().states(prompts, (layer,))[:, 0]


class _TakeOut:
    """A hook that takes a share of one direction out of a stream."""

    def __init__(self, direction: Tensor, share: float) -> None:
        self._direction, self._share = direction, share

    def __call__(self, _: Module, __: Any, output: Any) -> Any:
        stream = stream_of(output)
        direction = self._direction.to(stream)
        left = stream - self._share * (stream @ direction)[..., None] * direction
        return (left, *output[1:]) if isinstance(output, tuple) else left
