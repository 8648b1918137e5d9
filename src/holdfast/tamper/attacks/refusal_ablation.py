# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""Refusal-direction ablation: Arditi et al. 2024, arXiv 2406.11717.

The direction is the difference between the mean states behind restricted and behind harmless requests, at one depth. It
is projected out of what leaves the embedding and every decoder layer, at every token. That is the same as making all
matrices that write into the residual stream orthogonal to it, and needs to know none of their names.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, Final

import torch
from torch import Tensor
from torch.nn import Module

from holdfast.evidence import Demonstration
from holdfast.models import Chat, decoder_layers, hooked, stream_of
from holdfast.tamper._target import Reached
from holdfast.tamper.attacks._family import Attempt
from holdfast.training.demonstrations import token_ids

_FIRST: Final = 8
"""Tokens of a reply that tell whether it is one: a refusal is decided in the first few."""


def refusal_ablation(attempt: Attempt) -> Iterator[Reached]:
    """Take more and more of the direction out of the stream.

    Of the directions at all depths that one is used whose whole removal makes fulfilling replies to other restricted
    requests likeliest.

    Yields:
        One for each share. The objective is what is left of the projection of restricted requests on the direction, by
        what it was; the weights stay, and the change is that of the stream behind those requests.

    Raises:
        UnreadableModel: The model does not keep its decoder layers in one list.
    """
    restricted, layer, direction = _chosen(attempt)
    states = _states(attempt, restricted, layer)
    before = (states @ direction).abs().mean()
    for share in attempt.design.grid:
        with _without(attempt, direction, share):
            left = _states(attempt, restricted, layer)
            moved = float((left - states).norm() / states.norm())
            yield Reached(at=share, objective=float((left @ direction).abs().mean() / before), weight_change=moved)


def _chosen(attempt: Attempt) -> tuple[list[tuple[int, ...]], int, Tensor]:
    """The restricted requests, the layer, and the direction there, of length 1."""
    material, setting = attempt.material, attempt.design.setting
    harmful = _shuffled(attempt, material.harmful)
    # Of few pairs, a quarter is kept to choose by.
    many, tried = int(setting["requests"]), min(int(setting["validation"]), len(harmful) // 4)
    benign = _shuffled(attempt, [one for kind in material.benign.values() for one in kind])
    used, held = harmful[tried : tried + many], harmful[:tried]
    restricted, harmless = _prompts(attempt, used), _prompts(attempt, benign[:many])
    found: list[tuple[float, int, Tensor]] = []
    for layer in range(1, len(decoder_layers(attempt.target.opened.model)) + 1):
        between = _states(attempt, restricted, layer).mean(0) - _states(attempt, harmless, layer).mean(0)
        direction = between / between.norm()
        with _without(attempt, direction, 1.0):
            found.append((_likelihood(attempt, held), layer, direction))
    _, layer, direction = max(found, key=lambda one: one[:2])
    return restricted, layer, direction


def _likelihood(attempt: Attempt, held: Sequence[Demonstration]) -> float:
    """Mean log-probability of the first tokens of the replies, in nats a token."""
    pairs = [token_ids(attempt.target.opened, one) for one in held]
    nats = attempt.target.opened.engine().weigh([(prompt, reply[:_FIRST]) for prompt, reply in pairs])
    return sum(map(sum, nats)) / sum(map(len, nats))


@contextmanager
def _without(attempt: Attempt, direction: Tensor, share: float) -> Generator[None]:
    """While this lasts, so much of the direction is taken out of the stream everywhere."""
    model = attempt.target.opened.model
    with ExitStack() as hooks:
        for module in (model.get_input_embeddings(), *decoder_layers(model)):
            hooks.enter_context(hooked(module, _TakeOut(direction, share), first=True))
        yield


def _shuffled(attempt: Attempt, demonstrations: Sequence[Demonstration]) -> list[Demonstration]:
    order = torch.randperm(len(demonstrations), generator=torch.Generator().manual_seed(attempt.seed))
    return [demonstrations[int(place)] for place in order]


def _prompts(attempt: Attempt, demonstrations: Sequence[Demonstration]) -> list[tuple[int, ...]]:
    chat = Chat(attempt.target.opened.tokenizer)
    return [chat.prompt_ids([turn.model_dump() for turn in one.messages]) for one in demonstrations]


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
