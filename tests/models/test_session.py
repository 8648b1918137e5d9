"""Continuous slots give what raw `generate` gives, whoever comes and goes."""

import pytest

from holdfast.models import Capture, Request
from holdfast.models._prefixes import PrefixStore
from tiny_models import END, KINDS, by_generate, engine, prompts, tiny

NEW = 20


@pytest.mark.parametrize("kind", KINDS)
def test_tokens_are_those_of_generate_and_log_probabilities_those_of_a_forward_pass(kind: str) -> None:
    # Thirteen prompts through four rows: rows are refilled, shifted, closed up; windows of 8 slide.
    asked = prompts(13)
    made = engine(kind).run([Request(prompt, NEW - 3 * (n % 5)) for n, prompt in enumerate(asked)])
    for n, (prompt, completion) in enumerate(zip(asked, made, strict=True)):
        tokens, nats = by_generate(kind, prompt, NEW - 3 * (n % 5))
        assert list(completion.token_ids) == tokens
        assert completion.log_probs_nats == pytest.approx(nats, abs=1e-4)
        assert completion.stop == ("end" if tokens[-1] == END else "length")


@pytest.mark.parametrize("kind", KINDS)
def test_a_shared_beginning_changes_nothing_but_what_is_computed(kind: str) -> None:
    shared = prompts(1, seed=3, longest=40)[0] + prompts(1, seed=4, longest=40)[0]
    asked = [shared + tail[1:] for tail in prompts(6, seed=5)] + prompts(3, seed=6)
    made = engine(kind).run([Request(prompt, NEW) for prompt in asked])
    assert [completion.cached_tokens for completion in made][:6] == [len(shared)] * 6
    for prompt, completion in zip(asked, made, strict=True):
        tokens, nats = by_generate(kind, prompt, NEW)
        assert list(completion.token_ids) == tokens
        assert completion.log_probs_nats == pytest.approx(nats, abs=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_the_next_turn_of_a_conversation_computes_what_is_new_alone(kind: str) -> None:
    session = engine(kind).session(PrefixStore(1 << 24), keep_turns=True)
    history, known = prompts(1, seed=8)[0], 0
    for turn in range(4):
        session.submit(Request(history, 12))
        done = []
        while not session.idle:
            done += session.step()
        completion = done[0][1]
        assert list(completion.token_ids) == by_generate(kind, history, 12)[0]
        assert completion.cached_tokens == (known if known >= 16 else 0)
        known = len(history) + len(completion.token_ids) - 1
        history += completion.token_ids + prompts(1, seed=20 + turn)[0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_continuation_is_weighed_as_a_forward_pass_weighs_it(kind: str) -> None:
    import torch

    heads = prompts(5, seed=11)
    heads.append(heads[0])
    tails = [prompt[1:] for prompt in prompts(6, seed=12)]
    found = engine(kind).weigh(list(zip(heads, tails, strict=True)))
    for head, tail, nats in zip(heads, tails, found, strict=True):
        with torch.inference_mode():
            logits = tiny(kind)(torch.tensor([head + tail])).logits.log_softmax(-1)[0, len(head) - 1 : -1]
        assert nats == pytest.approx(logits.gather(-1, torch.tensor(tail)[:, None]).squeeze(1).tolist(), abs=1e-4)


def test_a_draw_depends_on_its_seed_and_not_on_its_company() -> None:
    asked = [Request(prompt, NEW, temperature=1.0, seed=n) for n, prompt in enumerate(prompts(9, seed=2))]
    together = engine("llama").run(asked)
    alone = [engine("llama", slots=1).run([request])[0] for request in asked]
    assert [c.token_ids for c in together] == [c.token_ids for c in alone]
    other = engine("llama").run([Request(r.prompt, NEW, temperature=1.0, seed=r.seed + 100) for r in asked])
    assert [c.token_ids for c in together] != [c.token_ids for c in other]


def test_greedy_and_sampled_requests_share_their_rows() -> None:
    asked = [Request(prompt, NEW, temperature=float(n % 2), seed=n) for n, prompt in enumerate(prompts(8, seed=2))]
    mixed = engine("llama").run(asked)
    apart = [engine("llama").run([request])[0] for request in asked]
    assert [c.token_ids for c in mixed] == [c.token_ids for c in apart]


def test_requests_that_come_later_join_those_under_way() -> None:
    session = engine("qwen3", slots=3).session(PrefixStore(0))
    asked = prompts(7, seed=14)
    done = {}
    for prompt in asked:
        session.submit(Request(prompt, NEW))
        done |= dict(session.step())
        done |= dict(session.step())
    while not session.idle:
        done |= dict(session.step())
    assert [list(done[n].token_ids) for n in range(7)] == [by_generate("qwen3", prompt, NEW)[0] for prompt in asked]


def test_tokens_are_told_as_they_come() -> None:
    session = engine("llama").session(PrefixStore(0))
    told: list[tuple[int, float]] = []
    session.submit(Request(prompts(1)[0], 6), lambda token, nats: told.append((token, nats)))
    done = []
    while not session.idle:
        done += session.step()
    assert [token for token, _ in told] == list(done[0][1].token_ids)
    assert [nats for _, nats in told] == list(done[0][1].log_probs_nats)


@pytest.mark.parametrize("kind", KINDS)
def test_activations_are_the_residual_stream_of_the_chosen_layers(kind: str) -> None:
    import torch

    asked = prompts(5, seed=15)
    capture = Capture((1, 2), at="reply")
    made = engine(kind).run([Request(prompt, 9) for prompt in asked], capture=capture)
    for prompt, completion in zip(asked, made, strict=True):
        whole = prompt + completion.token_ids[:-1]
        with torch.inference_mode():
            hidden = tiny(kind)(torch.tensor([whole]), output_hidden_states=True).hidden_states
        expected = torch.stack([hidden[k][0, len(prompt) - 1 :] for k in capture.model_layers])
        assert completion.activations is not None
        assert completion.activations.dtype == torch.float16
        assert torch.allclose(completion.activations.float(), expected, atol=2e-2, rtol=2e-3)
    assert all(c.activations is None for c in engine(kind).run([Request(asked[0], 3)]))


def test_activations_at_the_end_of_the_prompt_are_one_position() -> None:
    made = engine("llama").run([Request(prompt, 9) for prompt in prompts(5)], capture=Capture((3,)))
    assert {tuple(c.activations.shape) for c in made if c.activations is not None} == {(1, 1, 32)}
