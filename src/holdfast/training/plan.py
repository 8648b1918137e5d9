"""How long and how hard to train: plain values, so that a recipe can be read without torch."""

import math
from dataclasses import dataclass
from typing import Literal


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


@dataclass(frozen=True, slots=True)
class GrpoPlan:
    """How a policy is pushed towards a reward: group-relative policy optimisation (GRPO), as TRL 1.16 computes it.

    Defaults are TRL's, but for the size of a group and the KL anchor: GRP-Obliteration (arXiv 2602.06258) prints groups
    of 8, and tunes the anchor and the learning rate for each family of models without saying to what.
    """

    steps: int
    """Of the optimiser."""
    learning_rate: float
    """Peak; see `SftPlan`."""
    beta: float
    """Weight of the KL anchor in the loss; at 0 the reference is never asked, and the KL is not measured."""
    group: int = 8
    """Rollouts of a prompt, which are compared with each other alone."""
    prompts_per_step: int = 1
    warmup_steps: int = 0
    max_grad_norm: float = 1.0
    clip_epsilon: float = 0.2
    """How far the ratio of new to old probability of a token counts, on both sides of 1. At one update it is 1."""
    updates: int = 1
    """Optimiser steps on the same rollouts; TRL calls it `num_iterations`."""
    temperature: float = 1.0
    """Above 0. Rollouts are drawn at it, and the loss takes log-probabilities at it."""
    top_p: float = 1.0
    """Share of the probability that rollouts are drawn from; below 1 the unlikely rest is never drawn. As in TRL the
    loss knows nothing of it: its log-probabilities are those of the whole distribution."""
    max_new_tokens: int = 256
    loss: Literal["two-sided", "positive"] = "two-sided"
    """`two-sided`: tokens of better and of worse rollouts, clipped, over the number of tokens, as TRL's `dapo`; the KL
    of a token is weighted by its ratio, so that its gradient is the one of the divergence (DeepSeek-V3.2, arXiv
    2512.02556; a default of TRL 1.16). `positive`: as GRP-Obliteration prints it, rollouts above their group's mean
    alone count, weighted by their advantage, and the KL is added as it is. Which one that paper ran is not known: its
    code is not public."""

    @property
    def sft(self) -> SftPlan:
        """The learning rates, as `learning_rate_at` reads them."""
        return SftPlan(self.steps, self.learning_rate, self.warmup_steps, self.max_grad_norm)


def learning_rate_at(step: int, plan: SftPlan) -> float:
    """The learning rate of a step (counted from 0): linear warm-up, then half a cosine."""
    if step < plan.warmup_steps:
        return plan.learning_rate * (step + 1) / plan.warmup_steps
    done = (step - plan.warmup_steps) / max(1, plan.steps - plan.warmup_steps)
    return plan.learning_rate * 0.5 * (1.0 + math.cos(math.pi * done))


def constant_rate(step: int, plan: SftPlan) -> float:
    """The same rate after the warm-up: then a run that is cut short is the beginning of a longer one."""
    return plan.learning_rate * min(1.0, (step + 1) / max(1, plan.warmup_steps))
