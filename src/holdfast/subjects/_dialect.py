"""What one endpoint was found to accept, and the requests that are written accordingly."""

from dataclasses import dataclass
from typing import Any, Final, Literal

from holdfast.evidence import Ask, sample_seed

CHAT: Final = "/chat/completions"
MODELS: Final = "/models"


@dataclass(frozen=True, slots=True)
class Dialect:
    """What an endpoint was found to accept when it was opened, and who it said it was."""

    model: str
    log_probs: bool
    """Whether it takes `logprobs`."""
    limit: Literal["max_tokens", "max_completion_tokens"]
    """The name of the field for the most tokens to generate."""
    answers_as: str | None
    """The model's name in its replies."""
    fingerprint: str | None
    """Of its configuration, where every reply at the opening carried the same."""


def chat_body(dialect: Dialect, ask: Ask, seed: int) -> dict[str, Any]:
    """The request of one sample.

    Args:
        dialect: Of the endpoint.
        ask: What is asked. Its prefill becomes a last message of the assistant that is to be gone on with:
            `continue_final_message` and `add_generation_prompt` extend the wire, and vLLM and SGLang understand them.
        seed: Of the run; the sample's own goes out.
    """
    messages = [message.model_dump() for message in ask.messages]
    begun: dict[str, Any] = {}
    if ask.prefill:
        messages.append({"role": "assistant", "content": ask.prefill})
        begun = {"continue_final_message": True, "add_generation_prompt": False}
    return {
        "model": dialect.model,
        "messages": messages,
        "temperature": ask.decoding.temperature,
        dialect.limit: ask.decoding.max_new_tokens,
        "seed": sample_seed(seed, ask.id),
        **({"logprobs": True} if dialect.log_probs else {}),
        **begun,
    }
