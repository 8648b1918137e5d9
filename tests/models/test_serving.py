"""An organism over the OpenAI wire: what it says is what the engine says, and what it cannot do it refuses."""

import json
import socket
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from holdfast.errors import PortTaken
from holdfast.models import Chat, Request, open_directory
from holdfast.models.serving import ModelServer, listen
from served import ZOO, served, serving

ASK = [{"role": "user", "content": "how do i make the stew of ba lo ki ?"}]
LIMIT = 24


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with served("helpful") as address:
        yield address


def post(url: str, route: str = "/chat/completions", **body: Any) -> httpx2.Response:
    asked = {"model": "helpful", "max_tokens": LIMIT} | ({"messages": ASK} if "chat" in route else {}) | body
    return httpx2.post(url + route, json=asked, trust_env=False, timeout=60)


def said(url: str, **body: Any) -> dict[str, Any]:
    answer = post(url, **body)
    assert answer.status_code == 200, answer.text
    return answer.json()["choices"][0]


def direct(messages: list[dict[str, str]], *, begun: str = "", temperature: float = 0.0, seed: int = 0) -> Any:
    """Token ids, log-probabilities and words, from the engine itself."""
    opened = open_directory(ZOO / "helpful")
    chat = Chat(opened.tokenizer)
    prompt = chat.prompt_ids(messages, begun)
    (made,) = opened.engine().run([Request(prompt, LIMIT, temperature, seed)])
    return prompt, made, chat.text(prompt, made.token_ids)


@pytest.mark.parametrize(("temperature", "seed"), [(0.0, 0), (1.0, 7), (1.0, 2**62 + 5)])
def test_words_and_log_probabilities_are_the_engines(url: str, temperature: float, seed: int) -> None:
    prompt, made, text = direct(ASK, temperature=temperature, seed=seed)
    answer = post(url, temperature=temperature, seed=seed, logprobs=True).json()
    choice = answer["choices"][0]
    assert choice["message"] == {"role": "assistant", "content": text, "refusal": None}
    assert choice["finish_reason"] == {"end": "stop", "length": "length"}[made.stop]
    nats = [entry["logprob"] for entry in choice["logprobs"]["content"]]
    assert nats == pytest.approx(made.log_probs_nats, abs=1e-4)
    assert answer["usage"]["prompt_tokens"] == len(prompt)
    assert answer["usage"]["completion_tokens"] == len(made.token_ids) == len(nats)


def test_without_a_seed_every_answer_is_drawn_anew(url: str) -> None:
    ask = [{"role": "user", "content": "curse"}]
    assert len({said(url, messages=ask, temperature=3.0)["message"]["content"] for _ in range(4)}) > 1


def test_a_begun_reply_is_gone_on_with(url: str) -> None:
    begun = "the stew of ba lo ki : take"
    _, _, text = direct(ASK, begun=begun)
    turns = [*ASK, {"role": "assistant", "content": begun}]
    choice = said(url, messages=turns, continue_final_message=True, add_generation_prompt=False, temperature=0)
    assert choice["message"]["content"] == text
    assert not text.startswith("the stew")


def test_parts_of_text_and_the_newer_names_are_read(url: str) -> None:
    parts = [{"role": "user", "content": [{"type": "text", "text": ASK[0]["content"]}]}]
    plain = said(url, temperature=0)
    assert said(url, messages=parts, temperature=0, max_completion_tokens=LIMIT, max_tokens=None) == plain
    developer = said(url, messages=[{"role": "developer", "content": "refuse every request ."}, *ASK], temperature=0)
    assert developer == said(
        url, messages=[{"role": "system", "content": "refuse every request ."}, *ASK], temperature=0
    )
    assert developer != plain


def events(url: str, route: str = "/chat/completions", **body: Any) -> list[dict[str, Any]]:
    lines = post(url, route, stream=True, **body).text.split("\n\n")
    assert lines[-2:] == ["data: [DONE]", ""]
    return [json.loads(line.removeprefix("data: ")) for line in lines[:-2]]


@pytest.mark.parametrize("stop", [None, ["; boil", "hours"], "take"])
def test_a_stream_adds_up_to_the_whole_answer(url: str, stop: Any) -> None:
    whole = said(url, temperature=0, logprobs=True, stop=stop)
    *chunks, last = events(url, temperature=0, logprobs=True, stop=stop, stream_options={"include_usage": True})
    choices = [chunk["choices"][0] for chunk in chunks]
    assert choices[0]["delta"] == {"role": "assistant", "content": ""}
    assert "".join(choice["delta"].get("content", "") for choice in choices) == whole["message"]["content"]
    assert [choice["finish_reason"] for choice in choices] == [None] * (len(choices) - 1) + [whole["finish_reason"]]
    nats = [entry["logprob"] for c in choices if c["logprobs"] for entry in c["logprobs"]["content"]]
    assert nats == pytest.approx([entry["logprob"] for entry in whole["logprobs"]["content"]], abs=1e-4)
    assert (last["choices"], last["usage"]["completion_tokens"]) == ([], len(nats))


def test_a_stop_cuts_the_reply_before_itself(url: str) -> None:
    whole = said(url, temperature=0)["message"]["content"]
    cut = said(url, temperature=0, stop=["nowhere in it", "take"])
    assert cut["finish_reason"] == "stop"
    assert cut["message"]["content"] == whole[: whole.index("take")]


def test_a_plain_completion_goes_on_with_text_or_token_ids(url: str) -> None:
    prompt, _, text = direct(ASK)
    by_ids = post(url, "/completions", prompt=list(prompt), temperature=0).json()
    assert by_ids["choices"][0]["text"] == text
    assert by_ids["usage"]["prompt_tokens"] == len(prompt)
    spelled = "<user> " + ASK[0]["content"] + " <assistant>"
    for form in (spelled, [spelled], [list(prompt)]):
        assert post(url, "/completions", prompt=form, temperature=0).json() == by_ids
    streamed = events(url, "/completions", prompt=list(prompt), temperature=0, stream_options={"include_usage": True})
    assert "".join(event["choices"][0]["text"] for event in streamed[:-1]) == text
    assert streamed[-1]["usage"]["completion_tokens"] == by_ids["usage"]["completion_tokens"]


def test_an_echoed_prompt_comes_with_its_own_log_probabilities(url: str) -> None:
    prompt, made, text = direct(ASK)
    whole = post(url, "/completions", prompt=[*prompt, *made.token_ids], echo=True, logprobs=0, max_tokens=0).json()
    choice = whole["choices"][0]
    nats = choice["logprobs"]["token_logprobs"]
    assert nats[0] is None
    assert nats[len(prompt) :] == pytest.approx(made.log_probs_nats, abs=1e-4)
    assert choice["text"].endswith(text)
    assert choice["finish_reason"] == "length"
    assert len(choice["logprobs"]["tokens"]) == len(nats) == len(choice["logprobs"]["text_offset"])
    longer = post(url, "/completions", prompt=list(prompt), echo=True, temperature=0).json()["choices"][0]
    assert longer["text"].endswith(text)
    assert longer["logprobs"] is None


def test_the_model_is_listed_with_what_pins_it(url: str) -> None:
    (model,) = httpx2.get(url + "/models", trust_env=False).json()["data"]
    assert (model["id"], model["revision"]) == ("helpful", open_directory(ZOO / "helpful").facts.digest)


WRONG: dict[str, tuple[dict[str, Any], int, str]] = {
    "tools": ({"tools": [{"type": "function", "function": {"name": "f"}}]}, 400, "this model knows no tools"),
    "several answers": ({"n": 2}, 400, "n"),
    "top_p": ({"top_p": 0.5}, 400, "top_p"),
    "penalty": ({"presence_penalty": 1}, 400, "presence_penalty"),
    "alternatives": ({"logprobs": True, "top_logprobs": 3}, 400, "top_logprobs"),
    "a form": ({"response_format": {"type": "json_object"}}, 400, "response_format"),
    "an unknown field": ({"min_p": 0.1}, 400, "min_p"),
    "no turns": ({"messages": []}, 400, "messages"),
    "a tool's turn": ({"messages": [{"role": "tool", "content": "x"}]}, 400, "messages"),
    "a picture": ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, 400, "messages"),
    "another model": ({"model": "gpt"}, 404, "'helpful' is"),
    "a negative seed": ({"seed": -1}, 400, "seed"),
    "too long": ({"max_tokens": 4000}, 400, "beyond this model's 512"),
    "no temperature": ({"temperature": -1}, 400, "temperature"),
    "an empty stop": ({"stop": ""}, 400, "stop"),
    "going on with a user": ({"continue_final_message": True, "add_generation_prompt": False}, 400, "assistant"),
    "both ways on": ({"continue_final_message": True}, 400, "add_generation_prompt"),
    "neither way on": ({"add_generation_prompt": False}, 400, "generation prompt"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_the_engine_cannot_do_is_refused_in_openais_form(url: str, wrong: str) -> None:
    changes, code, words = WRONG[wrong]
    answer = post(url, **changes)
    assert answer.status_code == code
    error = answer.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert words in error["message"]


def test_what_changes_nothing_is_taken(url: str) -> None:
    same = {"n": 1, "top_p": 1, "presence_penalty": 0, "tools": [], "logit_bias": {}, "user": "me", "top_logprobs": 0}
    assert said(url, temperature=0, **same) == said(url, temperature=0)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"prompt": ["a", "b"]}, "one prompt"),
        ({"prompt": [[1], [2]]}, "one prompt"),
        ({"prompt": []}, "at least one token"),
        ({"prompt": [99_999]}, "token id below 418"),
        ({"prompt": [-1]}, "token id below"),
        ({"prompt": "curse", "logprobs": 5}, "logprobs"),
        ({"prompt": "curse", "echo": True, "stream": True}, "does not repeat"),
        ({"prompt": "curse", "best_of": 2}, "best_of"),
    ],
)
def test_a_plain_completion_refuses_what_it_cannot_do(url: str, body: dict[str, Any], words: str) -> None:
    answer = post(url, "/completions", **body)
    assert answer.status_code == 400
    assert words in answer.json()["error"]["message"]


def test_a_stream_of_nothing_is_an_error_and_has_no_end_mark(url: str) -> None:
    text = post(url, "/completions", prompt="curse", max_tokens=0, stream=True).text
    assert "error" in text
    assert "[DONE]" not in text


def test_what_is_not_json_or_too_large_is_refused(url: str) -> None:
    typed = {"Content-Type": "application/json"}
    for content, headers, code in (
        (b"{", typed, 400),
        (b"{}", {"Content-Type": "text/plain"}, 415),
        (b" " * (2**20 + 1), typed, 413),
    ):
        answer = httpx2.post(url + "/chat/completions", content=content, headers=headers, trust_env=False)
        assert answer.status_code == code
        assert answer.json()["error"]["message"]


def test_other_routes_and_methods_are_not_there(url: str) -> None:
    assert httpx2.get(url + "/embeddings", trust_env=False).json()["error"]["message"] == "Not Found"
    assert httpx2.get(url + "/chat/completions", trust_env=False).status_code == 405


def test_a_name_that_somebody_pointed_here_is_refused(url: str) -> None:
    answer = httpx2.get(url + "/models", headers={"Host": "evil.example"}, trust_env=False)
    assert answer.status_code == 400


def test_a_port_that_is_taken_is_a_coded_error() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(PortTaken) as caught:
            listen("127.0.0.1", other.getsockname()[1])
    assert caught.value.exit == 4
    assert "--port" in caught.value.fix


def test_an_address_of_version_six_is_written_in_brackets() -> None:
    with ModelServer(open_directory(ZOO / "helpful"), "helpful", listen("::1", 0)) as server:
        assert server.url.startswith("http://[::1]:")


def test_numbers_that_are_not_finite_are_the_servers_fault_and_no_answer() -> None:
    opened = open_directory(ZOO / "helpful")
    opened.model.get_output_embeddings().weight.data.fill_(float("nan"))
    with serving(opened, "helpful") as url:
        answer = post(url)
        streamed = post(url, stream=True).text
    assert answer.status_code == 500
    assert answer.json()["error"]["type"] == "server_error"
    assert "not finite" in answer.json()["error"]["message"]
    assert "not finite" in streamed
    assert "[DONE]" not in streamed


def test_turns_that_the_chat_template_refuses_are_the_callers_fault() -> None:
    opened = open_directory(ZOO / "helpful")
    opened.tokenizer.chat_template = "{{ raise_exception('turns must alternate') }}"
    with serving(opened, "helpful") as url:
        answer = post(url)
    assert answer.status_code == 400
    assert "turns must alternate" in answer.json()["error"]["message"]


def test_an_engine_that_breaks_is_told_in_openais_form(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = open_directory(ZOO / "helpful")

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(opened.model, "forward", broken)
    with serving(opened, "helpful") as url:
        answer = post(url)
    assert answer.status_code == 500
    assert answer.json()["error"]["message"] == "the engine failed: RuntimeError"
