"""One model, as the wire serves it: requests are checked, become token ids, go to the engine, and come back as words.

Nothing here knows HTTP; `serving` does.
"""

import asyncio
import math
import secrets
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import Future
from typing import Any, Final

from jinja2 import TemplateError

from holdfast.models._chat import Chat
from holdfast.models._open import OpenedModel
from holdfast.models._request import Completion, Request
from holdfast.models._wire_answers import Spoken, spoken
from holdfast.models._wire_requests import LARGEST_SEED, ChatAsked, CompletionAsked
from holdfast.models._worker import EngineWorker

_NO_LIMIT: Final = 1 << 20


class WireError(Exception):
    """A request that is answered with an error: HTTP status, message, and OpenAI's code."""

    def __init__(self, status: int, message: str, *, code: str | None = None, param: str | None = None) -> None:
        """Keep what the client is told."""
        super().__init__(message)
        self.status, self.message, self.code, self.param = status, message, code, param


class Served:
    """One model under one name."""

    def __init__(self, opened: OpenedModel, name: str) -> None:
        """Start the engine's thread.

        Args:
            opened: The model.
            name: What clients call it.
        """
        self.name = name
        self.chat = Chat(opened.tokenizer)
        self.digest = opened.facts.digest
        self.fingerprint = f"fp_{opened.facts.digest.removeprefix('sha256:')[:12]}"
        self._engine = opened.engine()
        self._worker = EngineWorker(opened.engine())
        config: Any = opened.model.config
        self._context = int(getattr(config, "max_position_embeddings", None) or _NO_LIMIT)
        embedding: Any = opened.model.get_input_embeddings()
        self._rows = int(embedding.weight.shape[0])

    def close(self) -> None:
        """End the engine's thread."""
        self._worker.close()

    def check_name(self, model: str) -> None:
        """Refuse another model's name.

        Raises:
            WireError: 404; this server has one model.
        """
        if model != self.name:
            raise WireError(404, f"the model {model!r} is not served here; {self.name!r} is", code="model_not_found")

    def chat_request(self, asked: ChatAsked) -> Request:
        """The engine's request for a conversation.

        Raises:
            WireError: 400; tools, a turn that cannot be gone on with, or more than the context holds.
        """
        if asked.tools:
            raise WireError(400, "this model knows no tools", code="unsupported", param="tools")
        turns, begun = [message.turn for message in asked.messages], ""
        if asked.continue_final_message:
            begun = self._begun(asked, turns)
            turns = turns[:-1]
        elif not asked.add_generation_prompt:
            raise WireError(400, "a reply needs a generation prompt", param="add_generation_prompt")
        try:
            prompt = self.chat.prompt_ids(turns, begun)
        except TemplateError as problem:
            raise WireError(400, f"the chat template refuses these turns: {problem}", param="messages") from problem
        return self._request(prompt, asked.limit, asked)

    def plain_request(self, asked: CompletionAsked) -> Request:
        """The engine's request for a prompt.

        Raises:
            WireError: 400; several prompts, ids that the model does not have, or more than the context holds.
        """
        prompt = asked.only
        if prompt is None:
            raise WireError(400, "one prompt at a time", param="prompt")
        ids = self.chat.text_ids(prompt) if isinstance(prompt, str) else tuple(prompt)
        if not ids or any(not 0 <= token < self._rows for token in ids):
            raise WireError(400, f"a prompt is at least one token id below {self._rows}", param="prompt")
        return self._request(ids, asked.max_tokens, asked)

    async def complete(self, request: Request, stops: Sequence[str]) -> tuple[Completion, Spoken]:
        """Generate to the end.

        Raises:
            WireError: 500; the model's numbers are not finite.
        """
        if not request.max_new_tokens:
            return Completion((), (), "length", 0), Spoken((), (), "", False)
        made = await asyncio.wrap_future(self._worker.submit(request))
        _check_finite(made.log_probs_nats)
        return made, spoken(self.chat, request.prompt, made.token_ids, made.log_probs_nats, stops)

    async def stream(self, request: Request, stops: Sequence[str]) -> AsyncIterator[tuple[Spoken, Completion | None]]:
        """What was generated so far, after every token; at the end with the completion.

        Raises:
            WireError: 500; the model's numbers are not finite.
        """
        loop, told = asyncio.get_running_loop(), asyncio.Queue[tuple[int, float] | None]()
        future: Future[Completion] = self._worker.submit(request, lambda token, nats: _tell(loop, told, (token, nats)))
        future.add_done_callback(lambda _: _tell(loop, told, None))
        tokens: list[int] = []
        nats: list[float] = []
        so_far = Spoken((), (), "", False)
        while (next_ := await told.get()) is not None:
            if so_far.stopped:
                continue
            _check_finite(next_[1:])
            tokens.append(next_[0])
            nats.append(next_[1])
            so_far = spoken(self.chat, request.prompt, tokens, nats, stops)
            yield so_far, None
        yield so_far, future.result()

    def prompt_nats(self, prompt: tuple[int, ...]) -> list[float | None]:
        """The log-probability of every token of a prompt; None for the first."""
        return [None, *(self._engine.weigh([(prompt[:1], prompt[1:])])[0] if len(prompt) > 1 else ())]

    def _begun(self, asked: ChatAsked, turns: list[dict[str, Any]]) -> str:
        if asked.add_generation_prompt:
            raise WireError(400, "continue_final_message needs add_generation_prompt to be false")
        if turns[-1]["role"] != "assistant" or not turns[-1]["content"]:
            raise WireError(400, "only words of the assistant can be gone on with", param="continue_final_message")
        return turns[-1]["content"]

    def _request(self, prompt: tuple[int, ...], limit: int | None, asked: ChatAsked | CompletionAsked) -> Request:
        room = self._context - len(prompt)
        wanted = max(1, room) if limit is None else limit
        if wanted > room:
            said = f"{len(prompt)} tokens and {wanted} more are beyond this model's {self._context}"
            raise WireError(400, said, code="context_length_exceeded")
        seed = secrets.randbelow(LARGEST_SEED) if asked.seed is None else asked.seed
        return Request(prompt, wanted, asked.temperature, seed)


def _tell(
    loop: asyncio.AbstractEventLoop, told: "asyncio.Queue[tuple[int, float] | None]", what: tuple[int, float] | None
) -> None:
    """Put something into a queue of the loop's, from another thread; nobody listens any more where it was closed."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(told.put_nowait, what)


def _check_finite(nats: Sequence[float]) -> None:
    if not all(map(math.isfinite, nats)):
        raise WireError(500, "the model's log-probabilities are not finite numbers", code="not_finite")
