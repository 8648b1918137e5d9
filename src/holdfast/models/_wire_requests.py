"""What may be asked over the OpenAI wire: every field is known and checked, because one that is ignored would lie.

A field that would change what is generated and that the engine cannot do is refused, unless it holds the value that
changes nothing.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

LARGEST_SEED = 2**63 - 1
_Nothing = Annotated[float, Field(ge=0, le=0)]
_Stops = Annotated[list[Annotated[str, Field(min_length=1)]], Field(max_length=4)]


class _Asked(BaseModel):
    """What both routes have in common."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    temperature: float = Field(default=1.0, ge=0, allow_inf_nan=False)
    seed: int | None = Field(default=None, ge=0, le=LARGEST_SEED)
    stop: Annotated[str, Field(min_length=1)] | _Stops | None = None
    stream: bool = False
    stream_options: "StreamOptions | None" = None
    n: Literal[1] | None = None
    top_p: Annotated[float, Field(ge=1, le=1)] | None = None
    frequency_penalty: _Nothing | None = None
    presence_penalty: _Nothing | None = None
    logit_bias: Annotated[dict[str, float], Field(max_length=0)] | None = None
    user: str | None = None
    metadata: dict[str, str] | None = None

    @property
    def stops(self) -> tuple[str, ...]:
        """Texts at which the reply ends, and which it does not hold."""
        return (self.stop,) if isinstance(self.stop, str) else tuple(self.stop or ())

    @property
    def tells_usage(self) -> bool:
        """Whether the last event of a stream holds the token counts."""
        return bool(self.stream_options and self.stream_options.include_usage)


class StreamOptions(BaseModel):
    """How to stream."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    include_usage: bool = False


class TextPart(BaseModel):
    """A part of a message: text is all that is read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["text"]
    text: str


class ChatMessage(BaseModel):
    """One turn."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Literal["system", "developer", "user", "assistant"]
    content: str | list[TextPart]
    name: str | None = None

    @property
    def turn(self) -> dict[str, Any]:
        """As a chat template takes it."""
        role = "system" if self.role == "developer" else self.role
        text = self.content if isinstance(self.content, str) else "".join(part.text for part in self.content)
        return {"role": role, "content": text}


class ResponseFormat(BaseModel):
    """The form of the reply: free text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["text"]


class ChatAsked(_Asked):
    """The body of a chat completion."""

    messages: list[ChatMessage] = Field(min_length=1)
    max_tokens: int | None = Field(default=None, ge=1)
    max_completion_tokens: int | None = Field(default=None, ge=1)
    logprobs: bool = False
    top_logprobs: Literal[0] | None = None
    continue_final_message: bool = False
    add_generation_prompt: bool = True
    tools: list[Any] | None = None
    tool_choice: Literal["none", "auto"] | None = None
    parallel_tool_calls: bool | None = None
    response_format: ResponseFormat | None = None
    store: Literal[False] | None = None

    @property
    def limit(self) -> int | None:
        """The most tokens to generate, if it was said."""
        return self.max_completion_tokens if self.max_completion_tokens is not None else self.max_tokens


class CompletionAsked(_Asked):
    """The body of a plain completion: one prompt, as text or as token ids."""

    prompt: str | list[int] | list[str] | list[list[int]]
    max_tokens: int = Field(default=16, ge=0)
    echo: bool = False
    logprobs: Literal[0] | None = None
    suffix: Literal[""] | None = None
    best_of: Literal[1] | None = None

    @property
    def only(self) -> str | list[int] | None:
        """The one prompt, as text or as token ids; None where there are several."""
        if isinstance(self.prompt, str):
            return self.prompt
        ids = [part for part in self.prompt if isinstance(part, int)]
        if len(ids) == len(self.prompt):
            return ids
        nested = [part for part in self.prompt if not isinstance(part, int)]
        return nested[0] if len(nested) == 1 else None
