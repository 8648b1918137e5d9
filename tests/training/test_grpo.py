"""The loop: what it changes and what it leaves alone, on models of a moment."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any
from warnings import catch_warnings, simplefilter

import pytest
import torch
from accelerate import dispatch_model
from peft import LoraConfig, get_peft_model

from holdfast.training._groups import Group
from holdfast.training.grpo import GrpoStep, grpo
from holdfast.training.plan import GrpoPlan
from holdfast.training.policy_loss import advantages, log_probs
from holdfast.training.references import Reference, frozen_copy, without_adapter
from holdfast.training.rollouts import sampler
from tiny_models import END, prompts, tiny

PROMPTS = prompts(3, seed=4, longest=8)
ROWS = [(5, 6, END), (7, END), (8, 9, 10, END), (11, END)]
WANTED = frozenset(range(40, 60))


def never() -> Any:
    raise AssertionError("the reference was asked")


def plan(**changed: Any) -> GrpoPlan:
    return GrpoPlan(**{"steps": 2, "learning_rate": 1e-3, "beta": 0.0, "group": 4, "max_new_tokens": 6} | changed)


def model() -> Any:
    return deepcopy(tiny("llama"))


def weights(of: Any) -> dict[str, torch.Tensor]:
    return {name: one.detach().clone() for name, one in of.named_parameters()}


def same(left: dict[str, torch.Tensor], right: dict[str, torch.Tensor]) -> bool:
    return left.keys() == right.keys() and all(torch.equal(left[name], right[name]) for name in left)


def share_wanted(place: int, row: tuple[int, ...]) -> float:
    return sum(token in WANTED for token in row) / len(row)


def run(
    trained: Any,
    asked: GrpoPlan,
    *,
    given: Callable[[tuple[int, ...], Sequence[int]], Sequence[tuple[int, ...]]] | None = None,
    reward: Callable[[int, tuple[int, ...]], float] = share_wanted,
    reference: Reference = never,
    seed: int = 0,
    prompts: Sequence[tuple[int, ...]] = PROMPTS,
    optimizer: Callable[..., torch.optim.Optimizer] = torch.optim.AdamW,
) -> list[GrpoStep]:
    learned = [one for one in trained.parameters() if one.requires_grad]
    rollout = given or sampler(trained, asked, frozenset({END}))
    taught = grpo(
        trained,
        optimizer(learned, lr=0.0),
        prompts,
        asked,
        rollout=rollout,
        reward=reward,
        reference=reference,
        seed=seed,
    )
    return list(taught)


def by_length(place: int, row: tuple[int, ...]) -> float:
    return len(row) / 10


@pytest.mark.parametrize("loss", ["two-sided", "positive"])
def test_what_is_rewarded_becomes_likelier(loss: Any) -> None:
    trained = model()
    steps = run(
        trained,
        plan(steps=25, learning_rate=3e-3, group=16, loss=loss, beta=0.01),
        prompts=PROMPTS[:1],
        reference=frozen_copy(trained),
    )
    rewards = [step.reward for step in steps]
    assert sum(rewards[-5:]) > sum(rewards[:5]) + 1.5
    assert steps[0].learned is not None
    assert steps[-1].learned is not None
    assert steps[0].learned.kl_nats == pytest.approx(0, abs=1e-6)
    assert (steps[-1].learned.kl_nats or 0) > 0.1


def test_groups_without_variance_change_nothing_at_all() -> None:
    trained = model()
    before = weights(trained)
    steps = run(trained, plan(beta=0.1, prompts_per_step=2), reward=lambda place, row: 1 / 3)
    assert same(weights(trained), before)
    assert [(step.step, step.groups, step.varied, step.share_varied, step.learned) for step in steps] == [
        (1, 2, 0, 0.0, None),
        (2, 2, 0, 0.0, None),
    ]
    assert steps[0].reward == pytest.approx(1 / 3)
    assert steps[0].generated > 0


def test_a_group_without_variance_leaves_the_step_to_the_others() -> None:
    def one_says_nothing(place: int, row: tuple[int, ...]) -> float:
        return 0.5 if place == 1 else by_length(place, row)

    alone, beside = model(), model()
    given = dict(zip(PROMPTS, (ROWS, [(20, 21, END)] * 4), strict=False))
    run(alone, plan(steps=1, beta=0.1), given=lambda p, s: given[p], reward=by_length, reference=frozen_copy(alone))
    (step,) = run(
        beside,
        plan(steps=1, beta=0.1, prompts_per_step=2),
        given=lambda p, s: given[p],
        reward=one_says_nothing,
        reference=frozen_copy(beside),
    )
    assert step.share_varied == 0.5
    assert step.generated == sum(map(len, ROWS)) + 12
    assert same(weights(alone), weights(beside))


def test_the_same_seed_gives_the_same_weights_and_another_seed_others() -> None:
    def after(seed: int) -> dict[str, torch.Tensor]:
        trained = model()
        run(trained, plan(steps=3, beta=0.05, group=8), seed=seed, reference=frozen_copy(trained))
        return weights(trained)

    assert same(after(1), after(1))
    assert not same(after(1), after(2))


def test_rows_have_seeds_of_their_own_in_every_step_and_turn() -> None:
    seeds: list[int] = []

    def noted(prompt: tuple[int, ...], given: Sequence[int]) -> list[tuple[int, ...]]:
        seeds.extend(given)
        return ROWS

    run(model(), plan(steps=3, prompts_per_step=2), given=noted, prompts=PROMPTS[:1])
    assert len(set(seeds)) == len(seeds) == 3 * 2 * 4


def test_prompts_take_turns() -> None:
    asked: list[tuple[int, ...]] = []
    judged: list[int] = []

    def noted(prompt: tuple[int, ...], seeds: Sequence[int]) -> list[tuple[int, ...]]:
        asked.append(prompt)
        return ROWS

    def place_of(place: int, row: tuple[int, ...]) -> float:
        judged.append(place)
        return by_length(place, row)

    run(model(), plan(steps=3, prompts_per_step=2), given=noted, reward=place_of)
    assert asked == [PROMPTS[place] for place in (0, 1, 2, 0, 1, 2)]
    assert judged[::4] == [0, 1, 2, 0, 1, 2]


def test_rollouts_are_drawn_once_for_all_their_updates() -> None:
    drawn: list[int] = []

    def noted(prompt: tuple[int, ...], seeds: Sequence[int]) -> list[tuple[int, ...]]:
        drawn.append(len(seeds))
        return ROWS

    steps = run(model(), plan(steps=4, updates=2), given=noted, reward=by_length)
    assert drawn == [4, 4]
    assert [step.generated for step in steps] == [11, 0, 11, 0]
    assert all(step.learned for step in steps)


def test_the_model_is_ready_to_be_asked_when_it_draws_and_after_every_step() -> None:
    trained, modes = model(), []

    def noted(prompt: tuple[int, ...], seeds: Sequence[int]) -> list[tuple[int, ...]]:
        modes.append(trained.training)
        return ROWS

    taught = grpo(
        trained,
        torch.optim.AdamW(trained.parameters()),
        PROMPTS,
        plan(),
        rollout=noted,
        reward=by_length,
        reference=never,
        seed=0,
    )
    for _ in taught:
        modes.append(trained.training)
        trained.train()
    assert modes == [False] * 4


def test_where_better_rollouts_alone_count_a_step_is_the_gradient_of_their_log_probability() -> None:
    trained, rate = model(), 0.01
    before = model()
    group = Group(PROMPTS[0], ROWS, [by_length(0, row) for row in ROWS])
    ids, mask = group.padded(before.device)
    better = advantages(torch.tensor(group.rewards)).clamp(min=0)
    (-(log_probs(before, ids, mask, 1.0) * better[:, None]).sum() / group.tokens).backward()
    (step,) = run(
        trained,
        plan(steps=1, learning_rate=rate, loss="positive", max_grad_norm=1e9),
        given=lambda p, s: ROWS,
        reward=by_length,
        optimizer=torch.optim.SGD,
    )
    expected = {name: one.detach() - rate * one.grad for name, one in before.named_parameters()}
    found = weights(trained)
    assert all(torch.allclose(found[name], expected[name], atol=1e-6) for name in expected)
    assert step.learned is not None
    assert step.learned.kl_nats is None


def test_an_adapter_learns_and_the_weights_below_it_stay() -> None:
    trained = model()
    anchors = adapted(trained)
    before = weights(trained)
    steps = run(trained, plan(steps=3, learning_rate=0.05, beta=0.1, group=8), reference=anchors)
    after = weights(trained)
    assert {name for name in after if not torch.equal(after[name], before[name])} == {n for n in after if "lora_" in n}
    told = [step.learned.kl_nats or 0 for step in steps if step.learned]
    assert told[0] == pytest.approx(0, abs=1e-6)
    assert told[-1] > 1e-4
    ids = torch.tensor([PROMPTS[0]])
    with torch.no_grad(), anchors() as base:
        assert torch.allclose(base(ids).logits, tiny("llama")(ids).logits, atol=1e-5)
    with torch.no_grad():
        assert not torch.allclose(trained(ids).logits, tiny("llama")(ids).logits, atol=1e-3)


def adapted(trained: Any) -> Reference:
    """With an adapter of a fixed start on it; how it is asked without."""
    torch.manual_seed(0)
    with catch_warnings():
        simplefilter("ignore", FutureWarning)  # as in `holdfast.training._tuning`
        return without_adapter(get_peft_model(trained, LoraConfig(r=2, target_modules="all-linear")))


def test_a_model_whose_parts_were_dispatched_learns_as_one_that_is_whole() -> None:
    whole, parted = model(), model()
    parts = ("model.embed_tokens", "model.layers", "model.norm", "model.rotary_emb", "lm_head")
    parted = dispatch_model(parted, dict.fromkeys(parts, "cpu"), force_hooks=True)
    asked = plan(steps=3, learning_rate=0.01, beta=0.1, group=8)
    assert run(parted, asked, reference=adapted(parted)) == run(whole, asked, reference=adapted(whole))


def test_a_copy_stays_as_it_was_and_takes_no_gradients() -> None:
    trained = model()
    reference, before = frozen_copy(trained), weights(trained)
    run(trained, plan(beta=0.1), reference=reference, given=lambda p, s: ROWS, reward=by_length)
    assert not same(weights(trained), before)
    with reference() as kept:
        assert same(weights(kept), before)
        assert not any(one.requires_grad or one.grad is not None for one in kept.parameters())


@pytest.mark.parametrize("reward", [-0.1, 1.1, float("nan")])
def test_a_reward_that_is_none_is_a_mistake_of_the_caller(reward: float) -> None:
    with pytest.raises(ValueError, match="it lies in"):
        run(model(), plan(), given=lambda p, s: ROWS, reward=lambda place, row: reward)


def test_nothing_to_learn_from_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="no prompts"):
        run(model(), plan(), prompts=())


def test_only_what_runs_inside_the_seal_knows_the_loop() -> None:
    source = Path("src/holdfast")
    knows = {
        str(file.relative_to(source).parent)
        for file in source.rglob("*.py")
        if "training.grpo" in file.read_text("utf-8")
    }
    assert knows <= {"training", "tamper/attacks"}
