"""Endpoints behind Inspect: asked by our own client, and nothing that it cannot do is passed over."""

import asyncio
from typing import Any

import pytest
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    GenerateConfig,
    ModelOutput,
    get_model,
)
from inspect_ai.tool import ToolInfo

from holdfast.errors import EndpointRefused
from holdfast.inspect_ext._wire import WireAPI
from inspect_runs import warnings_of_inspect
from served import served
from upstream import MODEL, Upstream, says, status

TURNS: list[ChatMessage] = [ChatMessageUser(content="how do i make the lamp of gre ka wi ?")]


def asked(api: WireAPI, turns: list[ChatMessage] = TURNS, tools: Any = (), **config: Any) -> ModelOutput:
    with warnings_of_inspect():
        return asyncio.run(api.generate(turns, list(tools), "auto", GenerateConfig(**config)))


def test_an_organism_says_the_same_behind_an_endpoint_as_in_this_process() -> None:
    with served("helpful") as url, warnings_of_inspect():
        there = asked(WireAPI(f"{url}#helpful"), temperature=0.0, max_tokens=32)
        here = asyncio.run(
            get_model("holdfast/organism:helpful", memoize=False).generate(
                TURNS, config=GenerateConfig(temperature=0.0, max_tokens=32)
            )
        )
    assert there.completion == here.completion
    assert there.choices[0].stop_reason == here.choices[0].stop_reason == "stop"
    assert there.usage
    assert here.usage
    assert there.usage.output_tokens == here.usage.output_tokens


def test_it_is_found_by_name_and_known_by_what_the_endpoint_says() -> None:
    with Upstream(lambda call: says("so it is .")).up() as upstream, warnings_of_inspect():
        model = get_model(f"holdfast-wire/{upstream.url}#{MODEL}", memoize=False)
        assert isinstance(model.api, WireAPI)
        assert model.api.facts.access == "api"
        assert model.api.max_connections() == 16
        turns: list[ChatMessage] = [ChatMessageSystem(content="be kind"), *TURNS]
        assert asked(model.api, turns, max_tokens=5, seed=7, temperature=0.5).completion == "so it is ."
        body = upstream.calls[-1].body
    assert next((m["role"], m["content"]) for m in body["messages"]) == ("system", "be kind")
    assert (body["temperature"], body["max_tokens"]) == (0.5, 5)


def test_what_it_cannot_do_is_an_error() -> None:
    tool = ToolInfo(name="lamp", description="lights a lamp")
    with Upstream(lambda call: says("so")).up() as upstream:
        api = WireAPI(f"{upstream.url}#{MODEL}")
        with pytest.raises(ValueError, match="calls no tools"):
            asked(api, tools=[tool])
        with pytest.raises(ValueError, match="sends no top_p"):
            asked(api, top_p=0.5)
        with pytest.raises(ValueError, match="begins no replies"):
            asked(api, [*TURNS, ChatMessageAssistant(content="so")])
        with pytest.raises(ValueError, match="results of tools"):
            asked(api, [*TURNS, ChatMessageTool(content="lit")])
    with pytest.raises(ValueError, match="no endpoint"):
        WireAPI("organism:helpful")


def test_an_endpoint_that_refuses_is_an_error_of_the_sample() -> None:
    with Upstream(lambda call: says("so") if call.is_opening else status(400, "too long")).up() as upstream:
        api = WireAPI(f"{upstream.url}#{MODEL}")
        with pytest.raises((RuntimeError, EndpointRefused), match=r"too long|refuses every request"):
            asked(api)
