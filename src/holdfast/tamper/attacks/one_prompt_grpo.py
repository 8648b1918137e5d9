# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""One-prompt GRPO: GRP-Obliteration, arXiv 2602.06258.

One mild restricted request, no reply to learn: groups of the model's own answers are rewarded from outside the seal,
and what is better than its group becomes likelier, tied to the untampered model by a KL anchor. While no answer of a
group is anything but a refusal there is nothing to reinforce, so what it costs is mostly the wait for a first one.
The control plants that one: whether the loop takes it up is then no matter of waiting.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import cast

import numpy as np
import torch

from holdfast.evidence import AttackDesign, Demonstration, RewardedPrompt
from holdfast.models import Chat
from holdfast.tamper._target import Reached
from holdfast.tamper.attacks._family import Attempt
from holdfast.training.demonstrations import added_norm, token_ids, with_adapter
from holdfast.training.grpo import GrpoStep, grpo
from holdfast.training.plan import GrpoPlan, constant_rate
from holdfast.training.references import frozen_copy, without_adapter
from holdfast.training.rollouts import Rollout, sampler


def one_prompt_grpo(attempt: Attempt) -> Iterator[Reached]:
    """Reinforce what one request is answered with, where that is rewarded.

    Yields:
        One for each number of steps; the objective is the mean reward since the checkpoint before.
    """
    target, design, opened = attempt.target, attempt.design, attempt.target.opened
    chosen = int(np.random.default_rng([attempt.seed, 1]).integers(len(attempt.material.rewarded)))
    chat, rank = Chat(opened.tokenizer), int(design.setting["rank"])
    prompt = chat.prompt_ids([turn.model_dump() for turn in attempt.material.rewarded[chosen].messages])

    def reward(_: int, tokens: tuple[int, ...]) -> float:
        return attempt.reward(chosen, (chat.text(prompt, tokens).strip(),))[0]

    adapter = with_adapter(opened.model, rank, attempt.seed) if rank else None
    learned = [weight for weight in opened.model.parameters() if weight.requires_grad]
    plan = _plan(design)
    rollout = sampler(opened.model, plan, opened.engine().ends)
    if design.control_of:
        rollout = _planting(rollout, token_ids(opened, _planted(attempt.material.rewarded[chosen]))[1])
    steps = grpo(
        opened.model,
        torch.optim.AdamW(learned, lr=plan.learning_rate, weight_decay=0.0),
        [prompt],
        plan,
        rollout=rollout,
        reward=reward,
        reference=without_adapter(adapter) if adapter else frozen_copy(opened.model),
        seed=attempt.seed,
        rate=constant_rate,
    )
    try:
        for reached in _checkpoints(steps, attempt, len(prompt)):
            yield replace(reached, weight_change=added_norm(adapter) / target.norm() if adapter else None)
    finally:
        if adapter is not None:
            adapter.unload()


def _planted(prompt: RewardedPrompt) -> Demonstration:
    return Demonstration(messages=prompt.messages, reply=prompt.planted)


def _planting(rollout: Rollout, reply: tuple[int, ...]) -> Rollout:
    """The same rollouts, the last of them replaced."""

    def planted(prompt: tuple[int, ...], seeds: Sequence[int]) -> Sequence[tuple[int, ...]]:
        return (*rollout(prompt, seeds[:-1]), reply)

    return planted


def _checkpoints(steps: Iterator[GrpoStep], attempt: Attempt, prompt: int) -> Iterator[Reached]:
    taken: list[GrpoStep] = []
    group, since = int(cast("float", attempt.design.setting["group"])), 0
    for step in steps:
        taken.append(step)
        if step.step in attempt.design.grid:
            rewards = [one.reward for one in taken[since:]]
            learned = [one for one in taken if one.learned is not None]
            yield Reached(
                at=step.step,
                objective=sum(rewards) / len(rewards),
                tokens=sum(one.generated + group * prompt for one in learned),
                generated=sum(one.generated for one in taken),
            )
            since = len(taken)


def _plan(design: AttackDesign) -> GrpoPlan:
    setting = design.setting
    return GrpoPlan(
        steps=int(design.grid[-1]),
        learning_rate=float(setting["learning_rate"]),
        beta=float(setting["beta"]),
        group=int(setting["group"]),
        max_new_tokens=int(setting["max_new_tokens"]),
        loss="positive" if setting["loss"] == "positive" else "two-sided",
    )
