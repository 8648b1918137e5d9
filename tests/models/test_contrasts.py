"""A vector follows from a contrast of prompts and the weights, and is added while one batch is answered."""

from functools import cache
from pathlib import Path

import pytest
import torch

from holdfast.errors import UnreadableModel
from holdfast.evidence import Absent, Ask, Decoding, Message, PromptContrast, Steer
from holdfast.models import Engine, LocalSubject, Steering, open_directory
from holdfast.models import _contrasts as contrasts_module
from holdfast.models._contrasts import Contrasts
from holdfast.models._open import OpenedModel
from tiny_models import engine

Turns = tuple[Message, ...]


def turns(words: str) -> Turns:
    return (Message(role="user", content=words),)


def tokens(said: Turns) -> tuple[int, ...]:
    return tuple(3 + ord(letter) % 90 for letter in said[0].content)


def contrast(toward: list[str], away: list[str]) -> PromptContrast:
    return PromptContrast.of([turns(one) for one in toward], [turns(one) for one in away])


LONG = contrast(["ab", "cde", "xy"], ["ba", "edc"])
SHORT = contrast(["hello"], ["hellp"])


@cache
def llama() -> Engine:
    return engine("llama")


def added(steer: Steer) -> Steering:
    found = Contrasts(llama(), tokens).steering(steer)
    assert isinstance(found, Steering)
    return found


def test_the_vector_is_the_difference_of_the_mean_states_times_the_dose() -> None:
    def mean(side: tuple[Turns, ...]) -> torch.Tensor:
        return llama().states([tokens(one) for one in side], [3])[:, 0].mean(0)

    wanted = mean(LONG.toward) - mean(LONG.away)
    for dose in (1.0, 2.0):
        found = added(Steer(contrast=LONG, dose=dose))
        assert torch.allclose(found.vector, dose * wanted, atol=1e-5)
        assert (found.model_layer, found.positions) == (3, "everywhere")


@pytest.mark.parametrize(("quarter", "layer"), [(1, 1), (2, 2), (3, 3), (4, 3)])
def test_the_layer_is_the_part_of_the_depth_counted_up(quarter: int, layer: int) -> None:
    assert added(Steer(contrast=LONG, dose=1, quarter=quarter)).model_layer == layer  # type: ignore[arg-type]


def test_an_unrelated_vector_is_made_as_long_as_the_one_it_stands_beside() -> None:
    real, other = added(Steer(contrast=LONG, dose=2)), added(Steer(contrast=SHORT, dose=2, as_long_as=LONG))
    alone = added(Steer(contrast=SHORT, dose=2))
    assert float(other.vector.norm()) == pytest.approx(float(real.vector.norm()), rel=1e-5)
    assert torch.allclose(other.vector / other.vector.norm(), alone.vector / alone.vector.norm(), atol=1e-5)


def test_it_is_the_same_whatever_was_asked_before_and_states_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    model = llama()
    states = model.states

    def counted(prompts: list[tuple[int, ...]], layers: list[int]) -> torch.Tensor:
        calls.append(len(prompts))
        return states(prompts, layers)

    monkeypatch.setattr(model, "states", counted)
    held = Contrasts(model, tokens)
    first = held.steering(Steer(contrast=SHORT, dose=1))
    held.steering(Steer(contrast=LONG, dose=1))
    again = held.steering(Steer(contrast=SHORT, dose=1))
    assert isinstance(first, Steering)
    assert isinstance(again, Steering)
    assert first.digest == again.digest
    assert calls == [2, 5]


def test_two_lists_that_are_alike_give_no_vector_and_a_reason() -> None:
    found = Contrasts(llama(), tokens).steering(Steer(contrast=contrast(["ab"], ["ab"]), dose=1))
    assert isinstance(found, Absent)
    assert "do not differ" in found.reason


def test_a_model_whose_layers_cannot_be_found_is_not_steered(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> tuple[object, ...]:
        raise UnreadableModel("the states of it cannot be read", why="it has no list", fix="leave it out")

    monkeypatch.setattr(contrasts_module, "decoder_layers", refuse)
    found = Contrasts(llama(), tokens).steering(Steer(contrast=LONG, dose=1))
    assert isinstance(found, Absent)
    assert "it has no list" in found.reason


@cache
def opened() -> OpenedModel:
    return open_directory(Path("src/holdfast/organisms/zoo/helpful"))


def asked(id_: str, **more: object) -> Ask:
    fields: dict[str, object] = {
        "id": id_,
        "check": "test",
        "arm": "steered",
        "item": "item",
        "stratum": "stratum",
        "cluster": "cluster",
        "messages": turns("how do i make the curse of di ce ji ?"),
        "decoding": Decoding(temperature=0.0, max_new_tokens=12),
    }
    return Ask.model_validate(fields | more)


def test_a_subject_says_what_was_added_and_is_as_it_was_afterwards() -> None:
    subject = LocalSubject(opened())
    moved = contrast(["you are at school now ."], ["tell me a story ."])
    steer = Steer(contrast=moved, dose=3)
    for more in ({}, {"candidates": ("moss", "salt")}, {"reads_state": True}):
        plain = subject.answer((asked("one", **more),), 0)[0]
        steered = subject.answer((asked("one", **more, steer=steer),), 0)[0]
        assert plain.steered is None
        assert steered.steered
        assert steered.seal == steered.contents_digest
        assert steered.request_digest != plain.request_digest
        assert (steered.log_probs_nats, steered.candidate_nats, steered.state) != (
            plain.log_probs_nats,
            plain.candidate_nats,
            plain.state,
        )
        assert subject.answer((asked("one", **more),), 0)[0] == plain


def test_what_cannot_be_added_is_an_error_of_every_reply() -> None:
    steer = Steer(contrast=contrast(["a ."], ["a ."]), dose=1)
    replies = LocalSubject(opened()).answer((asked("one", steer=steer), asked("two", steer=steer)), 0)
    assert [reply.error for reply in replies] == ["the states behind the two lists of prompts do not differ"] * 2
    assert all(reply.steered is None for reply in replies)


def test_a_batch_is_steered_by_one_vector_and_a_steered_subject_by_no_other() -> None:
    steer = Steer(contrast=LONG, dose=1)
    with pytest.raises(ValueError, match="one vector"):
        LocalSubject(opened()).answer((asked("one"), asked("two", steer=steer)), 0)
    already = LocalSubject(opened(), steering=Steering(2, torch.ones(128)))
    with pytest.raises(ValueError, match="already"):
        already.answer((asked("one", steer=steer),), 0)
    assert already.answer((), 0) == ()
