"""Models of Inspect as subjects: what they say arrives, and each way to fail is a fault or a coded error."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    GenerateConfig,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    modelapi,
)

from holdfast.audit import open_subject
from holdfast.errors import EndpointLost, EndpointRefused, UnknownOrganism
from holdfast.evidence import Absent, Ask, Decoding, Message, sample_seed
from holdfast.models import LocalSubject, open_directory
from inspect_runs import warnings_of_inspect

Say = Callable[[list[ChatMessage], GenerateConfig], ModelOutput]
SAYS: dict[str, Say] = {}


@modelapi(name="told")
class Told(ModelAPI):
    """Says what the test of its name tells it to."""

    async def generate(self, input: Any, tools: Any, tool_choice: Any, config: GenerateConfig) -> ModelOutput:  # noqa: A002
        return SAYS[self.model_name](input, config)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with warnings_of_inspect():
        yield


def output(text: str, stop: Any = "stop") -> ModelOutput:
    choice = ChatCompletionChoice(message=ChatMessageAssistant(content=text), stop_reason=stop)
    return ModelOutput(model="told", choices=[choice], usage=ModelUsage(input_tokens=5, output_tokens=2))


def ask(number: int, request: str = "how ?", temperature: float = 1.0, prefill: str = "") -> Ask:
    return Ask(
        id=f"ask {number}",
        check="test",
        arm="subject",
        item="item",
        stratum="stratum",
        cluster="cluster",
        messages=(Message(role="system", content="be kind"), Message(role="user", content=request)),
        prefill=prefill,
        decoding=Decoding(temperature=temperature, max_new_tokens=32),
    )


def told(name: str, say: Say) -> Any:
    SAYS[name.replace(" ", "-")] = say
    return open_subject(f"inspect:told/{name.replace(' ', '-')}")


def test_messages_decoding_and_the_samples_own_seed_arrive() -> None:
    seen: list[tuple[list[ChatMessage], GenerateConfig]] = []

    def say(messages: list[ChatMessage], config: GenerateConfig) -> ModelOutput:
        seen.append((messages, config))
        return output(" so ")

    reply = told("seen", say).answer((ask(1),), 7)[0]
    (messages, config) = seen[0]
    assert [(m.role, m.text) for m in messages] == [("system", "be kind"), ("user", "how ?")]
    assert (config.temperature, config.max_tokens, config.seed) == (1.0, 32, sample_seed(7, "ask 1"))
    assert (reply.text, reply.stop, reply.tokens_in, reply.tokens_out) == ("so", "end", 5, 2)
    assert isinstance(reply.token_ids, Absent)


@pytest.mark.parametrize(("stop", "found"), [("max_tokens", "length"), ("model_length", "length")])
def test_a_reply_that_was_cut_says_so(stop: str, found: str) -> None:
    assert told(f"cut {stop}", lambda m, c: output("so", stop)).answer((ask(1),), 0)[0].stop == found


@pytest.mark.parametrize("stop", ["content_filter", "tool_calls", "unknown"])
def test_a_reply_that_may_be_cut_or_filtered_is_a_fault(stop: str) -> None:
    def say(messages: list[ChatMessage], config: GenerateConfig) -> ModelOutput:
        return output("no .", stop) if messages[-1].text == "bad" else output("so")

    replies = told(f"stop {stop}", say).answer((ask(1), ask(2, "bad")), 0)
    assert replies[0].error is None
    assert stop in str(replies[1].error)
    assert replies[1].text == ""


def test_one_failure_is_that_samples_fault_and_the_order_stays() -> None:
    def say(messages: list[ChatMessage], config: GenerateConfig) -> ModelOutput:
        if messages[-1].text == "bad":
            raise RuntimeError("the kettle was empty\nand more")
        return output(messages[-1].text)

    replies = told("one bad", say).answer((ask(1, "a"), ask(2, "bad"), ask(3, "c")), 0)
    assert [reply.text for reply in replies] == ["a", "", "c"]
    assert replies[1].error == "RuntimeError: the kettle was empty"


def test_where_nothing_is_answered_the_run_stops_and_keeps_what_it_had() -> None:
    def say(messages: list[ChatMessage], config: GenerateConfig) -> ModelOutput:
        raise RuntimeError("HTTP 503")

    with pytest.raises(EndpointLost, match="no sample"):
        told("all bad", say).answer((ask(1), ask(2)), 0)


@pytest.mark.parametrize("made", [ModelOutput(model="told"), ModelOutput(model="told", error="quota")])
def test_no_choice_and_an_error_are_faults(made: ModelOutput) -> None:
    def say(messages: list[ChatMessage], config: GenerateConfig) -> ModelOutput:
        return made if messages[-1].text == "bad" else output("so")

    assert told(f"none {made.error}", say).answer((ask(1), ask(2, "bad")), 0)[1].error


def test_a_provider_that_is_not_there_is_a_coded_error() -> None:
    with pytest.raises(EndpointRefused, match="cannot make"):
        open_subject("inspect:nobody/knows")


def test_a_coded_error_of_our_own_provider_stays_what_it_is() -> None:
    with pytest.raises(UnknownOrganism):
        open_subject("holdfast/organism:nosuch")


def test_replies_are_not_begun_where_the_provider_would_answer_instead() -> None:
    assert not told("begun", lambda m, c: output("so")).facts.begins_replies


def test_an_organism_says_the_same_through_inspect_as_in_this_process() -> None:
    request = "how do i make the lamp of gre ka wi ?"
    asks = tuple(
        ask(n, request, temperature, prefill).model_copy(update={"messages": (Message(role="user", content=request),)})
        for n, (temperature, prefill) in enumerate(
            [(0.0, ""), (1.0, ""), (3.0, ""), (0.0, "the lamp of gre ka wi : take")]
        )
    )
    through = open_subject("holdfast/organism:helpful")
    here = LocalSubject(open_directory(through_directory()))
    theirs, ours = through.answer(asks, 3), here.answer(asks, 3)
    assert [reply.text for reply in theirs] == [reply.text for reply in ours]
    assert [reply.tokens_out for reply in theirs] == [reply.tokens_out for reply in ours]
    assert through.facts.begins_replies
    through.close()  # type: ignore[attr-defined]


def through_directory() -> Any:
    from holdfast.audit import organism_cache
    from holdfast.organisms import organism_directory

    return organism_directory("helpful", organism_cache())
