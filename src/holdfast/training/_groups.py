# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""The rollouts of one prompt with their rewards, and as tensors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from holdfast.evidence import sample_seed

Reward = Callable[[int, tuple[int, ...]], float]
"""From the place of a prompt and what was generated for it, a number in [0, 1]."""


@dataclass(slots=True, eq=False)
class Group:
    """Rollouts of one prompt: G of them, at most T tokens long."""

    prompt: tuple[int, ...]
    rollouts: Sequence[tuple[int, ...]]
    rewards: Sequence[float]
    old: Tensor | None = None
    """(G, T), log-probabilities at the first update."""
    anchor: Tensor | None = None
    """(G, T), the same under the reference."""

    @property
    def varies(self) -> bool:
        """Whether not all rewards are the same."""
        return min(self.rewards) < max(self.rewards)

    @property
    def tokens(self) -> int:
        """Generated, ends included."""
        return sum(map(len, self.rollouts))

    def padded(self, device: torch.device) -> tuple[Tensor, Tensor]:
        """Token ids (G, prompt + T), and where the generated ones are (G, T)."""
        longest = max(map(len, self.rollouts))
        # Any id will do for padding: nothing before it sees it, and it bears no loss.
        rows = [(*self.prompt, *row, *([0] * (longest - len(row)))) for row in self.rollouts]
        lengths = torch.tensor([len(row) for row in self.rollouts])
        mask = torch.arange(longest) < lengths[:, None]
        return torch.tensor(rows, device=device), mask.to(device)


def row_seeds(seed: int, step: int, turn: int, rows: int) -> list[int]:
    """One seed for each row of the prompt that has this turn in a step."""
    return [sample_seed(seed, f"rollout/{step}/{turn}/{row}") for row in range(rows)]


def judged(place: int, prompt: tuple[int, ...], rollouts: Sequence[tuple[int, ...]], reward: Reward) -> Group:
    """The group of a prompt.

    Raises:
        ValueError: A reward lies outside [0, 1], or is no number.
    """
    rewards = [float(reward(place, row)) for row in rollouts]
    for one in rewards:
        if not 0 <= one <= 1:
            raise ValueError(f"a reward of {one}; it lies in [0, 1]")
    return Group(prompt, rollouts, rewards)
