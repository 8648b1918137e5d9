"""How long and how hard to train: plain values, so that a recipe can be read without torch."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SftPlan:
    """How long and how hard to train."""

    steps: int
    learning_rate: float
    """Peak; reached after the warm-up, then follows half a cosine down to 0."""
    warmup_steps: int
    max_grad_norm: float = 1.0
