# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""Group-relative policy optimisation, one step at a time, as `sft` is.

For each prompt a group of rollouts is drawn and rewarded; what is better than its group becomes likelier. The loop does
not know what is rewarded, who judges, or where weights go. It writes nothing.

A group whose rewards are all the same says nothing and contributes nothing: neither loss, nor KL, nor tokens to divide
by, as in DAPO's dynamic sampling (Yu et al., arXiv 2503.14476, section 3.2). TRL keeps the KL of such groups, and their
tokens. A step without any other group changes no weight.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import PreTrainedModel

from holdfast.training._groups import Group, Reward, judged, row_seeds
from holdfast.training.plan import GrpoPlan, SftPlan, learning_rate_at
from holdfast.training.policy_loss import advantages, kl_nats, log_probs, positive, token_mean, two_sided
from holdfast.training.references import Reference
from holdfast.training.rollouts import Rollout


@dataclass(frozen=True, slots=True)
class Learned:
    """What the optimiser did in a step."""

    loss: float
    """Before the update, over the generated tokens of the groups that vary."""
    kl_nats: float | None
    """To the reference, as it stands in the loss: over the same tokens, before the update. None where beta is 0."""


@dataclass(frozen=True, slots=True)
class GrpoStep:
    """What one step did."""

    step: int
    """Steps finished so far, this one included."""
    reward: float
    """Mean over the rollouts of all groups."""
    groups: int
    varied: int
    """Groups in which not all rewards are the same; the others contributed nothing."""
    generated: int
    """Tokens that were drawn for this step, ends included; 0 where the rollouts are those of the step before."""
    learned: Learned | None
    """None where no group varied, so that no weight was changed."""

    @property
    def share_varied(self) -> float:
        """Of the groups."""
        return self.varied / self.groups


def grpo(
    model: PreTrainedModel,
    optimizer: torch.optim.Optimizer,
    prompts: Sequence[tuple[int, ...]],
    plan: GrpoPlan,
    *,
    rollout: Rollout,
    reward: Reward,
    reference: Reference,
    seed: int,
    rate: Callable[[int, SftPlan], float] = learning_rate_at,
) -> Iterator[GrpoStep]:
    """Train in place, yielding after every optimiser step with the model ready to be asked.

    Args:
        model: Trained in place, on the device or devices where it is; with or without an adapter.
        optimizer: Over the weights that shall change.
        prompts: Token ids; they take turns in this order, over and over.
        plan: How long, how hard, and with which loss.
        rollout: Draws from the model as it is, which is in evaluation mode then; see `sampler`.
        reward: Judges one rollout.
        reference: The model as it was.
        rate: The learning rate of a step, counted from 0.
        seed: Of the rollouts: each row's own is a function of this, the step, the prompt's turn in it, and the row.

    Yields:
        One `GrpoStep` per optimiser step.

    Raises:
        ValueError: There are no prompts, or a reward lies outside [0, 1].
    """
    if not prompts:
        raise ValueError("nothing to learn from: no prompts")
    groups: list[Group] = []
    for step in range(plan.steps):
        model.eval()
        fresh = step % plan.updates == 0
        if fresh:
            first = step // plan.updates * plan.prompts_per_step
            places = [place % len(prompts) for place in range(first, first + plan.prompts_per_step)]
            groups = [
                judged(place, prompts[place], rollout(prompts[place], row_seeds(seed, step, turn, plan.group)), reward)
                for turn, place in enumerate(places)
            ]
        varied = [group for group in groups if group.varies]
        learned = _learn(model, optimizer, varied, plan, rate(step, plan.sft), reference) if varied else None
        rewards = [one for group in groups for one in group.rewards]
        generated = sum(group.tokens for group in groups) if fresh else 0
        yield GrpoStep(step + 1, sum(rewards) / len(rewards), len(groups), len(varied), generated, learned)


def _learn(
    model: PreTrainedModel,
    optimizer: torch.optim.Optimizer,
    groups: Sequence[Group],
    plan: GrpoPlan,
    rate: float,
    reference: Reference,
) -> Learned:
    """One update; group by group, so that what is kept for gradients is one group's."""
    for settings in optimizer.param_groups:
        settings["lr"] = rate
    tokens = sum(group.tokens for group in groups)
    model.train()
    sums = torch.stack([_backward(model, group, plan, tokens, reference) for group in groups]).sum(0)
    torch.nn.utils.clip_grad_norm_(model.parameters(), plan.max_grad_norm)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    model.eval()
    loss, kl = sums.tolist()
    return Learned(loss, kl if plan.beta else None)


def _backward(model: PreTrainedModel, group: Group, plan: GrpoPlan, tokens: int, reference: Reference) -> Tensor:
    """Add this group's gradients; returns its share of the step's loss and of its KL."""
    ids, mask = group.padded(model.device)
    advantage = advantages(torch.tensor(group.rewards)).to(model.device)
    if plan.beta and group.anchor is None:
        with torch.no_grad(), reference() as before:
            group.anchor = log_probs(before, ids, mask, plan.temperature)
    now = log_probs(model, ids, mask, plan.temperature)
    if group.old is None:
        group.old = now.detach()
    ratio = (now - group.old).exp()
    two = plan.loss == "two-sided"
    per_token = two_sided(ratio, advantage, plan.clip_epsilon) if two else positive(now, advantage)
    loss, kl = token_mean(per_token, mask, tokens), torch.zeros((), device=model.device)
    if group.anchor is not None:
        kl = token_mean(kl_nats(now, group.anchor) * (ratio if two else 1.0), mask, tokens)
        loss = loss + plan.beta * kl
    loss.backward()
    return torch.stack([loss.detach(), kl.detach()])
