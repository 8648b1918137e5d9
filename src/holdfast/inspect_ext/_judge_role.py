"""A judge's model as a model role of Inspect: asked from plain code, one question at a time."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager

from anyio.from_thread import start_blocking_portal
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
    Model,
    get_model,
    model_roles,
)

from holdfast.evidence import Message, ScorerFailed

_MAKE = {"system": ChatMessageSystem, "user": ChatMessageUser, "assistant": ChatMessageAssistant}


@contextmanager
def judge_role(
    role: str = "grader", *, default: str | Model | None = None, max_tokens: int = 1024, seed: int | None = None
) -> Generator[tuple[str, Callable[[Sequence[Message]], str]]]:
    """The name of the model in a role and a function that asks it, for `subjects.LlmJudge`.

        with judge_role("grader", default="openai/gpt-5") as (model, complete):
            judge = LlmJudge(model, refusal_rubric(), complete)

    The model is asked at temperature 0, in an event loop of its own thread: so it can be asked from plain code and from
    inside a run of Inspect alike, and its connections outlive a question.

    Args:
        role: As the run binds it (`--model-role grader=openai/gpt-5`).
        default: The model where no run binds the role.
        max_tokens: Longest answer.
        seed: For providers that take one.

    Yields:
        The model's full name, and the function. The function raises `ScorerFailed` where the provider fails, the answer
        was cut or filtered, or is empty.

    Raises:
        ValueError: The role is bound to no model, and there is no default: Inspect would then take the model that is
            evaluated, and a model must not judge itself.
    """
    if default is None and role not in model_roles():
        raise ValueError(f"no model is bound to the role {role!r}, and a model must not judge itself")
    # Found here and not in the loop's thread: a role is bound to the context that asks for it.
    model = get_model(role=role, default=default)
    config = GenerateConfig(temperature=0.0, max_tokens=max_tokens, seed=seed)
    with start_blocking_portal() as portal:
        yield str(model), lambda messages: portal.call(_answer, model, tuple(messages), config)


async def _answer(model: Model, messages: Sequence[Message], config: GenerateConfig) -> str:
    said: list[ChatMessage] = [_MAKE[message.role](content=message.content) for message in messages]
    try:
        output = await model.generate(said, config=config)
    except Exception as problem:  # Whatever a provider raises: the judge was not heard.
        raise ScorerFailed(f"{type(problem).__name__} from {model}") from problem
    if output.error or not output.choices:
        raise ScorerFailed(f"{model} answered with an error")
    if output.stop_reason not in ("stop", "unknown"):
        raise ScorerFailed(f"{model} did not finish its answer: {output.stop_reason}")
    if not output.completion.strip():
        raise ScorerFailed(f"{model} answered nothing")
    return output.completion
