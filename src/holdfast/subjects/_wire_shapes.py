"""The JSON of the OpenAI wire, as far as it is read: another shape is malformed, and so is a NaN anywhere."""

from typing import Literal, TypeVar

import pydantic_core
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from holdfast.subjects._budget import Malformed

Shape = TypeVar("Shape", bound=BaseModel)


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", allow_inf_nan=False)


class LogProb(_Shape):
    """Of one generated token."""

    logprob: float


class LogProbs(_Shape):
    """Of all generated tokens."""

    content: tuple[LogProb, ...] | None = None


class Said(_Shape):
    """The message of a choice. What a model reasoned in other fields is not its reply."""

    role: Literal["assistant"] = "assistant"
    content: str | None = None


class Choice(_Shape):
    """One answer."""

    message: Said
    finish_reason: str | None = None
    logprobs: LogProbs | None = None


class Usage(_Shape):
    """Token counts, by the endpoint's own count."""

    prompt_tokens: int = Field(ge=0)
    completion_tokens: int = Field(ge=0)


class Answer(_Shape):
    """The body of a chat completion."""

    choices: tuple[Choice, ...]
    model: str | None = None
    system_fingerprint: str | None = None
    usage: Usage | None = None


class Listed(_Shape):
    """One model that an endpoint serves."""

    id: str
    revision: str | None = None


class Listing(_Shape):
    """The body of `GET /models`."""

    data: tuple[Listed, ...]


def read_as(shape: type[Shape], body: bytes) -> Shape:
    """Read a body.

    Raises:
        Malformed: It is not JSON, holds a NaN or an infinity, is cut, or has another shape.
    """
    try:
        pydantic_core.from_json(body, allow_inf_nan=False)
    except ValueError as problem:
        raise Malformed(f"the body is not JSON: {str(problem)[:100]}") from problem
    try:
        return shape.model_validate_json(body)
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the body"
        raise Malformed(f"the JSON has another shape: {place}: {first['msg'][:100]}") from problem


def read_answer(body: bytes) -> Answer:
    """Read a chat completion of one answer or none.

    Raises:
        Malformed: As `read_as`, or there are more answers than the one that was asked for.
    """
    answer = read_as(Answer, body)
    if len(answer.choices) > 1:
        raise Malformed(f"{len(answer.choices)} answers came where one was asked for")
    return answer
