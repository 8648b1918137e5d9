"""Opening an endpoint: what is wrong with it is found before anything is asked in earnest."""

import json
from collections.abc import Callable, Iterator

import pytest

from holdfast.errors import EndpointLost, EndpointRefused, HoldfastError, ModelUnclear
from holdfast.evidence import Absent
from holdfast.subjects import EndpointReference, WireSubject, open_endpoint
from upstream import (
    QUICK,
    Call,
    Hurried,
    Respond,
    Upstream,
    completion,
    drops,
    free_port,
    listing,
    prompt_tokens,
    raw,
    says,
    status,
    well,
)

KEY = "sk-sesame-0123456789"


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream().up() as server:
        yield server


def opened(upstream: Upstream, model: str | None = "tiny", **more: object) -> WireSubject:
    return open_endpoint(EndpointReference(upstream.url, model), budget=QUICK, patience=Hurried, **more)  # type: ignore[arg-type]


def refused(upstream: Upstream, kind: type[HoldfastError], model: str | None = "tiny") -> HoldfastError:
    with pytest.raises(kind) as caught:
        opened(upstream, model)
    return caught.value


def test_an_endpoint_is_known_by_name_alone_and_says_why_the_rest_is_absent(upstream: Upstream) -> None:
    facts = opened(upstream).facts
    assert facts.access == "api"
    assert facts.begins_replies
    assert facts.decoder == f"{upstream.url}#tiny over the OpenAI wire, {QUICK.said}"
    for unseen in (facts.parameters, facts.weights_digest, facts.tokenizer_digest, facts.words):
        assert isinstance(unseen, Absent)
        assert unseen.reason


def test_the_same_endpoint_has_the_same_digest_and_another_model_or_address_another(upstream: Upstream) -> None:
    first = opened(upstream).facts.digest
    assert opened(upstream).facts.digest == first
    upstream.chat = lambda call: says("x", model="large", prompt=prompt_tokens(call.body))
    assert opened(upstream, "large").facts.digest != first


def test_what_the_endpoint_says_of_itself_is_in_the_digest(upstream: Upstream) -> None:
    digests = {opened(upstream).facts.digest}
    for revision in ("one", "two"):
        body = listing("tiny")
        body["data"][0]["revision"] = revision
        upstream.models = lambda call, body=body: lambda wire: wire.send(200, body)
        digests.add(opened(upstream).facts.digest)
    upstream.chat = lambda call: says("x", system_fingerprint="fp_1", prompt=prompt_tokens(call.body))
    digests.add(opened(upstream).facts.digest)
    assert len(digests) == 4


def test_a_fingerprint_that_varies_pins_nothing(upstream: Upstream) -> None:
    upstream.chat = lambda call: says("x", system_fingerprint=f"fp_{call.number}", prompt=prompt_tokens(call.body))
    assert opened(upstream).facts.digest == opened(upstream).facts.digest


def test_without_a_name_the_one_model_that_there_is_is_meant(upstream: Upstream) -> None:
    assert opened(upstream, None).facts == opened(upstream, "tiny").facts


@pytest.mark.parametrize(
    ("models", "said"), [(("a", "b"), "it lists a, b"), ((), "lists no models"), (tuple("abcdefghijklmn"), "2 more")]
)
def test_without_a_name_several_models_are_listed(upstream: Upstream, models: tuple[str, ...], said: str) -> None:
    upstream.models = lambda call: lambda wire: wire.send(200, listing(*models))
    error = refused(upstream, ModelUnclear, None)
    assert (error.code, error.exit) == ("H104", 2)
    assert said in error.why
    assert f"{upstream.url}#" in error.fix


@pytest.mark.parametrize("respond", [status(404), status(405), status(501), raw(b"<html>")])
def test_an_endpoint_without_a_list_is_opened_by_name(upstream: Upstream, respond: Respond) -> None:
    upstream.models = lambda call: respond
    assert opened(upstream).facts.access == "api"
    assert refused(upstream, ModelUnclear, None).why == "it lists no models"


def test_an_endpoint_that_is_down_is_lost_after_the_budget_and_nothing_ran() -> None:
    error = refused(Upstream(port=free_port()), EndpointLost)
    assert (error.code, error.exit) == ("H431", 4)
    assert "refused" in error.why
    assert QUICK.said in error.why
    assert "nothing ran" in error.state


@pytest.mark.parametrize("code", [408, 409, 429, 500, 502, 503])
def test_an_endpoint_that_stays_busy_is_lost_after_the_budget(upstream: Upstream, code: int) -> None:
    upstream.models = lambda call: status(code, "not now")
    assert f"HTTP {code}: not now" in refused(upstream, EndpointLost).why
    assert len(upstream.calls) == QUICK.attempts


@pytest.mark.parametrize(
    ("code", "fix"), [(400, "base address"), (401, "HOLDFAST_API_KEY"), (403, "HOLDFAST_API_KEY"), (404, "the path")]
)
def test_a_wrong_key_or_model_is_refused_at_once(upstream: Upstream, code: int, fix: str) -> None:
    upstream.chat = lambda call: status(code, "no")
    error = refused(upstream, EndpointRefused)
    assert (error.code, error.exit) == ("H432", 4)
    assert f"HTTP {code}: no" in error.why
    assert fix in error.fix
    # A bad field is looked for in four forms of the request; nothing else is asked twice.
    assert sum(call.path.endswith("completions") for call in upstream.calls) == (4 if code == 400 else 1)


def test_a_page_that_is_no_endpoint_is_refused_as_such(upstream: Upstream) -> None:
    upstream.chat = lambda call: raw(b"<html>welcome</html>")
    assert "not JSON" in refused(upstream, EndpointRefused).why


def test_a_redirect_is_not_followed(upstream: Upstream) -> None:
    upstream.models = lambda call: status(307, Location=upstream.url + "/models")
    error = refused(upstream, EndpointRefused)
    assert "redirects are not followed" in error.why
    assert len(upstream.calls) == 1


def test_another_model_than_the_one_asked_for_is_refused(upstream: Upstream) -> None:
    error = refused(upstream, EndpointRefused, "large")
    assert "'tiny', where 'large' was asked for" in error.what
    assert f"{upstream.url}#tiny" in error.fix


@pytest.mark.parametrize(
    ("asked", "answers"), [("m", "m-2026-01-02"), ("m-latest", "m-2411"), ("m", "m:free"), ("m", None)]
)
def test_a_longer_name_of_the_same_model_is_taken(upstream: Upstream, asked: str, answers: str | None) -> None:
    upstream.chat = lambda call: says("x", model=answers, prompt=prompt_tokens(call.body))
    assert opened(upstream, asked).facts.access == "api"


def picky(field: str) -> Callable[[Call], Respond]:
    """An endpoint that refuses one field."""
    return lambda call: status(400, f"unknown field {field}") if field in call.body else well(call)


def test_log_probabilities_are_left_out_aloud_where_they_are_refused(upstream: Upstream) -> None:
    upstream.chat = picky("logprobs")
    said: list[str] = []
    facts = opened(upstream, announce=said.append).facts
    assert facts.decoder.endswith("without log-probabilities")
    assert said == ["the endpoint takes no logprobs: replies come without log-probabilities"]


def test_the_newer_name_of_the_limit_is_used_where_the_older_is_refused(upstream: Upstream) -> None:
    upstream.chat = picky("max_tokens")
    opened(upstream)
    assert upstream.calls[-1].body["max_completion_tokens"] == 1


def as_if_whole(call: Call) -> Respond:
    """Ignores the extension: the begun reply is closed, and another turn is opened."""
    return says("x", prompt=prompt_tokens(call.body | {"continue_final_message": False}))


def repeats(call: Call) -> Respond:
    """Sends back what the reply was begun with."""
    return says(f"{call.last} x", prompt=prompt_tokens(call.body))


def without_usage(call: Call) -> Respond:
    return says("x", usage=None)


def breaks(call: Call) -> Respond:
    """Fails inside where the last turn is the assistant's."""
    return status(500, "template error") if "continue_final_message" in call.body else well(call)


@pytest.mark.parametrize("chat", [picky("continue_final_message"), as_if_whole, repeats, without_usage, breaks])
def test_an_endpoint_that_cannot_begin_replies_is_found_out_aloud(
    upstream: Upstream, chat: Callable[[Call], Respond]
) -> None:
    upstream.chat = chat
    said: list[str] = []
    assert not opened(upstream, announce=said.append).facts.begins_replies
    assert said == ["replies cannot be begun at this endpoint: inducements that need it are left out"]


def test_an_endpoint_that_breaks_while_it_is_opened_is_lost(upstream: Upstream) -> None:
    upstream.chat = lambda call: drops if call.number > 1 else well(call)
    refused(upstream, EndpointLost)


def test_the_key_goes_to_the_endpoint_and_nowhere_else(upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLDFAST_API_KEY", f" {KEY}\n")
    facts = opened(upstream).facts
    assert {call.headers["Authorization"] for call in upstream.calls} == {f"Bearer {KEY}"}
    assert KEY not in facts.model_dump_json()


def test_without_a_key_none_is_sent(upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOLDFAST_API_KEY", raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    opened(upstream)
    assert not any("Authorization" in call.headers for call in upstream.calls)


@pytest.mark.parametrize("body", [f"wrong key: {KEY}", f"wrong key: {json.dumps(KEY)}"])
def test_a_key_that_the_endpoint_repeats_is_in_no_message(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    monkeypatch.setenv("HOLDFAST_API_KEY", KEY)
    upstream.models = lambda call: status(401, body)
    error = refused(upstream, EndpointRefused)
    assert "[the key]" in error.why
    assert KEY not in str(vars(error))


@pytest.mark.parametrize("key", ["sk\nsesame", "schlüssel", "two words"])
def test_a_key_that_no_header_can_hold_is_refused_unrepeated(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("HOLDFAST_API_KEY", key)
    error = refused(upstream, EndpointRefused)
    assert key not in str(vars(error))
    assert upstream.calls == []


def test_a_key_over_an_open_line_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLDFAST_API_KEY", KEY)
    monkeypatch.setenv("NO_PROXY", "*")
    said: list[str] = []
    reference = EndpointReference("http://host.invalid/v1", "m")
    with pytest.raises(EndpointLost):
        open_endpoint(reference, budget=QUICK, patience=Hurried, announce=said.append)
    assert said == ["HOLDFAST_API_KEY goes over an unencrypted connection: http://host.invalid/v1"]


def test_two_answers_at_the_opening_are_malformed(upstream: Upstream) -> None:
    twice = completion("x")["choices"] * 2
    upstream.chat = lambda call: lambda wire: wire.send(200, completion("x", choices=twice))
    assert "2 answers came" in refused(upstream, EndpointRefused).why
