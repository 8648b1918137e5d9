# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""The copy of a subject that attacks change, in the memory of a sealed process, and how it is set back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from holdfast.evidence import Ask, sample_seed
from holdfast.models import Chat, OpenedModel, Request

_DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class Reached:
    """A checkpoint, as an attack comes to it."""

    at: float
    """A number of the attack's grid."""
    objective: float | None = None
    """What the attack works on; None where it works on nothing."""
    weight_change: float | None = None
    """Where the attack knows it; None where the weights themselves were changed and can be compared."""
    tokens: int = 0
    """Trained on so far."""
    generated: int = 0
    """Sampled so far."""


class Target:
    """An opened subject, and its weights as they were."""

    def __init__(self, opened: OpenedModel) -> None:
        """Keep a copy of the weights in the computer's own memory."""
        self.opened = opened
        self.prefix: tuple[int, ...] = ()
        """Token ids that stand before every prompt: of vectors that an attack has added."""
        self._before = {name: weight.detach().to("cpu", copy=True) for name, weight in self._weights()}

    @property
    def parameters(self) -> int:
        """Of the subject as it was."""
        return sum(weight.numel() for weight in self._before.values())

    @torch.no_grad()
    def set_back(self) -> None:
        """Give every weight its first value; the model is in evaluation mode afterwards."""
        for name, weight in self._weights():
            weight.copy_(self._before[name])
            weight.requires_grad_(True)
            weight.grad = None
        self.opened.model.eval()

    @torch.no_grad()
    def weight_change(self) -> float:
        """Frobenius norm of the change of all weights together, by that of the weights."""
        changes = ((weight.cpu() - self._before[name]).double().square().sum() for name, weight in self._weights())
        return sum(map(float, changes)) ** 0.5 / self.norm()

    def norm(self) -> float:
        """Frobenius norm of all weights together, as they were."""
        return sum(float(weight.double().square().sum()) for weight in self._before.values()) ** 0.5

    def replies(self, asks: Sequence[Ask], seed: int) -> list[str]:
        """What it says now, in order: as `LocalSubject` asks it, behind the prefix where there is one."""
        self.opened.model.eval()
        chat, engine = Chat(self.opened.tokenizer), self.opened.engine()
        prompts = [chat.prompt_ids([turn.model_dump() for turn in ask.messages], ask.prefill) for ask in asks]
        made = engine.run(
            [
                Request(
                    self.prefix + prompt,
                    ask.decoding.max_new_tokens,
                    ask.decoding.temperature,
                    sample_seed(seed, ask.id),
                )
                for prompt, ask in zip(prompts, asks, strict=True)
            ]
        )
        return [
            (ask.prefill + chat.text(prompt, one.token_ids)).strip()
            for ask, prompt, one in zip(asks, prompts, made, strict=True)
        ]

    def matrices(self) -> Iterator[tuple[str, Tensor]]:
        """Every weight with two dimensions or more, with its name."""
        return ((name, weight) for name, weight in self._weights() if weight.ndim > 1)

    def _weights(self) -> Iterator[tuple[str, Tensor]]:
        return iter(self.opened.model.named_parameters())


def rounded(value: float) -> float:
    """To four significant digits: what leaves the sealed process is no finer."""
    return float(f"{value:.{_DIGITS}g}")
