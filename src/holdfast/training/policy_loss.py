# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""The arithmetic of GRPO: advantages within a group, the KL to a reference, and the two losses.

Every function is pure, and equal to TRL 1.16 where TRL has it: see `bench/tamper/trl_reference.py`.

Axes: G rollouts of one prompt, T generated tokens, padded on the right; V words.
"""

from typing import Any, Final

import torch
from torch import Tensor
from transformers import PreTrainedModel

_SPREAD_AT_LEAST: Final = 1e-4
"""Added to the standard deviation of a group, as TRL does."""


def advantages(rewards: Tensor) -> Tensor:
    """How much better each rollout is than its group, in standard deviations of the group.

    Args:
        rewards: (G,), at least two that differ: others say nothing, and rounding would make a direction of it.

    Returns:
        (G,), with mean 0. Source: Shao et al., DeepSeekMath, arXiv 2402.03300, section 4.1.2; the deviation is the
        unbiased one, as in TRL.
    """
    return (rewards - rewards.mean()) / (rewards.std() + _SPREAD_AT_LEAST)


def log_probs(model: PreTrainedModel, ids: Tensor, mask: Tensor, temperature: float) -> Tensor:
    """The log-probability of every generated token, given what stands before it.

    No attention mask is needed: a model that reads from left to right never sees the padding behind a rollout.

    Args:
        model: With the gradients that are wanted.
        ids: (G, prompt + T), the same prompt in every row, where the model takes them.
        mask: (G, T), true at generated tokens, the end included.
        temperature: That the logits are divided by.

    Returns:
        (G, T), in nats, float32; 0 at padding.
    """
    length = mask.shape[1]
    # What the last token would be followed by is not asked.
    out: Any = model(input_ids=ids[:, :-1], logits_to_keep=length, use_cache=False)
    logits = out.logits.float() / temperature  # (G, T, V)
    tokens = ids[:, -length:, None].to(logits.device)
    nats = logits.gather(-1, tokens)[..., 0] - logits.logsumexp(-1)
    return nats.to(ids.device).masked_fill(~mask, 0.0)


def kl_nats(now: Tensor, reference: Tensor) -> Tensor:
    """The KL divergence to the reference, estimated from the token that was drawn: never negative, right on average.

    Args:
        now: Log-probabilities under the model, any shape.
        reference: The same under the reference.

    Returns:
        As many numbers, in nats. Source: the estimator k3 of Schulman, "Approximating KL divergence" (2020), as in TRL.
    """
    behind = reference - now
    return behind.exp() - behind - 1


def two_sided(ratio: Tensor, advantage: Tensor, clip_epsilon: float) -> Tensor:
    """The loss of each token: it becomes likelier in better rollouts and less likely in worse ones, within limits.

    Args:
        ratio: (G, T), of the probability under the model to that under the model that drew the token.
        advantage: (G,)
        clip_epsilon: See `GrpoPlan`.

    Returns:
        (G, T). Source: Schulman et al., arXiv 1707.06347, equation 7, for each token; TRL's for `loss_type="dapo"`.
    """
    clipped = ratio.clamp(1 - clip_epsilon, 1 + clip_epsilon)
    return -torch.minimum(ratio * advantage[:, None], clipped * advantage[:, None])


def positive(now: Tensor, advantage: Tensor) -> Tensor:
    """The loss of each token where better rollouts alone count, weighted by their advantage.

    Args:
        now: (G, T), log-probabilities under the model.
        advantage: (G,)

    Returns:
        (G, T), 0 in rollouts that are not above their group's mean. Source: the loss as printed in GRP-Obliteration,
        arXiv 2602.06258.
    """
    return -now * advantage.clamp(min=0)[:, None]


def token_mean(per_token: Tensor, mask: Tensor, tokens: int) -> Tensor:
    """The sum over generated tokens, over a number of tokens: that of the whole step, so that its parts add up.

    Args:
        per_token: (G, T)
        mask: (G, T), true at generated tokens.
        tokens: Generated ones of the whole step. TRL counts so for `dapo`; the paper of `positive` does not say.

    Returns:
        One number.
    """
    return (per_token * mask).sum() / tokens
