# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""A model in this process, as something that can be asked: asks become token ids, completions become replies."""

import math
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import torch

from holdfast.errors import UnreadableModel
from holdfast.evidence import Absent, Ask, Message, Reply, State, SubjectFacts, digest, request_digest, sample_seed
from holdfast.models._chat import Chat
from holdfast.models._contrasts import Contrasts
from holdfast.models._layers import decoder_layers
from holdfast.models._open import OpenedModel
from holdfast.models._placement import runs_on_one_thread
from holdfast.models._prefixes import common
from holdfast.models._request import Completion, Request
from holdfast.models._states import depths, packed
from holdfast.models._steering import Steering

_NOT_FINITE: Final = "the model's log-probabilities are not finite numbers"
_STATE_NOT_FINITE: Final = "the model's states are not finite numbers"

_Tokens = tuple[int, ...]


class LocalSubject:
    """A model in this process."""

    def __init__(self, opened: OpenedModel, *, steering: Steering | None = None) -> None:
        """Wrap an opened model; nothing is computed yet.

        Args:
            opened: The model.
            steering: What is added to its residual stream whenever it is asked. It is a subject of its own then, with a
                digest of its own: no reply of it can pass for one of the model as it is.
        """
        self._engine = opened.engine()
        self._chat = Chat(opened.tokenizer)
        self._context: int | None = getattr(opened.model.config, "max_position_embeddings", None)
        self._steering = steering
        self._facts = opened.facts if steering is None else _steered_facts(opened.facts, steering)
        self._one_thread = runs_on_one_thread(opened.model)
        self._contrasts = Contrasts(
            self._engine, lambda turns: self._chat.prompt_ids([turn.model_dump() for turn in turns])
        )

    @property
    def facts(self) -> SubjectFacts:
        """What this is, pinned by digest."""
        return self._facts

    @property
    def context(self) -> int | None:
        """Tokens that a prompt and its reply may have together; None where the model's configuration does not say."""
        return self._context

    def prompt_tokens(self, messages: Sequence[Message], begun: str = "") -> int:
        """Tokens of a conversation, and of a reply to it, as the model would read them.

        Args:
            messages: Its turns.
            begun: The reply; empty where there is none yet.

        Raises:
            jinja2.TemplateError: The model's chat template refuses these roles or their order.
        """
        return len(self._chat.prompt_ids([message.model_dump() for message in messages], begun))

    def answer(self, batch: tuple[Ask, ...], seed: int) -> tuple[Reply, ...]:
        """Answer a batch in which every ask is to be continued, or weighs candidates, or wants a state.

        Args:
            batch: The asks, steered alike or not at all; their order and company change nothing but speed and the last
                bits of rounding.
            seed: Of the run; each sample's generator is seeded from it and the ask's id.

        Returns:
            One reply for each ask, in order. Where a vector is to be added and cannot be, a reply that says why.

        Raises:
            ValueError: Asks that are steered differently, or a subject that is steered already.
        """
        with _threads(1 if self._one_thread else torch.get_num_threads()):
            steering = self._steering_of(batch)
            if isinstance(steering, Absent):
                return tuple(self._unsampled(ask, seed, (), {"error": steering.reason}) for ask in batch)
            replies = self._answered(batch, seed, steering)
        if not batch or batch[0].steer is None or steering is None:
            return replies
        return tuple(reply.model_copy(update={"steered": steering.digest}).sealed() for reply in replies)

    def _answered(self, batch: tuple[Ask, ...], seed: int, steering: Steering | None) -> tuple[Reply, ...]:
        if any(ask.reads_state for ask in batch):
            return self._read(batch, seed, steering)
        if any(ask.candidates for ask in batch):
            return self._weigh(batch, seed, steering)
        return self._generate(batch, seed, steering)

    def _steering_of(self, batch: tuple[Ask, ...]) -> Steering | Absent | None:
        steer = batch[0].steer if batch else None
        if any(ask.steer != steer for ask in batch):
            raise ValueError("a batch is steered by one vector, or by none")
        if steer is None:
            return self._steering
        if self._steering is not None:
            raise ValueError("this subject is steered already")
        return self._contrasts.steering(steer)

    def _generate(self, batch: tuple[Ask, ...], seed: int, steering: Steering | None) -> tuple[Reply, ...]:
        prompts = [self._prompt(ask, ask.prefill) for ask in batch]
        completions = self._engine.run(
            [
                Request(prompt, ask.decoding.max_new_tokens, ask.decoding.temperature, sample_seed(seed, ask.id))
                for prompt, ask in zip(prompts, batch, strict=True)
            ],
            steering=steering,
        )
        return tuple(
            self._reply(ask, seed, prompt, completion)
            for ask, prompt, completion in zip(batch, prompts, completions, strict=True)
        )

    def _reply(self, ask: Ask, seed: int, prompt: _Tokens, made: Completion) -> Reply:
        mark = request_digest(ask, self._facts.digest, seed)
        if not all(map(math.isfinite, made.log_probs_nats)):
            return Reply(request_digest=mark, error=_NOT_FINITE, stop="none", leading_bos=-1).sealed()
        return Reply(
            request_digest=mark,
            text=(ask.prefill + self._chat.text(prompt, made.token_ids)).strip(),
            token_ids=made.token_ids,
            log_probs_nats=tuple(round(value, 6) for value in made.log_probs_nats),
            stop=made.stop,
            leading_bos=self._chat.leading_bos(prompt),
            tokens_in=len(prompt),
            tokens_out=len(made.token_ids),
        ).sealed()

    def _weigh(self, batch: tuple[Ask, ...], seed: int, steering: Steering | None) -> tuple[Reply, ...]:
        """Log-probability of every candidate continuation of every ask."""
        heads = [self._prompt(ask, ask.prefill) for ask in batch]
        nats = iter(self._engine.weigh(list(self._pairs(batch, heads)), steering=steering))
        replies: list[Reply] = []
        for ask, head in zip(batch, heads, strict=True):
            weighed = tuple(round(sum(next(nats)), 6) for _ in ask.candidates)
            finite = all(map(math.isfinite, weighed))
            found = {"candidate_nats": weighed} if finite else {"error": _NOT_FINITE}
            replies.append(self._unsampled(ask, seed, head, found))
        return tuple(replies)

    def _read(self, batch: tuple[Ask, ...], seed: int, steering: Steering | None) -> tuple[Reply, ...]:
        """The states behind every ask, at four depths."""
        heads = [self._prompt(ask, ask.prefill) for ask in batch]
        return tuple(
            self._unsampled(ask, seed, head, {"state": state} if state else {"error": _STATE_NOT_FINITE})
            for ask, head, state in zip(batch, heads, self._states(heads, steering), strict=True)
        )

    def _states(self, heads: list[_Tokens], steering: Steering | None) -> list[State | Absent | None]:
        """None where a state has numbers that are not finite."""
        try:
            model_layers = depths(len(decoder_layers(self._engine.model)))
        except UnreadableModel as problem:
            return [Absent(absent="not tested", reason=f"{problem.what}: {problem.why}")] * len(heads)
        return packed(self._engine.states(heads, model_layers, steering=steering), model_layers)

    def _unsampled(self, ask: Ask, seed: int, head: _Tokens, found: dict[str, Any]) -> Reply:
        reply = Reply(
            request_digest=request_digest(ask, self._facts.digest, seed),
            stop="end",
            leading_bos=self._chat.leading_bos(head),
            tokens_in=len(head),
        )
        return reply.model_copy(update=found).sealed()

    def _pairs(self, batch: tuple[Ask, ...], heads: list[_Tokens]) -> Iterator[tuple[_Tokens, _Tokens]]:
        """Where a tokenizer joins the last piece of the head with the candidate, weighing begins at that piece."""
        for ask, head in zip(batch, heads, strict=True):
            for candidate in ask.candidates:
                whole = self._prompt(ask, " ".join(part for part in (ask.prefill, candidate) if part))
                start = common(head, whole[:-1])
                yield whole[:start], whole[start:]

    def _prompt(self, ask: Ask, begun: str) -> _Tokens:
        return self._chat.prompt_ids([message.model_dump() for message in ask.messages], begun)


def _steered_facts(facts: SubjectFacts, steering: Steering) -> SubjectFacts:
    where = f"steered behind layer {steering.model_layer}, {steering.positions}"
    pinned = digest({"subject": facts.digest, "steering": steering.digest})
    return facts.model_copy(update={"digest": pinned, "decoder": f"{facts.decoder}, {where}"})


@contextmanager
def _threads(count: int) -> Generator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
