"""Our GRPO and our SFT against TRL, whose numbers are committed: bench/tamper/trl_reference.py made them."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from warnings import catch_warnings, simplefilter

import pytest
import torch
from bench.tamper import fixed
from peft import LoraConfig, get_peft_model
from torch import Tensor

from holdfast.training._groups import Group
from holdfast.training.grpo import grpo
from holdfast.training.plan import GrpoPlan, SftPlan
from holdfast.training.policy_loss import advantages, kl_nats, log_probs, token_mean, two_sided
from holdfast.training.references import Reference, frozen_copy, without_adapter
from holdfast.training.sft import NO_LOSS, TokenBatch, sft

TRL: dict[str, Any] = json.loads(Path("bench/tamper/trl_reference.json").read_text(encoding="utf-8"))
INPUTS: dict[str, Any] = TRL["inputs"]
PROMPTS = [tuple(prompt) for prompt in INPUTS["prompts"]]
WITHIN = 1e-5


def rollouts_of(step: int) -> list[list[tuple[int, ...]]]:
    return [[tuple(row) for row in rows] for rows in INPUTS["rollouts"][step]]


def groups() -> list[Group]:
    pairs = zip(PROMPTS, rollouts_of(0), strict=True)
    return [Group(prompt, rows, [fixed.reward_of(row) for row in rows]) for prompt, rows in pairs]


def near(found: Any, expected: Any) -> None:
    assert found == pytest.approx(expected, abs=WITHIN, rel=WITHIN)


def unpadded(nats: Tensor, mask: Tensor) -> list[float]:
    return nats[mask].tolist()


def theirs(name: str) -> list[list[float]]:
    """Without padding, by row."""
    rows = [row for group in groups() for row in group.rollouts]
    return [nats[: len(row)] for nats, row in zip(TRL["losses"]["log_probs"][name], rows, strict=True)]


def test_the_model_is_the_one_that_trl_was_given() -> None:
    assert fixed.weights_digest(fixed.fixed_model(INPUTS)) == TRL["weights"]


@pytest.mark.parametrize(("name", "mixed"), [("now", 0.0), ("old", INPUTS["old"]), ("reference", INPUTS["reference"])])
def test_log_probabilities_are_trls_though_it_pads_on_both_sides(name: str, mixed: float) -> None:
    model, ours = fixed.fixed_model(INPUTS, mixed), []
    for group in groups():
        ids, mask = group.padded(model.device)
        nats = log_probs(model, ids, mask, INPUTS["temperature"])
        assert not nats[~mask].any()
        ours += unpadded(nats, mask)
    near(ours, [one for row in theirs(name) for one in row])


def test_advantages_are_trls() -> None:
    near(
        [one for group in groups() for one in advantages(torch.tensor(group.rewards)).tolist()],
        TRL["losses"]["advantages"],
    )


def rows(name: str) -> Iterator[Tensor]:
    """TRL's log-probabilities for each of our groups, padded as ours are."""
    coming = iter(theirs(name))
    for group in groups():
        longest = max(map(len, group.rollouts))
        yield torch.tensor([(row + [0.0] * longest)[:longest] for row in (next(coming) for _ in group.rollouts)])


def parts(model: Any) -> Iterator[tuple[Tensor, Tensor, Tensor, Tensor]]:
    """For each group: loss of every token without the KL, the KL, the ratio, and where tokens are."""
    for group, old, reference in zip(groups(), rows("old"), rows("reference"), strict=True):
        ids, mask = group.padded(model.device)
        now = log_probs(model, ids, mask, INPUTS["temperature"])
        advantage = advantages(torch.tensor(group.rewards))
        ratio = (now - old).exp()
        yield two_sided(ratio, advantage, INPUTS["clip_epsilon"]), kl_nats(now, reference), ratio, mask


@pytest.mark.parametrize(
    ("name", "beta", "weighted"),
    [
        ("dapo, beta 0.0", 0.0, False),
        (f"dapo, beta {INPUTS['beta']}", INPUTS["beta"], True),
        ("dapo, KL not weighted", INPUTS["beta"], False),
    ],
)
def test_the_two_sided_loss_and_its_gradients_are_trls_dapo(name: str, beta: float, weighted: bool) -> None:
    model, expected = fixed.fixed_model(INPUTS), TRL["losses"][name]
    tokens = sum(group.tokens for group in groups())
    losses = [
        token_mean(policy + beta * kl * (ratio if weighted else 1), mask, tokens)
        for policy, kl, ratio, mask in parts(model)
    ]
    torch.stack(losses).sum().backward()
    near(sum(losses).item(), expected["loss"])
    near({name: one.grad.double().norm().item() for name, one in model.named_parameters()}, expected["gradients"])


def test_the_clip_was_reached_so_that_it_was_tried() -> None:
    outside = [
        ((ratio - 1).abs() > INPUTS["clip_epsilon"])[mask] for _, _, ratio, mask in parts(fixed.fixed_model(INPUTS))
    ]
    assert 5 <= torch.cat(outside).sum() <= len(torch.cat(outside)) - 5


def test_the_same_losses_of_tokens_averaged_by_rollout_are_trls_grpo() -> None:
    expected = TRL["losses"][f"grpo, beta {INPUTS['beta']}"]["loss"]
    means = [
        ((policy + INPUTS["beta"] * kl * ratio) * mask).sum(1) / mask.sum(1)
        for policy, kl, ratio, mask in parts(fixed.fixed_model(INPUTS))
    ]
    near(torch.cat(means).mean().item(), expected)


def trained(model: Any, reference: Reference, updates: int) -> dict[str, Any]:
    """Our loop with the rollouts that TRL's was given."""
    learned = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(learned, lr=0.0, weight_decay=0.0)
    plan = GrpoPlan(
        steps=updates * len(INPUTS["rollouts"]),
        learning_rate=INPUTS["learning_rate"],
        beta=INPUTS["beta"],
        group=INPUTS["group"],
        prompts_per_step=len(PROMPTS),
        max_grad_norm=INPUTS["max_grad_norm"],
        clip_epsilon=INPUTS["clip_epsilon"],
        updates=updates,
        temperature=INPUTS["temperature"],
    )
    coming = iter([rows for step in range(len(INPUTS["rollouts"])) for rows in rollouts_of(step)])
    steps = list(
        grpo(
            model,
            optimizer,
            PROMPTS,
            plan,
            rollout=lambda prompt, seeds: next(coming),
            reward=lambda place, row: fixed.reward_of(row),
            reference=reference,
            seed=0,
        )
    )
    assert [step.learned is None for step in steps] == [False] * plan.steps
    return {
        "loss": [step.learned.loss for step in steps if step.learned],
        "kl": [step.learned.kl_nats for step in steps if step.learned],
    }


@pytest.mark.parametrize(("name", "updates"), [("all weights", 1), ("two updates", 2)])
def test_a_training_of_all_weights_goes_where_trls_goes(name: str, updates: int) -> None:
    model, expected = fixed.fixed_model(INPUTS), TRL["steps"][name]
    found = trained(model, frozen_copy(model), updates)
    near(found["loss"], expected["loss"])
    near(found["kl"], expected["kl"])
    near_weights(fixed.summary(model.named_parameters()), expected["weights"])


def test_a_training_of_an_adapter_goes_where_trls_goes() -> None:
    model, expected = fixed.fixed_model(INPUTS), TRL["steps"]["adapter"]
    with catch_warnings():
        simplefilter("ignore", FutureWarning)  # as in `holdfast.training._tuning`
        adapted = get_peft_model(model, LoraConfig(**INPUTS["adapter"], target_modules="all-linear"))
    learned = {name: one for name, one in adapted.named_parameters() if one.requires_grad}
    fixed.fill(learned.items(), INPUTS["adapter_scale"])
    found = trained(model, without_adapter(adapted), 1)
    near(found["loss"], expected["loss"])
    near(found["kl"], expected["kl"])
    near_weights(fixed.summary(learned.items()), expected["weights"])


def near_weights(found: Mapping[str, list[float]], expected: Mapping[str, list[float]]) -> None:
    assert found.keys() == expected.keys()
    for name, numbers in expected.items():
        near(found[name], numbers)


def test_a_supervised_training_goes_where_trls_goes() -> None:
    model, expected = fixed.fixed_model(INPUTS), TRL["sft"]
    taught: list[tuple[list[int], list[int]]] = INPUTS["sft"]["taught"]
    longest = max(len(prompt) + len(reply) for prompt, reply in taught)

    def padded(prompt: list[int], reply: list[int]) -> tuple[list[int], list[int], list[int]]:
        ids, labels = prompt + reply, [NO_LOSS] * len(prompt) + reply
        rest = longest - len(ids)
        return ids + [0] * rest, [1] * len(ids) + [0] * rest, labels + [NO_LOSS] * rest

    batch = TokenBatch(*map(torch.tensor, zip(*(padded(*pair) for pair in taught), strict=True)))
    plan = SftPlan(INPUTS["sft"]["steps"], INPUTS["learning_rate"], 0, INPUTS["max_grad_norm"])
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.0, weight_decay=0.0)
    near([step.loss.item() for step in sft(model, optimizer, [[batch]] * plan.steps, plan)], expected["loss"])
    near_weights(fixed.summary(model.named_parameters()), expected["weights"])
