"""What is drawn: from the model's own distribution, each row by its own seed, as transformers would have it."""

from collections import Counter

import pytest
import torch
from transformers import TopPLogitsWarper

from holdfast.training.plan import GrpoPlan
from holdfast.training.rollouts import choose, sampler
from tiny_models import END, KINDS, by_generate, prompts, tiny

PROMPT = prompts(1, seed=2)[0]
NOTHING_ENDS: frozenset[int] = frozenset()


def plan(**changed: object) -> GrpoPlan:
    return GrpoPlan(**{"steps": 1, "learning_rate": 0.0, "beta": 0.0, "max_new_tokens": 20} | changed)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS)
def test_in_the_cold_every_row_is_what_generate_finds_likeliest(kind: str) -> None:
    expected, _ = by_generate(kind, PROMPT, 20)
    rows = sampler(tiny(kind), plan(temperature=1e-4), frozenset({END}))(PROMPT, [1, 2, 3])
    assert [list(row) for row in rows] == [expected] * 3


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_is_the_same_in_whatever_company(kind: str) -> None:
    # Hot, since some of these models would say the same word over and over.
    rollout = sampler(tiny(kind), plan(temperature=20.0), frozenset(range(20)))
    rows = rollout(PROMPT, list(range(8)))
    assert len(set(map(len, rows))) > 1  # so that rows did leave while others went on
    assert [rollout(PROMPT, [seed])[0] for seed in range(8)] == rows


def test_a_row_ends_with_the_first_end_or_at_the_limit() -> None:
    ends = frozenset(range(30))
    rows = sampler(tiny("llama"), plan(max_new_tokens=4), ends)(PROMPT, list(range(40)))
    assert all(not ends & set(row[:-1]) for row in rows)
    assert all(row[-1] in ends or len(row) == 4 for row in rows)
    assert {len(row) for row in rows} >= {1, 4}


def test_the_weights_that_draw_are_those_of_the_moment() -> None:
    model = tiny("llama")
    rollout = sampler(model, plan(temperature=0.01), NOTHING_ENDS)
    before, head = rollout(PROMPT, [1]), model.get_output_embeddings()
    kept = head.weight.detach().clone()
    try:
        with torch.no_grad():
            head.weight.neg_()
        assert rollout(PROMPT, [1]) != before
    finally:
        with torch.no_grad():
            head.weight.copy_(kept)
    assert rollout(PROMPT, [1]) == before


@pytest.mark.parametrize("top_p", [1.0, 0.9, 0.5, 0.01])
def test_shares_are_those_of_transformers_own_warper(top_p: float) -> None:
    logits = torch.randn(1, 30, generator=torch.Generator().manual_seed(1)) * 2
    count = 20_000
    draws = (torch.arange(count, dtype=torch.float64) + 0.5) / count
    found = Counter(choose(logits.expand(count, -1), draws, 0.8, top_p).tolist())
    warped = logits.double() / 0.8
    if top_p < 1:
        warped = TopPLogitsWarper(top_p)(torch.zeros(1, 1), warped)
    for word, share in enumerate(warped.softmax(-1)[0].tolist()):
        assert found[word] / count == pytest.approx(share, abs=2 / count)


def test_a_narrow_share_is_kept_to_over_a_whole_rollout() -> None:
    greedy, _ = by_generate("llama", PROMPT, 20)
    rows = sampler(tiny("llama"), plan(top_p=1e-9), frozenset({END}))(PROMPT, [4, 5])
    assert [list(row) for row in rows] == [greedy] * 2
