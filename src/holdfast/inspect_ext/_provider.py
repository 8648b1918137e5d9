"""Our engine as a model of Inspect: `holdfast/organism:NAME`, or `holdfast/PATH` of a Hugging Face directory.

Every choice comes with real token ids, the log-probability of each token that was drawn, the true reason why it stopped
and the tokens that were really there; a conversation's next turn computes what is new alone. What the engine cannot do
is an error and never passed over, since a setting that is ignored changes what was measured.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from secrets import randbits
from typing import Any, Final

from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    GenerateConfig,
    Logprob,
    Logprobs,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    modelapi,
)
from inspect_ai.tool import ToolChoice, ToolInfo

from holdfast.evidence import SubjectFacts

_REFUSED: Final = (
    "top_p",
    "top_k",
    "stop_seqs",
    "best_of",
    "frequency_penalty",
    "presence_penalty",
    "logit_bias",
    "top_logprobs",
    "prompt_logprobs",
    "response_schema",
)
_NEW_TOKENS: Final = 512


@modelapi(name="holdfast")
def holdfast_provider() -> type[ModelAPI]:
    """The provider's class; torch is loaded when a model is made, not when Inspect looks for providers."""
    return HoldfastAPI


class HoldfastAPI(ModelAPI):
    """One model in this process, behind Inspect's interface. It needs asyncio, Inspect's default."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig | None = None,
        device: str | None = None,
        dtype: str | None = None,
    ) -> None:
        """Open the model.

        Args:
            model_name: `organism:NAME` or the path of a directory.
            base_url: Not used: the model is in this process.
            api_key: Not used.
            config: Inspect's settings.
            device: Where it runs (`-M device=cuda`); None to choose.
            dtype: Its number type (`-M dtype=bfloat16`); None to choose.

        Raises:
            HoldfastError: The model cannot be opened; see `holdfast.models.open_directory`.
        """
        super().__init__(model_name, base_url, api_key, [], config or GenerateConfig())
        from holdfast.models import Chat, EngineWorker, open_directory

        opened = open_directory(_directory(model_name), device=device, dtype=dtype)
        self._chat = Chat(opened.tokenizer)
        self._facts = opened.facts
        self._slots = int(opened.slots.value)
        self._worker = EngineWorker(opened.engine())

    @property
    def facts(self) -> SubjectFacts:
        """What is known of the model: digests of weights, tokenizer and chat template."""
        return self._facts

    def max_connections(self) -> int:
        """As many as the engine runs at a time."""
        return self._slots

    def close(self) -> None:
        """End the engine's thread after what was asked."""
        self._worker.close()

    async def generate(
        self,
        input: list[ChatMessage],  # noqa: A002  Inspect's name
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> ModelOutput:
        """Go on with a conversation; a last message of the assistant is continued, not answered.

        Raises:
            ValueError: Tools, or a setting that the engine does not have.
        """
        for fault in _faults(input, tools, config):
            raise ValueError(f"the holdfast provider {fault}")
        from holdfast.models import Request

        turns = [{"role": message.role, "content": message.text} for message in input]
        begun = turns.pop()["content"] if turns and turns[-1]["role"] == "assistant" else ""
        prompt = self._chat.prompt_ids(turns, begun)
        temperature = 1.0 if config.temperature is None else config.temperature
        futures = [
            self._worker.submit(Request(prompt, config.max_tokens or _NEW_TOKENS, temperature, seed))
            for seed in _seeds(config)
        ]
        made = [await asyncio.wrap_future(future) for future in futures]
        cached = sum(one.cached_tokens for one in made)
        new = sum(len(one.token_ids) for one in made)
        return ModelOutput(
            model=self.model_name,
            choices=[self._choice(prompt, one, config) for one in made],
            usage=ModelUsage(
                input_tokens=len(prompt) * len(made) - cached,
                input_tokens_cache_read=cached,
                output_tokens=new,
                total_tokens=len(prompt) * len(made) + new,
            ),
            metadata={
                "subject": self._facts.digest,
                "prompt_tokens": len(prompt),
                "token_ids": [list(one.token_ids) for one in made],
            },
        )

    def _choice(self, prompt: tuple[int, ...], made: Any, config: GenerateConfig) -> ChatCompletionChoice:
        content = [
            Logprob(token=self._chat.token(token), logprob=nats)
            for token, nats in zip(made.token_ids, made.log_probs_nats, strict=True)
        ]
        return ChatCompletionChoice(
            message=ChatMessageAssistant(
                content=self._chat.text(prompt, made.token_ids).strip(), model=self.model_name, source="generate"
            ),
            stop_reason="stop" if made.stop == "end" else "max_tokens",
            logprobs=Logprobs(content=content) if config.logprobs else None,
        )


def _directory(name: str) -> Path:
    from holdfast.organisms import organism_directory
    from holdfast.store import home

    organism = name.removeprefix("organism:")
    return Path(name).expanduser() if organism == name else organism_directory(organism, home() / "organisms")


def _seeds(config: GenerateConfig) -> list[int]:
    """One for each choice: drawn afresh where none was asked for."""
    first = randbits(62) if config.seed is None else config.seed
    return [first + number for number in range(config.num_choices or 1)]


def _faults(messages: list[ChatMessage], tools: list[ToolInfo], config: GenerateConfig) -> Iterator[str]:
    if tools:
        yield "runs no tools: serve the model with vLLM and use `vllm/…`"
    for name in _REFUSED:
        if getattr(config, name, None) is not None:
            yield f"has no {name}: leave it out"
    if any(not isinstance(message.content, str) and len(message.text) == 0 for message in messages):
        yield "reads text alone, and a message holds something else"
