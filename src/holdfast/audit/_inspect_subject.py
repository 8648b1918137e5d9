"""A model of Inspect AI as something that can be asked: `openai/…`, `vllm/…`, `holdfast/…` and every other provider.

Inspect retries, counts connections and speaks each provider's language; here asks become its messages and its outputs
become replies. Where a provider does not say why a reply ended, it cannot be told from one that was cut short, and is
a fault.
"""

from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

import anyio
from anyio.from_thread import start_blocking_portal

from holdfast.errors import EndpointLost, EndpointRefused, HoldfastError
from holdfast.evidence import Absent, Ask, Reply, SubjectFacts, request_digest, sample_seed

if TYPE_CHECKING:
    from inspect_ai.model import ChatMessage, GenerateConfig, Model, ModelOutput

_GOES_ON: Final = frozenset({"holdfast", "vllm", "sglang"})
"""Providers that continue a last message of the assistant; others answer it, or refuse."""
_UNSEEN: Final = Absent(absent="not applicable", reason="a provider behind Inspect shows neither weights nor tokens")


def named_facts(name: str, model: "Model", max_retries: int, *, begins_replies: bool) -> SubjectFacts:
    """What can be known of a model behind one of Inspect's providers: its name, and where it is asked."""
    return SubjectFacts.by_name(
        {"inspect": name, "base_url": model.api.base_url},
        architecture=f"{name} through Inspect",
        decoder=f"inspect_ai {version('inspect_ai')}, {name}, {max_retries} retries",
        begins_replies=begins_replies,
        unseen=_UNSEEN,
    )


class InspectSubject:
    """One model of Inspect, kept open on an event loop of its own."""

    def __init__(self, name: str, *, max_retries: int = 5, attempt_timeout_s: int = 120) -> None:
        """Make the model; nothing is asked yet.

        Args:
            name: As Inspect takes it: `provider/model`.
            max_retries: Of one sample, by Inspect's own rules of what is worth trying again.
            attempt_timeout_s: For one try.

        Raises:
            EndpointRefused: Inspect cannot make the model: no such provider, no key, or its package is missing.
        """
        self._name = name
        self._max_retries, self._attempt_timeout_s = max_retries, attempt_timeout_s
        self._open = start_blocking_portal()
        self._portal = self._open.__enter__()
        self._model = self._portal.call(_made, name)
        provider = name.split("/", 1)[0]
        self._facts = named_facts(name, self._model, max_retries, begins_replies=provider in _GOES_ON)

    @property
    def facts(self) -> SubjectFacts:
        """What can be known of it: its name."""
        return self._facts

    def answer(self, batch: tuple[Ask, ...], seed: int) -> tuple[Reply, ...]:
        """One reply for each ask, in order; a provider's failure is a reply that carries its error.

        Raises:
            EndpointLost: Every sample failed, after Inspect's own retries. Nothing of this batch may be kept.
        """
        replies = self._portal.call(self._answer, batch, seed)
        errors = [reply.error for reply in replies if reply.error]
        if len(errors) == len(replies):
            raise EndpointLost(
                f"no sample of a batch was answered by {self._name}",
                why=f"the last failure: {errors[-1]}",
                fix="mend the provider, its key or its limits; then give the same command: it resumes",
                state="every finished batch is kept; nothing of this one is",
            )
        return replies

    def close(self) -> None:
        """End the event loop."""
        self._model.api.close()
        self._open.__exit__(None, None, None)

    async def _answer(self, batch: tuple[Ask, ...], seed: int) -> tuple[Reply, ...]:
        replies: dict[int, Reply] = {}

        async def one(place: int, ask: Ask) -> None:
            replies[place] = await self._reply(ask, seed)

        async with anyio.create_task_group() as group:
            for place, ask in enumerate(batch):
                group.start_soon(one, place, ask)
        return tuple(replies[place] for place in range(len(batch)))

    async def _reply(self, ask: Ask, seed: int) -> Reply:
        mark = request_digest(ask, self._facts.digest, seed)
        try:
            output = await self._model.generate(_messages(ask), config=self._settings(ask, seed))
        except Exception as problem:  # noqa: BLE001  the border to somebody's provider: its failure is the sample's
            return _fault(mark, f"{type(problem).__name__}: {_first_line(problem)}")
        if fault := _fault_of(output):
            return _fault(mark, fault)
        choice = output.choices[0]
        said = choice.message.text
        used = output.usage
        return Reply(
            request_digest=mark,
            text=f"{ask.prefill} {said}".strip() if ask.prefill else said.strip(),
            token_ids=_UNSEEN,
            log_probs_nats=_UNSEEN,
            stop="end" if choice.stop_reason == "stop" else "length",
            leading_bos=-1,
            tokens_in=used.input_tokens + (used.input_tokens_cache_read or 0) if used else 0,
            tokens_out=used.output_tokens if used else 0,
        ).sealed()

    def _settings(self, ask: Ask, seed: int) -> "GenerateConfig":
        from inspect_ai.model import GenerateConfig

        # No logprobs: many providers refuse the whole request for them, and no check reads them of an endpoint.
        return GenerateConfig(
            temperature=ask.decoding.temperature,
            max_tokens=ask.decoding.max_new_tokens,
            seed=sample_seed(seed, ask.id),
            max_retries=self._max_retries,
            attempt_timeout=self._attempt_timeout_s,
        )


def made_by_inspect(name: str, **how: Any) -> "Model":
    """A model of Inspect, not shared with anybody.

    Args:
        name: As Inspect takes it: `provider/model`.
        how: Further arguments of `get_model`.

    Raises:
        HoldfastError: One of our own providers cannot open the model; as it says.
        EndpointRefused: Inspect cannot make the model: no such provider, no key, or its package is missing.
    """
    from inspect_ai.model import get_model

    try:
        return get_model(name, memoize=False, **how)
    except HoldfastError:
        raise
    except Exception as problem:
        raise EndpointRefused(
            f"Inspect cannot make {name!r}",
            why=_first_line(problem),
            fix="check the provider's name, its key in the environment, and that its package is installed",
        ) from problem


async def _made(name: str) -> "Model":
    """On the event loop that will ask it."""
    return made_by_inspect(name)


def _messages(ask: Ask) -> "list[ChatMessage]":
    from inspect_ai.model import ChatMessageAssistant, ChatMessageSystem, ChatMessageUser

    kinds = {"system": ChatMessageSystem, "user": ChatMessageUser, "assistant": ChatMessageAssistant}
    turns: list[ChatMessage] = [kinds[message.role](content=message.content) for message in ask.messages]
    return [*turns, ChatMessageAssistant(content=ask.prefill)] if ask.prefill else turns


def _fault_of(output: "ModelOutput") -> str | None:
    if output.error:
        return output.error
    if not output.choices:
        return "the provider sent no choice"
    stop = output.choices[0].stop_reason
    if stop in ("stop", "max_tokens", "model_length"):
        return None
    return f"the provider stopped for {stop!r}: a reply that may be cut or filtered cannot be scored"


def _first_line(problem: Exception) -> str:
    said = str(problem).strip()
    return said.splitlines()[0] if said else type(problem).__name__


def _fault(mark: str, error: str) -> Reply:
    return Reply(request_digest=mark, error=error, stop="none", leading_bos=-1).sealed()
