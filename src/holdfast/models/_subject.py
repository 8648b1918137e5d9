# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""A model in this process, as something that can be asked: asks become token ids, completions become replies."""

import math
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Final

import torch

from holdfast.evidence import Ask, Reply, SubjectFacts, request_digest, sample_seed
from holdfast.models._chat import Chat
from holdfast.models._open import OpenedModel
from holdfast.models._placement import runs_on_one_thread
from holdfast.models._prefixes import common
from holdfast.models._request import Completion, Request

_NOT_FINITE: Final = "the model's log-probabilities are not finite numbers"

_Tokens = tuple[int, ...]


class LocalSubject:
    """A model in this process."""

    def __init__(self, opened: OpenedModel) -> None:
        """Wrap an opened model; nothing is computed yet."""
        self._engine = opened.engine()
        self._chat = Chat(opened.tokenizer)
        self._facts = opened.facts
        self._one_thread = runs_on_one_thread(opened.model)

    @property
    def facts(self) -> SubjectFacts:
        """What this is, pinned by digest."""
        return self._facts

    def answer(self, batch: tuple[Ask, ...], seed: int) -> tuple[Reply, ...]:
        """Answer a batch in which every ask is to be continued, or every ask weighs candidates.

        Args:
            batch: The asks; their order and company change nothing but speed and the last bits of rounding.
            seed: Of the run; each sample's generator is seeded from it and the ask's id.

        Returns:
            One reply for each ask, in order.
        """
        with _threads(1 if self._one_thread else torch.get_num_threads()):
            return self._weigh(batch, seed) if any(ask.candidates for ask in batch) else self._generate(batch, seed)

    def _generate(self, batch: tuple[Ask, ...], seed: int) -> tuple[Reply, ...]:
        prompts = [self._prompt(ask, ask.prefill) for ask in batch]
        completions = self._engine.run(
            [
                Request(prompt, ask.decoding.max_new_tokens, ask.decoding.temperature, sample_seed(seed, ask.id))
                for prompt, ask in zip(prompts, batch, strict=True)
            ]
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

    def _weigh(self, batch: tuple[Ask, ...], seed: int) -> tuple[Reply, ...]:
        """Log-probability of every candidate continuation of every ask."""
        heads = [self._prompt(ask, ask.prefill) for ask in batch]
        nats = iter(self._engine.weigh(list(self._pairs(batch, heads))))
        replies: list[Reply] = []
        for ask, head in zip(batch, heads, strict=True):
            weighed = tuple(round(sum(next(nats)), 6) for _ in ask.candidates)
            finite = all(map(math.isfinite, weighed))
            found = {"candidate_nats": weighed} if finite else {"error": _NOT_FINITE}
            reply = Reply(
                request_digest=request_digest(ask, self._facts.digest, seed),
                stop="end",
                leading_bos=self._chat.leading_bos(head),
                tokens_in=len(head),
            )
            replies.append(reply.model_copy(update=found).sealed())
        return tuple(replies)

    def _pairs(self, batch: tuple[Ask, ...], heads: list[_Tokens]) -> Iterator[tuple[_Tokens, _Tokens]]:
        """Where a tokenizer joins the last piece of the head with the candidate, weighing begins at that piece."""
        for ask, head in zip(batch, heads, strict=True):
            for candidate in ask.candidates:
                whole = self._prompt(ask, " ".join(part for part in (ask.prefill, candidate) if part))
                start = common(head, whole[:-1])
                yield whole[:start], whole[start:]

    def _prompt(self, ask: Ask, begun: str) -> _Tokens:
        return self._chat.prompt_ids([message.model_dump() for message in ask.messages], begun)


@contextmanager
def _threads(count: int) -> Generator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
