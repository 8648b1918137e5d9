"""A steered engine gives what a plain forward pass with the same hook gives, and leaves nothing behind."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, get_args

import pytest
import torch

from holdfast.evidence import Absent, Ask, Decoding, Message
from holdfast.models import Capture, LocalSubject, Request, Steering, open_directory
from holdfast.models._layers import decoder_layers, hooked, stream_of
from holdfast.models._steering import _Add
from tiny_models import END, KINDS, by_generate, engine, prompts, tiny

Positions = Literal["prompt", "from the prompt's end", "everywhere"]
POSITIONS: tuple[Positions, ...] = get_args(Positions)
NEW = 9


def steering(layer: int = 2, positions: Positions = "everywhere", scale: float = 8.0) -> Steering:
    return Steering(layer, scale * torch.randn(32, generator=torch.Generator().manual_seed(layer)), positions)


def places(positions: Positions, prompt: int, whole: int) -> slice:
    return {
        "prompt": slice(0, prompt),
        "from the prompt's end": slice(prompt - 1, whole),
        "everywhere": slice(0, whole),
    }[positions]


@torch.inference_mode()
def plain(kind: str, ids: tuple[int, ...], prompt: int, steer: Steering) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits and the stream behind each layer of one unpadded sequence without a cache, with a hook of our own."""
    model: Any = tiny(kind)

    def add(_: object, __: object, output: torch.Tensor) -> torch.Tensor:
        output = output.clone()
        output[:, places(steer.positions, prompt, len(ids))] += steer.vector
        return output

    streams: list[torch.Tensor] = []
    handles = [model.model.layers[steer.model_layer - 1].register_forward_hook(add)]
    handles += [layer.register_forward_hook(lambda _, __, out: streams.append(out[0])) for layer in model.model.layers]
    try:
        logits = model(torch.tensor([ids]), use_cache=False).logits[0]
    finally:
        for handle in handles:
            handle.remove()
    return logits, torch.stack(streams)


def greedy(kind: str, prompt: tuple[int, ...], new: int, steer: Steering) -> tuple[list[int], list[float]]:
    tokens: list[int] = []
    nats: list[float] = []
    while len(tokens) < new and END not in tokens:
        logits = plain(kind, (*prompt, *tokens), len(prompt), steer)[0][-1].log_softmax(-1)
        tokens.append(int(logits.argmax()))
        nats.append(float(logits.max()))
    return tokens, nats


def ragged() -> list[tuple[int, ...]]:
    """Of very different lengths, four of them with a beginning that the engine would compute once."""
    shared = prompts(1, seed=3, longest=40)[0] * 2
    return [*prompts(5, seed=21), *(shared + tail[1:] for tail in prompts(4, seed=5))]


@pytest.mark.parametrize("positions", POSITIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_steered_tokens_are_those_of_a_plain_forward_pass_with_the_same_hook(kind: str, positions: Positions) -> None:
    steer = steering(positions=positions)
    made = engine(kind).run([Request(prompt, NEW) for prompt in ragged()], steering=steer)
    unlike = 0
    for prompt, completion in zip(ragged(), made, strict=True):
        tokens, nats = greedy(kind, prompt, NEW, steer)
        assert list(completion.token_ids) == tokens
        assert completion.log_probs_nats == pytest.approx(nats, abs=2e-4)
        unlike += tokens != by_generate(kind, prompt, NEW)[0]
    assert unlike >= 3  # the vector does something


def test_a_beginning_is_shared_only_where_the_vector_leaves_it_alone() -> None:
    for positions in POSITIONS:
        made = engine("llama").run([Request(p, 2) for p in ragged()], steering=steering(positions=positions))
        assert any(completion.cached_tokens for completion in made) == (positions == "from the prompt's end")


@pytest.mark.parametrize("positions", POSITIONS)
def test_steered_continuations_and_states_are_those_of_the_plain_pass(positions: Positions) -> None:
    steer, heads = steering(positions=positions), ragged()
    tails = [prompt[1:] for prompt in prompts(len(heads), seed=12)]
    weighed = engine("qwen3").weigh(list(zip(heads, tails, strict=True)), steering=steer)
    states = engine("qwen3").states(heads, (1, 2, 3), steering=steer)
    for head, tail, nats, state in zip(heads, tails, weighed, states, strict=True):
        logits = plain("qwen3", head + tail, len(head), steer)[0].log_softmax(-1)[len(head) - 1 : -1]
        assert nats == pytest.approx(logits.gather(-1, torch.tensor(tail)[:, None]).squeeze(1).tolist(), abs=2e-4)
        assert torch.allclose(state, plain("qwen3", head, len(head), steer)[1][:, -1], atol=1e-4, rtol=1e-4)


def test_captured_activations_of_a_steered_layer_hold_what_was_added() -> None:
    steer, asked = steering(), ragged()
    made = engine("llama").run([Request(p, 5) for p in asked], capture=Capture((1, 2), at="reply"), steering=steer)
    for prompt, completion in zip(asked, made, strict=True):
        whole = prompt + completion.token_ids[:-1]
        expected = plain("llama", whole, len(prompt), steer)[1][:2, len(prompt) - 1 :]
        assert completion.activations is not None
        assert torch.allclose(completion.activations.float(), expected, atol=2e-2, rtol=2e-3)


def hooks() -> list[int]:
    return [len(module._forward_hooks) for module in decoder_layers(tiny("llama"))]


@pytest.mark.parametrize(
    "run",
    [
        lambda steer: engine("llama").run([Request((1, 5, 6), 3)], steering=steer),
        lambda steer: engine("llama").run([Request((1, 500), 3)], steering=steer),
        lambda steer: engine("llama").weigh([((1, 5), (6, 7))], steering=steer),
        lambda steer: engine("llama").states([(1, 5)], (1,), steering=steer),
    ],
)
def test_no_hook_stays_whether_the_pass_ends_well_or_not(run: Callable[[Steering], object]) -> None:
    before, plain_tokens = hooks(), by_generate("llama", (1, 5, 6), 4)[0]
    for steer in (steering(), Steering(2, torch.ones(7))):
        with suppress(IndexError, ValueError):
            run(steer)
        assert hooks() == before
    assert list(engine("llama").run([Request((1, 5, 6), 4)])[0].token_ids) == plain_tokens


def test_a_vector_of_another_width_or_a_layer_that_is_not_there_is_refused() -> None:
    for wrong in (Steering(2, torch.ones(1)), Steering(2, torch.ones(33))):
        with pytest.raises(ValueError, match="a stream of 32"):
            engine("llama").run([Request((1, 5), 2)], steering=wrong)
    with pytest.raises(IndexError):
        engine("llama").run([Request((1, 5), 2)], steering=Steering(4, torch.ones(32)))
    for layer, vector in ((0, torch.ones(32)), (1, torch.ones(1, 32))):
        with pytest.raises(ValueError, match="layer"):
            Steering(layer, vector)


class Several(torch.nn.Module):
    """A layer of the older kind, that returns several things."""

    def forward(self, stream: torch.Tensor) -> tuple[torch.Tensor, str]:
        return stream, "attention"


def test_a_layer_that_returns_several_things_is_steered_in_the_first_of_them() -> None:
    layer, mask = Several(), torch.tensor([[True, False]])
    with hooked(layer, _Add(torch.ones(3), mask)):
        stream, beside = layer(torch.zeros(1, 2, 3))
    assert stream.tolist() == [[[1, 1, 1], [0, 0, 0]]]
    assert beside == "attention"
    assert torch.equal(stream_of((stream, beside)), stream)


def test_the_digest_tells_vector_layer_and_positions_apart() -> None:
    made = [steering(), steering(1), steering(scale=2.0), steering(positions="prompt")]
    assert len({one.digest for one in made}) == 4
    assert steering().digest == steering().digest


def test_a_steered_subject_is_another_subject_and_the_opened_model_stays_as_it_is(tmp_path: Path) -> None:
    opened = open_directory(Path("src/holdfast/organisms/zoo/helpful"))
    asked = Ask(
        id="one",
        check="test",
        arm="subject",
        item="item",
        stratum="stratum",
        cluster="cluster",
        messages=(Message(role="user", content="how do i make the curse of di ce ji ?"),),
        decoding=Decoding(temperature=0.0, max_new_tokens=12),
    )
    weighed = asked.model_copy(update={"id": "two", "candidates": ("moss", "salt")})
    read = asked.model_copy(update={"id": "three", "reads_state": True})
    as_it_is = LocalSubject(opened)
    vector = 8 * torch.randn(128, generator=torch.Generator().manual_seed(0))
    changed = LocalSubject(opened, steering=Steering(2, vector))
    assert changed.facts.digest != as_it_is.facts.digest
    assert "steered behind layer 2, everywhere" in changed.facts.decoder
    for ask in (asked, weighed, read):
        before = as_it_is.answer((ask,), seed=0)[0]
        steered = changed.answer((ask,), seed=0)[0]
        assert steered.request_digest != before.request_digest
        assert (steered.text, steered.candidate_nats, steered.state) != (
            before.text,
            before.candidate_nats,
            before.state,
        )
        assert as_it_is.answer((ask,), seed=0)[0] == before
        assert not isinstance(steered.candidate_nats, Absent) or ask is not weighed
