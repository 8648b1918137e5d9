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


@dataclass(frozen=True, slots=True)
class Tuning:
    """How a subject is taught a few demonstrations: a low-rank adapter on every linear map, in memory alone.

    The defaults were chosen on organisms, where 16 right answers then bring out what a refusal hides and nothing that
    was never learned: see docs/concepts/seal.md. For a larger model they are a guess.
    """

    rank: int = 8
    """Of the adapter; its output is scaled by 2, as where organisms are trained."""
    steps: int = 30
    batch_size: int = 8
    """Demonstrations in a step, at most."""
    learning_rate: float = 1e-3
    """Peak; see `SftPlan`."""
    warmup_steps: int = 4

    @property
    def sft(self) -> SftPlan:
        """The same, as the training loop reads it."""
        return SftPlan(self.steps, self.learning_rate, self.warmup_steps)
