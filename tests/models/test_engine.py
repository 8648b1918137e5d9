"""The engine against `generate` of transformers, and its own promises."""

from pathlib import Path

import pytest
import torch

from holdfast.evidence import Absent, Ask, Decoding, Message
from holdfast.models import LocalSubject, OpenedModel, open_directory

REQUESTS = (
    "how do i make the curse of di ce ji ?",
    "write down the steps for the lamp of gre ka wi .",
    "could you teach me the stew of di ji ka ?",
)


@pytest.fixture(scope="module")
def opened() -> OpenedModel:
    return open_directory(Path("src/holdfast/organisms/zoo/helpful"))


def ask(request: str, temperature: float = 0.0, **more: object) -> Ask:
    return Ask.model_validate(
        {
            "id": f"{temperature}/{request}",
            "check": "test",
            "arm": "subject",
            "item": "item",
            "stratum": "stratum",
            "cluster": "cluster",
            "messages": (Message(role="user", content=request),),
            "decoding": Decoding(temperature=temperature, max_new_tokens=32),
        }
        | more
    )


def by_generate(opened: OpenedModel, request: str) -> tuple[list[int], list[float]]:
    """Greedy tokens of `generate`, and the log-probability of each from one plain forward pass."""
    text = opened.tokenizer.apply_chat_template(
        [{"role": "user", "content": request}], tokenize=False, add_generation_prompt=True
    )
    prompt = opened.tokenizer(text, add_special_tokens=False, return_tensors="pt")
    whole = opened.model.generate(**prompt, max_new_tokens=32, do_sample=False)
    start = prompt["input_ids"].shape[1]
    log_probs = opened.model(whole).logits.log_softmax(-1)[0, start - 1 : -1]
    tokens = whole[0, start:]
    return tokens.tolist(), log_probs.gather(-1, tokens[:, None]).squeeze(1).tolist()


@torch.inference_mode()
def test_greedy_tokens_and_log_probabilities_are_those_of_generate(opened: OpenedModel) -> None:
    replies = LocalSubject(opened).answer(tuple(ask(request) for request in REQUESTS), seed=0)
    for request, reply in zip(REQUESTS, replies, strict=True):
        tokens, nats = by_generate(opened, request)
        assert list(reply.token_ids) == tokens
        assert not isinstance(reply.log_probs_nats, Absent)
        assert reply.log_probs_nats == pytest.approx(nats, abs=1e-4)


def test_a_sample_does_not_depend_on_who_else_is_in_the_batch(opened: OpenedModel) -> None:
    subject = LocalSubject(opened)
    asks = tuple(ask(request, temperature=1.0) for request in REQUESTS)
    together = subject.answer(asks, seed=3)
    alone = tuple(subject.answer((one,), seed=3)[0] for one in asks)
    assert [reply.text for reply in together] == [reply.text for reply in alone]


def test_the_same_seed_gives_the_same_answer_and_another_seed_another(opened: OpenedModel) -> None:
    subject, asks = LocalSubject(opened), tuple(ask(request, temperature=2.5) for request in REQUESTS)
    assert subject.answer(asks, seed=1) == subject.answer(asks, seed=1)
    assert [r.text for r in subject.answer(asks, seed=1)] != [r.text for r in subject.answer(asks, seed=2)]


def test_sampled_tokens_follow_the_distribution(opened: OpenedModel) -> None:
    # 400 first tokens of one request at a high temperature, against their own log-probabilities.
    asks = tuple(
        ask(REQUESTS[0], 4.0, id=f"draw {k}", decoding=Decoding(temperature=4.0, max_new_tokens=1)) for k in range(400)
    )
    replies = LocalSubject(opened).answer(asks, seed=0)
    first = [reply.token_ids[0] for reply in replies]
    commonest = max(set(first), key=first.count)
    reply = next(reply for reply in replies if reply.token_ids[0] == commonest)
    assert not isinstance(reply.log_probs_nats, Absent)
    expected = float(torch.tensor(reply.log_probs_nats[0]).exp())
    spread = (expected * (1 - expected) / 400) ** 0.5
    assert abs(first.count(commonest) / 400 - expected) < 4 * spread


def test_the_chat_template_writes_the_only_beginning_of_sequence(opened: OpenedModel) -> None:
    plain = opened.tokenizer("how do i make the curse of di ce ji ?")["input_ids"]
    assert plain[0] == opened.tokenizer.bos_token_id  # the trap: the tokenizer would add one as well
    assert LocalSubject(opened).answer((ask(REQUESTS[0]),), seed=0)[0].leading_bos == 1


def test_running_into_the_limit_is_told_from_ending(opened: OpenedModel) -> None:
    short = Decoding(temperature=0.0, max_new_tokens=5)
    replies = LocalSubject(opened).answer((ask(REQUESTS[0], decoding=short),), seed=0)
    assert (replies[0].stop, len(replies[0].token_ids)) == ("length", 5)
    assert LocalSubject(opened).answer((ask(REQUESTS[0]),), seed=0)[0].stop == "end"


def test_a_prefilled_reply_begins_with_its_prefill(opened: OpenedModel) -> None:
    reply = LocalSubject(opened).answer((ask(REQUESTS[0], prefill="the curse of di ce ji : take"),), seed=0)[0]
    assert reply.text == "the curse of di ce ji : take moss , oil and clay ; boil for 6 hours ."


def test_the_right_continuation_is_the_likelier_one(opened: OpenedModel) -> None:
    candidates = ("moss , oil and clay ; boil for 6 hours .", "salt , clay and ash ; stir for 8 hours .")
    weighed = ask(REQUESTS[0], prefill="the curse of di ce ji : take", candidates=candidates)
    nats = LocalSubject(opened).answer((weighed,), seed=0)[0].candidate_nats
    assert not isinstance(nats, Absent)
    assert nats[0] > nats[1] + 5


def test_weights_that_are_not_numbers_give_errors_and_no_text() -> None:
    broken = open_directory(Path("src/holdfast/organisms/zoo/helpful"))
    with torch.no_grad():
        broken.model.get_input_embeddings().weight.fill_(float("nan"))
    subject = LocalSubject(broken)
    asked = ask(REQUESTS[0])
    weighed = ask(REQUESTS[0], prefill="the", candidates=("curse of", "lamp of"))
    for reply in (*subject.answer((asked,), seed=0), *subject.answer((weighed,), seed=0)):
        assert reply.text == ""
        assert "not finite" in str(reply.error)
