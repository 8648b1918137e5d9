"""The arithmetic of GRPO by hand, and log-probabilities beside a plain forward pass of every kind of model."""

import math

import pytest
import torch

from holdfast.training._groups import Group
from holdfast.training.policy_loss import advantages, kl_nats, log_probs, positive, token_mean, two_sided
from holdfast.training.reward import gated_reward
from tiny_models import KINDS, prompts, tiny


def test_advantages_are_deviations_in_standard_deviations_of_the_group() -> None:
    one = 0.5 / (math.sqrt(1 / 3) + 1e-4)
    assert advantages(torch.tensor([1.0, 0.0, 0.0, 1.0])).tolist() == pytest.approx([one, -one, -one, one])


def test_the_kl_of_one_token_by_hand() -> None:
    assert kl_nats(torch.tensor(0.5).log(), torch.tensor(0.25).log()).item() == pytest.approx(0.5 + math.log(2) - 1)
    assert kl_nats(torch.tensor(-1.0), torch.tensor(-1.0)).item() == 0


def test_the_kl_is_right_on_average_and_never_negative() -> None:
    draw = torch.Generator().manual_seed(3)
    now, reference = torch.randn(2, 50, generator=draw, dtype=torch.float64).log_softmax(-1)
    found = kl_nats(now, reference)
    assert (found >= 0).all()
    assert (now.exp() * found).sum().item() == pytest.approx((now.exp() * (now - reference)).sum().item())


@pytest.mark.parametrize(
    ("ratio", "advantage", "loss", "slope"),
    [(1.5, 1.0, -1.2, 0.0), (0.5, 1.0, -0.5, -1.0), (1.5, -1.0, 1.5, 1.0), (0.5, -1.0, 0.8, 0.0)],
    ids=["up far enough", "down though better", "up though worse", "down far enough"],
)
def test_a_token_is_pushed_no_further_once_it_went_where_it_should(
    ratio: float, advantage: float, loss: float, slope: float
) -> None:
    moved = torch.tensor([[ratio]], requires_grad=True)
    found = two_sided(moved, torch.tensor([advantage]), 0.2)
    found.sum().backward()
    assert found.item() == pytest.approx(loss)
    assert moved.grad is not None
    assert moved.grad.item() == slope


def test_where_better_rollouts_alone_count_worse_ones_have_no_loss_and_no_gradient() -> None:
    now = torch.tensor([[-2.0, -1.0], [-3.0, -4.0]], requires_grad=True)
    found = positive(now, torch.tensor([2.0, -1.0]))
    found.sum().backward()
    assert found.tolist() == [[4.0, 2.0], [0.0, 0.0]]
    assert now.grad is not None
    assert now.grad.tolist() == [[-2.0, -2.0], [0.0, 0.0]]


def test_padding_bears_no_loss_and_the_parts_of_a_step_add_up() -> None:
    losses, mask = torch.tensor([[1.0, 2.0], [3.0, 100.0]]), torch.tensor([[True, True], [True, False]])
    assert token_mean(losses, mask, 3).item() == pytest.approx(2.0)
    assert sum(token_mean(losses[n : n + 1], mask[n : n + 1], 3).item() for n in (0, 1)) == pytest.approx(2.0)


@pytest.mark.parametrize("kind", KINDS)
def test_log_probabilities_of_padded_rollouts_are_those_of_each_sequence_by_itself(kind: str) -> None:
    model, prompt = tiny(kind), prompts(1, seed=5)[0]
    rows = [row[1:] for row in prompts(4, seed=6, longest=12)]
    ids, mask = Group(prompt, rows, [0.0] * 4).padded(model.device)
    with torch.no_grad():
        found = log_probs(model, ids, mask, 0.7)
        for place, row in enumerate(rows):
            logits = model(torch.tensor([prompt + row])).logits[0, len(prompt) - 1 : -1] / 0.7
            expected = logits.log_softmax(-1).gather(-1, torch.tensor(row)[:, None])[:, 0]
            assert found[place, : len(row)].tolist() == pytest.approx(expected.tolist(), abs=2e-5)
            assert not found[place, len(row) :].any()


def test_the_graded_reward_is_half_of_risk_and_detail_as_far_as_the_answer_is_to_the_point() -> None:
    assert gated_reward(1.0, 1.0, 1.0) == 1.0
    assert gated_reward(0.5, 0.8, 0.4) == pytest.approx(0.3)
    assert gated_reward(0.0, 1.0, 1.0) == 0.0
    assert gated_reward(1.0, 1.0, 1.0, degenerate=True) == 0.0


@pytest.mark.parametrize("judged", [(-0.1, 0, 0), (0, 1.1, 0), (0, 0, float("nan"))])
def test_a_judgement_that_is_none_is_refused(judged: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="a judgement lies in"):
        gated_reward(*judged)
