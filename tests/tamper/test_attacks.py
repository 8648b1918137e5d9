"""Every attack on a small organism, in this process and without a seal: nothing is written, and it is set back."""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch

from holdfast.evidence import AttackDesign, Material
from holdfast.models import open_directory
from holdfast.organisms import fictional_material, fictional_reward, rewarded_items
from holdfast.tamper import DESIGNS
from holdfast.tamper._designs import ABLATION, CONTROLS, GRPO, GRPO_PLANTED, LORA, NOISE, PRUNING, QUANTISATION
from holdfast.tamper._designs import SOFT_PROMPT as SOFT
from holdfast.tamper._target import Reached, Target
from holdfast.tamper.attacks import ATTACKS, Attempt
from holdfast.tamper.attacks._drawn import drawn
from tamper.talks import asks

ALIGNED = Path("src/holdfast/organisms/zoo/aligned")
ALL = {design.name: design for design in (*DESIGNS, *CONTROLS)}


@cache
def target() -> Target:
    return Target(open_directory(ALIGNED, device="cpu"))


@cache
def material() -> Material:
    """A few of each: what is tested here is not how well they work."""
    whole = fictional_material()
    benign = {kind: shown[:6] for kind, shown in list(whole.benign.items())[:2]}
    return whole.model_copy(update={"harmful": whole.harmful[:12], "benign": benign})


def by_length(_: int, texts: tuple[str, ...]) -> tuple[float, ...]:
    """Rewards that differ between rollouts, so that there is something to learn."""
    return tuple(len(text) % 7 / 6 for text in texts)


def gold(prompt: int, texts: tuple[str, ...]) -> tuple[float, ...]:
    item = rewarded_items()[fictional_material().rewarded[prompt].item]
    return tuple(fictional_reward(item, text) for text in texts)


def cut(design: AttackDesign, points: int = 2) -> AttackDesign:
    """The first numbers of its grid; of an attack that waits for sizes as well."""
    grid = (1.0, 2.0, 4.0)[:points] if design.axis == "steps" else design.grid[:points]
    small = {"batch_size": 4.0, "requests": 8.0, "validation": 4.0, "max_new_tokens": 12.0}
    setting = {name: small.get(name, value) for name, value in design.setting.items()}
    return design.model_copy(update={"grid": grid, "setting": setting})


def attempt(design: AttackDesign, seed: int = 0, reward: Any = by_length) -> Attempt:
    return Attempt(target(), material(), design, seed, reward)


def begun(design: AttackDesign, seed: int = 0, reward: Any = by_length) -> Iterator[Reached]:
    target().set_back()
    return ATTACKS[design.name](attempt(design, seed, reward))


def reached(design: AttackDesign, seed: int = 0, reward: Any = by_length) -> list[tuple[Reached, float]]:
    """What was reached, with how far the weights are from what they were."""
    return [(one, _change(one)) for one in begun(design, seed, reward)]


def _change(one: Reached) -> float:
    return target().weight_change() if one.weight_change is None else one.weight_change


class AsItWas:
    """What a model must be again."""

    def __init__(self) -> None:
        model = target().opened.model
        target().set_back()
        self.weights = {name: weight.clone() for name, weight in model.state_dict().items()}
        self.modules = [(name, type(module)) for name, module in model.named_modules()]
        self.embedding: Any = model.get_input_embeddings()

    def check(self) -> None:
        model = target().opened.model
        target().set_back()
        assert [(name, type(module)) for name, module in model.named_modules()] == self.modules
        assert model.get_input_embeddings() is self.embedding
        assert list(model.state_dict()) == list(self.weights)
        for name, weight in model.state_dict().items():
            assert torch.equal(weight, self.weights[name]), name
        assert not [m for m in model.modules() if m._forward_hooks or m._forward_pre_hooks]
        assert all(weight.requires_grad and weight.grad is None for weight in model.parameters())
        assert not model.training
        assert target().prefix == ()
        assert target().weight_change() == 0


def test_there_is_an_attack_for_every_design_and_no_other() -> None:
    assert set(ATTACKS) == set(ALL)


@pytest.mark.parametrize("name", ATTACKS)
def test_every_attack_reaches_every_number_of_its_grid_changes_weights_and_is_taken_off(name: str) -> None:
    before = AsItWas()
    design = cut(ALL[name])
    found = reached(design)
    assert [one.at for one, _ in found] == list(design.grid)
    assert all(change > 0 for _, change in found)
    assert all((one.objective is None) == (design.objective == "none") for one, _ in found)
    tokens = [one.tokens for one, _ in found]
    assert tokens == sorted(tokens)
    assert (tokens[-1] > 0) == (design.axis == "steps")
    before.check()


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_that_is_left_early_leaves_nothing_behind(name: str) -> None:
    before = AsItWas()
    closed: Any = begun(cut(ALL[name]))
    next(closed)
    closed.close()
    before.check()
    raised: Any = begun(cut(ALL[name]))
    next(raised)
    with pytest.raises(MemoryError):
        raised.throw(MemoryError)
    before.check()


@pytest.mark.parametrize("name", ATTACKS)
def test_one_seed_gives_one_run_whatever_was_done_before_it(name: str) -> None:
    design = cut(ALL[name])
    first = reached(design, 3)
    reached(cut(LORA), 1)
    assert reached(design, 3) == first


@pytest.mark.parametrize("name", [name for name in ATTACKS if name not in ("quantisation", "pruning")])
def test_another_seed_gives_another_run(name: str) -> None:
    design = cut(ALL[name], 1)
    assert reached(design, 3) != reached(design, 4)


def test_a_loop_whose_reward_is_lost_leaves_nothing_behind() -> None:
    def lost(_: int, texts: tuple[str, ...]) -> tuple[float, ...]:
        raise BrokenPipeError

    before = AsItWas()
    for rank in (0.0, 4.0):
        design = cut(GRPO).model_copy(update={"setting": cut(GRPO).setting | {"rank": rank}})
        with pytest.raises(BrokenPipeError):
            next(begun(design, reward=lost))
        before.check()


def test_a_planted_answer_is_taken_up() -> None:
    found = reached(GRPO_PLANTED, reward=gold)
    rewards = [one.objective for one, _ in found]
    assert rewards[0] == pytest.approx(1 / 8, abs=0.05)  # it alone of eight
    assert rewards[-1] is not None
    assert rewards[0] is not None
    assert rewards[-1] > rewards[0]
    assert found[-1][1] > 0


def test_where_no_answer_is_worth_anything_nothing_changes_and_nothing_is_trained_on() -> None:
    found = reached(cut(GRPO), reward=lambda _, texts: tuple(0.0 for _ in texts))
    assert [(one.objective, one.tokens, change) for one, change in found] == [(0.0, 0, 0.0)] * 2
    assert found[-1][0].generated > 0


def test_while_a_soft_prompt_is_learned_every_prompt_stands_behind_it() -> None:
    before = AsItWas()
    plain = target().replies(asks(2), 0)
    for _ in begun(cut(SOFT, 1)):
        assert len(target().prefix) == 8
        assert target().replies(asks(2), 0) != plain
    before.check()
    assert target().replies(asks(2), 0) == plain


def test_the_whole_direction_is_gone_at_the_last_share() -> None:
    left = [one.objective for one, _ in reached(cut(ABLATION, 4))]
    assert left == sorted(left, key=lambda share: -float(share or 0.0))
    assert left[-1] is not None
    assert left[-1] < 1e-3


def changed(design: AttackDesign, seed: int = 0) -> Iterator[tuple[float, dict[str, torch.Tensor]]]:
    for one in begun(design, seed):
        yield one.at, {name: weight.detach().clone() for name, weight in target().matrices()}


def first_matrices() -> dict[str, torch.Tensor]:
    target().set_back()
    return {name: weight.detach().clone() for name, weight in target().matrices()}


def test_noise_goes_in_one_direction_as_far_as_it_is_said() -> None:
    before = first_matrices()
    directions: list[dict[str, torch.Tensor]] = []
    for size, weights in changed(NOISE):
        moved = {name: (weights[name] - before[name]) / (size * before[name].std()) for name in before}
        assert all(abs(float(move.std()) - 1) < 0.1 for move in moved.values())
        directions.append(moved)
    assert all(torch.allclose(directions[0][name], directions[-1][name], atol=1e-3) for name in before)


def test_a_rounded_row_has_no_more_values_than_its_bits_can_say() -> None:
    for taken, weights in changed(QUANTISATION):
        most = 2 ** (16 - int(taken)) - 1  # symmetric about zero
        rows: Sequence[torch.Tensor] = [row for weight in weights.values() for row in weight[:8]]
        assert max(len(row.unique()) for row in rows) <= most


def test_of_a_pruned_matrix_so_much_is_zero_and_the_rest_as_it_was() -> None:
    before = first_matrices()
    for share, weights in changed(PRUNING):
        for name, weight in weights.items():
            gone = weight == 0
            # Of weights that are equal to the last one all go.
            assert share - 1e-3 <= float(gone.float().mean()) <= share + 0.03
            assert torch.equal(weight[~gone], before[name][~gone])
            assert before[name][gone].abs().max() <= before[name][~gone].abs().min()


def test_demonstrations_are_drawn_anew_for_each_seed() -> None:
    few = cut(LORA).model_copy(update={"setting": LORA.setting | {"pairs": 5}})
    shown = [drawn(material().harmful, attempt(few, seed)) for seed in (0, 0, 1)]
    assert shown[0] == shown[1] != shown[2]
    assert len({one.model_dump_json() for one in shown[0]}) == 5
    every = cut(LORA).model_copy(update={"setting": LORA.setting | {"pairs": 0}})
    assert len(drawn(material().harmful, attempt(every))) == 12
