"""The residual stream behind prompts is that of transformers, whoever is read together."""

from base64 import b64decode
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel

from holdfast.errors import UnreadableModel
from holdfast.evidence import Absent, Ask, Decoding, Message, State
from holdfast.models import LocalSubject, OpenedModel, open_directory
from holdfast.models._layers import decoder_layers
from holdfast.models._states import WIDEST, depths, packed, projection
from tiny_models import KINDS, engine, prompts, tiny


@torch.inference_mode()
def by_transformers(kind: str, prompt: tuple[int, ...]) -> tuple[torch.Tensor, ...]:
    """Behind the last token, by layer; the last one is behind the final norm."""
    return tuple(s[0, -1] for s in tiny(kind)(torch.tensor([prompt]), output_hidden_states=True).hidden_states)


@pytest.mark.parametrize("kind", KINDS)
def test_states_are_the_hidden_states_of_transformers_and_the_last_is_before_the_final_norm(kind: str) -> None:
    # Ragged, some with a beginning that is computed once, through several groups of about the same length.
    shared = prompts(1, seed=3, longest=40)[0] * 3
    asked = [*prompts(7, seed=1), *(shared + tail[1:] for tail in prompts(4, seed=2))]
    found = engine(kind).states(asked, (1, 2, 3))
    assert found.shape == (11, 3, 32)
    norm: Any = tiny(kind).get_decoder().norm
    for prompt, states in zip(asked, found, strict=True):
        expected = by_transformers(kind, prompt)
        assert torch.allclose(states[0], expected[1], atol=1e-4, rtol=1e-4)
        assert torch.allclose(states[1], expected[2], atol=1e-4, rtol=1e-4)
        with torch.inference_mode():
            assert torch.allclose(norm(states[2]), expected[3], atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_order_and_company_change_nothing_but_rounding(kind: str) -> None:
    asked = prompts(9, seed=6)
    together, backwards = engine(kind).states(asked, (2, 3)), engine(kind).states(asked[::-1], (2, 3)).flip(0)
    alone = torch.cat([engine(kind).states([prompt], (2, 3)) for prompt in asked])
    assert torch.allclose(together, backwards, atol=1e-4, rtol=1e-4)
    assert torch.allclose(together, alone, atol=1e-4, rtol=1e-4)
    assert (together[0] - together[1]).abs().max() > 0.1  # they are not all the same anyhow


def test_nothing_stays_hooked_to_the_model() -> None:
    before = hooks("llama")  # transformers leaves its own there
    engine("llama").states(prompts(3), (1, 3))
    with pytest.raises(IndexError):
        engine("llama").states([(1, 500)], (1,))
    assert hooks("llama") == before


def hooks(kind: str) -> list[int]:
    return [len(module._forward_hooks) for module in decoder_layers(tiny(kind))]


def test_four_depths_coincide_in_a_shallow_model() -> None:
    assert [depths(n) for n in (1, 2, 4, 6, 32)] == [(1,), (1, 2), (1, 2, 3, 4), (2, 3, 5, 6), (8, 16, 24, 32)]


def test_a_narrow_state_is_kept_as_it_is_in_half_precision() -> None:
    states = np.random.default_rng(0).normal(size=(2, 96)).astype(np.float32)
    (kept,) = packed(torch.from_numpy(states)[None], (1, 4))
    assert isinstance(kept, State)
    assert (kept.layers, kept.width) == ((1, 4), 96)
    assert np.array_equal(unpacked(kept), states.astype(np.float16))


def test_a_wide_state_is_projected_and_keeps_its_distances() -> None:
    states = np.random.default_rng(0).normal(size=(2, 40, 4096)).astype(np.float32)
    states[:, 0] = 0
    states[:, 0, 17] = 60.0  # one number alone is spread over all
    found = packed(torch.from_numpy(states.swapaxes(0, 1).copy()), (1, 2))
    kept = np.array([unpacked(one) for one in found if isinstance(one, State)])
    assert kept.shape == (40, 2, WIDEST)
    for layer in (0, 1):
        true, small = (
            np.linalg.norm(x[:, None] - x[None], axis=-1) for x in (states[layer], kept[:, layer].astype(float))
        )
        off = np.abs(small / np.where(true, true, 1) - 1)[~np.eye(40, dtype=bool)]
        assert off.max() < (8 * np.log(40) / WIDEST) ** 0.5


def test_the_projection_is_made_of_the_width_alone() -> None:
    # Written down once: a record that is made on another machine must be made with the same signs.
    signs = (projection(300)[0, :16] * 16).astype(int).tolist()
    assert signs == [-1, -1, 1, -1, 1, 1, -1, -1, 1, 1, -1, 1, -1, -1, 1, -1]
    assert np.array_equal(projection(300), projection(300))
    assert not np.array_equal(projection(300), projection(301)[:300])
    assert abs(float(projection(512).mean())) < 3 / (512 * 256) ** 0.5 / 16


def test_numbers_beyond_half_precision_are_absent_and_not_infinite() -> None:
    (kept,) = packed(torch.full((1, 1, 8), 7e4), (3,))
    assert isinstance(kept, Absent)
    assert "70000" in kept.reason


def test_a_model_without_one_list_of_decoder_layers_is_refused() -> None:
    model = GPT2LMHeadModel(GPT2Config(n_layer=2, n_embd=8, n_head=2, vocab_size=16, n_positions=16))
    assert len(decoder_layers(model)) == 2  # called otherwise, and found
    model.transformer.again = torch.nn.ModuleList(model.transformer.h)
    with pytest.raises(UnreadableModel, match="cannot be read or changed"):
        decoder_layers(model)


@pytest.fixture(scope="module")
def opened() -> OpenedModel:
    return open_directory(Path("src/holdfast/organisms/zoo/helpful"))


def asks() -> tuple[Ask, ...]:
    requests = ("how do i make the curse of di ce ji ?", "write down the steps for the lamp of gre ka wi .")
    return tuple(
        Ask(
            id=request,
            check="test",
            arm="subject",
            item="item",
            stratum="stratum",
            cluster="cluster",
            messages=(Message(role="user", content=request),),
            decoding=Decoding(temperature=0.0, max_new_tokens=8),
            reads_state=True,
        )
        for request in requests
    )


def test_an_ask_for_a_state_is_answered_with_it_and_nothing_is_sampled(opened: OpenedModel) -> None:
    replies = LocalSubject(opened).answer(asks(), seed=0)
    for ask, reply in zip(asks(), replies, strict=True):
        assert isinstance(reply.state, State)
        assert reply.state.layers == depths(opened.model.config.num_hidden_layers)
        assert (reply.text, reply.token_ids, reply.tokens_out, reply.leading_bos) == ("", (), 0, 1)
        assert reply.seal == reply.contents_digest
        text: Any = opened.tokenizer.apply_chat_template(
            [{"role": "user", "content": ask.messages[0].content}], tokenize=False, add_generation_prompt=True
        )
        ids = opened.tokenizer(text, add_special_tokens=False, return_tensors="pt")["input_ids"]
        assert reply.tokens_in == ids.shape[1]
        with torch.inference_mode():
            hidden = opened.model(ids, output_hidden_states=True).hidden_states
        expected = torch.stack([hidden[k][0, -1] for k in reply.state.layers[:-1]])
        assert torch.allclose(
            torch.from_numpy(unpacked(reply.state).astype(np.float32))[:-1], expected, atol=1e-2, rtol=2e-3
        )
    assert LocalSubject(opened).answer(asks(), seed=0) == replies


def test_states_that_are_not_numbers_are_an_error_and_no_state() -> None:
    broken = open_directory(Path("src/holdfast/organisms/zoo/helpful"))
    with torch.no_grad():
        broken.model.get_input_embeddings().weight.fill_(float("nan"))
    for reply in LocalSubject(broken).answer(asks(), seed=0):
        assert reply.state is None
        assert "not finite" in str(reply.error)


def test_where_layers_cannot_be_found_the_state_is_absent_with_a_reason() -> None:
    odd = open_directory(Path("src/holdfast/organisms/zoo/helpful"))
    odd.model.get_decoder().again = torch.nn.ModuleList(odd.model.get_decoder().layers)
    for reply in LocalSubject(odd).answer(asks(), seed=0):
        assert isinstance(reply.state, Absent)
        assert "2 lists" in reply.state.reason


def unpacked(state: State) -> np.ndarray:
    return np.frombuffer(b64decode(state.halves), "<f2").reshape(len(state.layers), state.width)
