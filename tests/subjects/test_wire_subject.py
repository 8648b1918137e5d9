"""Asking an endpoint: what goes out, what comes back, and what every way of breaking comes to."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from time import monotonic, sleep
from typing import Any

import pytest

from holdfast.errors import EndpointLost, EndpointRefused
from holdfast.evidence import Absent, Ask, Decoding, Message, Reply, request_digest, sample_seed
from holdfast.subjects import Budget, EndpointReference, RealPatience, WireSubject, open_endpoint
from upstream import (
    MODEL,
    QUICK,
    Call,
    Hurried,
    Respond,
    Upstream,
    Wire,
    completion,
    drops,
    prompt_tokens,
    raw,
    says,
    status,
    well,
)


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream().up() as server:
        yield server


def opened(upstream: Upstream, **more: Any) -> WireSubject:
    reference = EndpointReference(upstream.url, MODEL)
    return open_endpoint(reference, **({"budget": QUICK, "patience": Hurried} | more))


def ask(number: int = 0, *, prefill: str = "", **changes: Any) -> Ask:
    made = Ask(
        id=f"ask-{number}",
        check="misuse",
        arm="subject",
        item=f"item-{number}",
        stratum="curse",
        cluster="c",
        messages=(Message(role="system", content="be brief"), Message(role="user", content=f"request {number}")),
        prefill=prefill,
        decoding=Decoding(temperature=1.0, max_new_tokens=8),
    )
    return made.model_copy(update=changes)


def asks(count: int) -> tuple[Ask, ...]:
    return tuple(ask(number) for number in range(count))


def earnest(chat: Callable[[Call], Respond]) -> Callable[[Call], Respond]:
    """Opens well, then does this."""
    return lambda call: well(call) if call.is_opening else chat(call)


def one_reply(upstream: Upstream, respond: Respond, **changes: Any) -> Reply:
    upstream.chat = earnest(lambda call: respond)
    (reply,) = opened(upstream).answer((ask(**changes),), 0)
    return reply


def test_what_goes_out_is_the_conversation_its_decoding_and_its_own_seed(upstream: Upstream) -> None:
    opened(upstream).answer((ask(3, prefill="to brew it"),), 5)
    body = upstream.calls[-1].body
    assert body["model"] == MODEL
    assert [m["role"] for m in body["messages"]] == ["system", "user", "assistant"]
    assert body["messages"][-1]["content"] == "to brew it"
    assert (body["temperature"], body["max_tokens"], body["logprobs"]) == (1.0, 8, True)
    assert body["seed"] == sample_seed(5, "ask-3")
    assert (body["continue_final_message"], body["add_generation_prompt"]) == (True, False)


def test_a_reply_that_is_not_begun_carries_no_extension(upstream: Upstream) -> None:
    opened(upstream).answer((ask(),), 0)
    assert not {"continue_final_message", "add_generation_prompt"} & set(upstream.calls[-1].body)


def test_an_answer_becomes_a_sealed_reply_and_the_unseen_is_absent(upstream: Upstream) -> None:
    subject = opened(upstream)
    upstream.chat = lambda call: says(" two words ", prompt=7)
    (reply,) = subject.answer((ask(),), 9)
    assert reply.request_digest == request_digest(ask(), subject.facts.digest, 9)
    assert (reply.text, reply.stop, reply.leading_bos, reply.error) == ("two words", "end", -1, None)
    assert (reply.tokens_in, reply.tokens_out, reply.log_probs_nats) == (7, 2, (-0.5, -0.5))
    assert isinstance(reply.token_ids, Absent)
    assert reply.seal == reply.contents_digest


def test_a_begun_reply_is_kept_with_its_beginning(upstream: Upstream) -> None:
    assert one_reply(upstream, says(" take moss"), prefill="to brew it").text == "to brew it take moss"


def test_replies_come_in_the_order_of_the_asks_whoever_was_first(upstream: Upstream) -> None:
    def late_first(call: Call) -> Respond:
        def respond(wire: Wire) -> None:
            sleep(0.05 if call.last == "request 0" else 0.0)
            says(call.last)(wire)

        return respond

    upstream.chat = earnest(late_first)
    replies = opened(upstream).answer(asks(40), 0)
    assert [reply.text for reply in replies] == [f"request {number}" for number in range(40)]


def with_choice(**changes: Any) -> Respond:
    choice = completion("x y")["choices"][0] | changes
    return lambda wire: wire.send(200, completion("x y", choices=[choice]))


def test_a_reply_at_the_limit_is_cut_and_says_so(upstream: Upstream) -> None:
    assert one_reply(upstream, with_choice(finish_reason="length")).stop == "length"


@pytest.mark.parametrize("respond", [says("x", choices=[]), says(None)])
def test_no_choice_and_no_content_are_no_turn(upstream: Upstream, respond: Respond) -> None:
    reply = one_reply(upstream, respond)
    assert (reply.stop, reply.text, reply.error) == ("none", "", None)
    assert len(upstream.samples) == 1


def test_what_a_model_reasoned_is_not_its_reply(upstream: Upstream) -> None:
    message = {"role": "assistant", "content": None, "reasoning_content": "take moss", "reasoning": "take moss"}
    assert "moss" not in one_reply(upstream, with_choice(message=message)).model_dump_json()


@pytest.mark.parametrize(
    ("reason", "said"),
    [("content_filter", "content filter"), ("tool_calls", "not known: 'tool_calls'"), (None, "not known: None")],
)
def test_a_reply_that_was_filtered_or_ended_for_no_known_reason_is_an_error(
    upstream: Upstream, reason: str | None, said: str
) -> None:
    reply = one_reply(upstream, with_choice(finish_reason=reason))
    assert said in (reply.error or "")
    assert reply.text == ""


def test_another_models_answer_is_an_error(upstream: Upstream) -> None:
    assert "another model answered: 'large'" in (one_reply(upstream, says("x", model="large")).error or "")


def test_another_configurations_answer_is_an_error_where_the_opening_saw_one(upstream: Upstream) -> None:
    upstream.chat = lambda call: says(
        "x", system_fingerprint="one" if call.is_opening else "two", prompt=prompt_tokens(call.body)
    )
    (reply,) = opened(upstream).answer((ask(),), 0)
    assert "fingerprint 'two'" in (reply.error or "")


@pytest.mark.parametrize(
    ("respond", "why"),
    [
        (with_choice(logprobs=None), "gave no log-probabilities"),
        (with_choice(logprobs={"content": None}), "gave no log-probabilities"),
        (with_choice(logprobs={"content": [{"token": "x", "logprob": -1.0}]}), "1 log-probabilities for 2 tokens"),
    ],
)
def test_log_probabilities_that_are_not_those_of_the_tokens_are_absent(
    upstream: Upstream, respond: Respond, why: str
) -> None:
    reply = one_reply(upstream, respond)
    assert isinstance(reply.log_probs_nats, Absent)
    assert why in reply.log_probs_nats.reason
    assert reply.text == "x y"


def test_without_usage_tokens_are_counted_by_their_log_probabilities(upstream: Upstream) -> None:
    assert one_reply(upstream, says("x y z", usage=None)).tokens_out == 3


def test_candidates_cannot_be_weighed(upstream: Upstream) -> None:
    (reply,) = opened(upstream).answer((ask(candidates=("a", "b")),), 0)
    assert "cannot weigh" in (reply.error or "")
    assert not upstream.samples


NAN = b'{"id": "c", "model": "tiny", "choices": [], "created": NaN}'
MALFORMED: dict[str, Respond] = {
    "not JSON": raw(b"<html>502</html>"),
    "cut JSON": raw(b'{"choices": [{"message": {"content": "i will'),
    "empty": raw(b""),
    "cut body": raw(b'{"choices": []', claims=500),
    "NaN": raw(NAN),
    "infinite log-probability": raw(
        b'{"model": "tiny", "choices": [{"message": {"content": "x"}, "finish_reason": '
        b'"stop", "logprobs": {"content": [{"logprob": -1e999}]}}]}'
    ),
    "wrong shape": raw(b'{"choices": "i will not help"}'),
    "a list": raw(b"[]"),
    "content of another type": with_choice(message={"role": "assistant", "content": ["x"]}),
    "another role": with_choice(message={"role": "user", "content": "x"}),
    "negative counts": says("x", usage={"prompt_tokens": -1, "completion_tokens": 1}),
    "damaged encoding": lambda wire: wire.send_bytes(
        200, b"no gzip", {"Content-Encoding": "gzip", "Content-Length": "7"}
    ),
    "two choices": says("x", choices=completion("x")["choices"] * 2),
    "nested past reading": raw(b'{"choices": ' + b"[" * 100_000),
    "no body": status(204),
    "lone surrogate": raw(
        b'{"model": "tiny", "choices": [{"message": {"content": "\\ud800"}, "finish_reason": "stop"}]}'
    ),
}


@pytest.mark.parametrize("fault", MALFORMED)
def test_what_is_malformed_is_tried_again_and_then_an_error(upstream: Upstream, fault: str) -> None:
    reply = one_reply(upstream, MALFORMED[fault])
    assert reply.error
    assert QUICK.said in reply.error
    assert (reply.text, reply.stop) == ("", "none")
    assert list(upstream.samples.values()) == [QUICK.attempts]


@pytest.mark.parametrize("fault", [*MALFORMED.values(), drops, status(429), status(500), status(503), status(408)])
def test_what_passes_is_answered_in_the_end_and_counted_once(upstream: Upstream, fault: Respond) -> None:
    upstream.chat = earnest(lambda call: fault if upstream.samples[call.body["seed"]] < QUICK.attempts else well(call))
    replies = opened(upstream).answer(asks(3), 0)
    assert [reply.text for reply in replies] == ["i will not help ."] * 3
    assert set(upstream.samples.values()) == {QUICK.attempts}


@pytest.mark.parametrize("code", [400, 403, 413, 422, 302])
def test_what_is_refused_is_not_tried_again_and_says_nothing_of_the_others(upstream: Upstream, code: int) -> None:
    upstream.chat = earnest(lambda call: status(code, "no") if call.last == "request 1" else well(call))
    replies = opened(upstream).answer(asks(3), 0)
    assert [reply.error is None for reply in replies] == [True, False, True]
    assert f"HTTP {code}" in (replies[1].error or "")
    assert set(upstream.samples.values()) == {1}


def test_the_wait_of_a_busy_endpoint_is_kept(upstream: Upstream) -> None:
    clocks: list[Hurried] = []

    def clock() -> Hurried:
        clocks.append(Hurried())
        return clocks[-1]

    upstream.chat = earnest(
        lambda call: (
            status(429, "slow down", Retry_After="17") if upstream.samples[call.body["seed"]] < 2 else well(call)
        )
    )
    (reply,) = opened(upstream, patience=clock).answer((ask(),), 0)
    assert reply.error is None
    assert clocks[-1].waits == [17.0]


def test_a_wait_that_the_budget_does_not_have_ends_the_sample_at_once(upstream: Upstream) -> None:
    reply = one_reply(upstream, status(429, "come back tomorrow", Retry_After="86400"))
    assert "HTTP 429: come back tomorrow" in (reply.error or "")
    assert list(upstream.samples.values()) == [1]


def slowly(wire: Wire) -> None:
    wire.send_response(200)
    wire.send_header("Content-Length", "1000")
    wire.end_headers()
    for _ in range(100):
        wire.wfile.write(b" ")
        wire.wfile.flush()
        sleep(0.02)


def never(wire: Wire) -> None:
    sleep(0.3)


@pytest.mark.parametrize(("respond", "said"), [(never, "no answer within"), (slowly, "no whole answer within")])
def test_an_endpoint_that_is_too_slow_is_left_however_it_drips(upstream: Upstream, respond: Respond, said: str) -> None:
    upstream.chat = earnest(lambda call: respond)
    budget, begun = Budget(attempts=2, seconds=9.0, request_s=0.1, first_wait_s=0.01), monotonic()
    (reply,) = opened(upstream, budget=budget, patience=RealPatience).answer((ask(),), 0)
    assert said in (reply.error or "")
    assert monotonic() - begun < 3.0


def test_a_body_without_end_is_left(upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("holdfast.subjects._wire_client.LARGEST_BODY", 1000)
    assert "larger than" in (one_reply(upstream, raw(b" " * 5000)).error or "")


def test_a_key_that_an_answer_repeats_is_taken_out(upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLDFAST_API_KEY", "sk-sesame")
    for respond in (says("your key is sk-sesame"), says("x", model="sk-sesame"), status(400, "sk-sesame is wrong")):
        reply = one_reply(upstream, respond)
        assert "sk-sesame" not in reply.model_dump_json()
        assert "[the key]" in reply.model_dump_json()


# Gone: nothing of the batch is handed back, and no budget is spent on samples that cannot be answered.


def lost(subject: WireSubject, batch: tuple[Ask, ...]) -> EndpointLost:
    with pytest.raises(EndpointLost) as caught:
        subject.answer(batch, 0)
    assert caught.value.exit == 4
    assert "nothing of this one" in caught.value.state
    assert "resumes" in caught.value.fix
    return caught.value


class Waits:
    """Makes clocks, and counts what all of them waited."""

    def __init__(self) -> None:
        self.clocks: list[Hurried] = []

    def __call__(self) -> Hurried:
        self.clocks.append(Hurried())
        return self.clocks[-1]

    @property
    def count(self) -> int:
        return sum(len(clock.waits) for clock in self.clocks)


@pytest.mark.parametrize("size", [1, 5, 256])
def test_an_endpoint_that_went_down_is_lost_and_no_budget_is_spent_many_times(size: int) -> None:
    waits = Waits()
    with Upstream().up() as upstream:
        subject = opened(upstream, patience=waits)
    lost(subject, asks(size))
    assert waits.count <= 2 * 16 * (QUICK.attempts - 1)


def test_an_endpoint_that_goes_down_in_the_middle_is_lost() -> None:
    upstream, gone = Upstream(), threading.Event()
    running: AbstractContextManager[Upstream] = upstream.up()
    running.__enter__()
    upstream.chat = earnest(lambda call: (gone.set(), drops)[1] if len(upstream.samples) > 100 else well(call))
    upstream.models = lambda call: drops if gone.is_set() else (lambda wire: wire.send(404, {}))
    subject = opened(upstream)
    try:
        lost(subject, asks(256))
        assert 100 < len(upstream.samples) < 256
    finally:
        running.__exit__(None, None, None)


def test_an_endpoint_that_is_down_for_the_last_samples_of_a_batch_is_lost_too(upstream: Upstream) -> None:
    subject = opened(upstream)
    upstream.chat = lambda call: drops if call.last == "request 99" else well(call)
    upstream.models = lambda call: status(503)
    lost(subject, asks(100))


@pytest.mark.parametrize("models", [Upstream.models, lambda call: status(404), lambda call: status(401)])
def test_a_sample_that_breaks_an_endpoint_which_is_there_is_an_error_alone(
    upstream: Upstream, models: Callable[[Call], Respond]
) -> None:
    upstream.chat = earnest(lambda call: drops if call.last == "request 99" else well(call))
    subject = opened(upstream)
    upstream.models = models
    replies = subject.answer(asks(100), 0)
    assert [reply.error is not None for reply in replies] == [False] * 99 + [True]


def test_an_endpoint_that_answers_every_sample_with_its_own_fault_is_lost(upstream: Upstream) -> None:
    upstream.chat = earnest(lambda call: status(500, "out of memory"))
    assert "HTTP 500: out of memory" in lost(opened(upstream), asks(256)).why
    assert len(upstream.samples) < 100


@pytest.mark.parametrize("code", [401, 404])
def test_a_key_or_a_model_that_is_withdrawn_ends_the_run(upstream: Upstream, code: int) -> None:
    upstream.chat = earnest(lambda call: status(code, "withdrawn"))
    with pytest.raises(EndpointRefused, match="refuses every request") as caught:
        opened(upstream).answer(asks(256), 0)
    assert "withdrawn" in caught.value.why
    assert len(upstream.samples) < 100


def test_an_endpoint_that_comes_back_within_the_budget_has_lost_nothing() -> None:
    upstream = Upstream()
    with upstream.up():
        subject = opened(upstream)

    class Restarts(Hurried):
        """Brings the endpoint back while the first samples wait."""

        def wait(self, seconds: float) -> bool:
            with lock:
                if not up:
                    up.append(upstream.up())
                    up[0].__enter__()
            return super().wait(seconds)

    lock, up = threading.Lock(), list[AbstractContextManager[Upstream]]()
    subject._patience = Restarts
    try:
        replies = subject.answer(asks(64), 0)
    finally:
        up[0].__exit__(None, None, None)
    assert all(reply.error is None for reply in replies)
    assert set(upstream.samples.values()) == {1}
    assert len(upstream.samples) == 64


def test_an_interrupt_wakes_whoever_waits(upstream: Upstream) -> None:
    class Interrupting(Hurried):
        def now(self) -> float:
            raise KeyboardInterrupt

    subject = opened(upstream)
    subject._patience = Interrupting
    with pytest.raises(KeyboardInterrupt):
        subject.answer(asks(64), 0)
    assert not upstream.samples
