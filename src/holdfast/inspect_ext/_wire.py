"""An endpoint as a model of Inspect: `holdfast-wire/http://host:port/v1#MODEL`, asked by our own client.

The endpoint is held to what it was at the opening, and every request has its budget of tries and seconds, as in an
audit of it. It speaks text alone: for tools name the model by one of Inspect's own providers.
"""

from collections.abc import Iterator
from secrets import randbits
from typing import Any, Final, Literal

import anyio.to_thread
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
from inspect_ai.tool import ToolChoice, ToolInfo

from holdfast.evidence import Ask, Decoding, Message, SubjectFacts
from holdfast.subjects import EndpointReference, open_endpoint, parse_reference

_REFUSED: Final = (
    "top_p",
    "top_k",
    "stop_seqs",
    "best_of",
    "frequency_penalty",
    "presence_penalty",
    "logit_bias",
    "logprobs",
    "prompt_logprobs",
    "response_schema",
)
_NEW_TOKENS: Final = 2048
_CONNECTIONS: Final = 16


@modelapi(name="holdfast-wire")
def wire_provider() -> type[ModelAPI]:
    """The provider's class."""
    return WireAPI


class WireAPI(ModelAPI):
    """One endpoint behind Inspect's interface."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig | None = None,
    ) -> None:
        """Open the endpoint: it is asked who it is and what it accepts.

        Args:
            model_name: `http://host:port/v1#MODEL`.
            base_url: Not used: the name holds it.
            api_key: Not used: the key is HOLDFAST_API_KEY.
            config: Inspect's settings.

        Raises:
            ValueError: The name is no endpoint's.
            HoldfastError: The endpoint cannot be opened; see `holdfast.subjects.open_endpoint`.
        """
        super().__init__(model_name, base_url, api_key, [], config or GenerateConfig())
        reference = parse_reference(model_name)
        if not isinstance(reference, EndpointReference):
            raise ValueError(f"{model_name!r} is no endpoint: write http://host:port/v1#MODEL")
        self._subject = open_endpoint(reference)

    @property
    def facts(self) -> SubjectFacts:
        """What is known of the endpoint."""
        return self._subject.facts

    def max_connections(self) -> int:
        """As many as an audit of an endpoint asks at once."""
        return _CONNECTIONS

    async def generate(
        self,
        input: list[ChatMessage],  # noqa: A002  Inspect's name
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> ModelOutput:
        """Answer a conversation.

        Raises:
            ValueError: Tools, or a setting that is not sent on.
            RuntimeError: No answer within the budget.
            HoldfastError: The endpoint is gone, or refuses everybody.
        """
        for fault in _faults(input, tools, config):
            raise ValueError(f"the holdfast-wire provider {fault}")
        seed = randbits(62) if config.seed is None else config.seed
        (reply,) = await anyio.to_thread.run_sync(self._subject.answer, (_ask(input, config),), seed)
        if reply.error:
            raise RuntimeError(reply.error)
        said = ChatMessageAssistant(content=reply.text, model=self.model_name, source="generate")
        choice = ChatCompletionChoice(message=said, stop_reason="stop" if reply.stop == "end" else "max_tokens")
        spent = ModelUsage(
            input_tokens=reply.tokens_in,
            output_tokens=reply.tokens_out,
            total_tokens=reply.tokens_in + reply.tokens_out,
        )
        return ModelOutput(model=self.model_name, choices=[choice], usage=spent)


def _ask(messages: list[ChatMessage], config: GenerateConfig) -> Ask:
    turns = tuple(Message(role=_role(message), content=message.text) for message in messages)
    return Ask(
        id="inspect",
        check="inspect",
        arm="subject",
        item="inspect",
        stratum="inspect",
        cluster="inspect",
        messages=turns,
        decoding=Decoding(
            temperature=1.0 if config.temperature is None else config.temperature,
            max_new_tokens=config.max_tokens or _NEW_TOKENS,
        ),
    )


def _role(message: ChatMessage) -> Literal["system", "user", "assistant"]:
    role = message.role
    if role == "tool":
        raise ValueError("the holdfast-wire provider reads no results of tools")
    return role


def _faults(messages: list[ChatMessage], tools: list[ToolInfo], config: GenerateConfig) -> Iterator[str]:
    if tools:
        yield "calls no tools: name the model by a provider of Inspect, such as openai-api/… or vllm/…"
    for name in _REFUSED:
        value: Any = getattr(config, name, None)
        if value not in (None, False):
            yield f"sends no {name}: leave it out"
    if messages and messages[-1].role == "assistant":
        yield "begins no replies"
