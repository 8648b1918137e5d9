"""A model behind an endpoint, as something that can be asked: chat completions, many at once.

It fails closed. A sample that stays without an answer is a reply that carries an error, never words; and where the
endpoint itself has gone, nothing of the batch is handed back, so that the same command asks it again as a whole.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final

import numpy as np

from holdfast.errors import EndpointLost, EndpointRefused
from holdfast.evidence import Ask, Reply, SubjectFacts, request_digest, sample_seed
from holdfast.subjects._budget import Budget, Failure, Lasting, Passing, persist
from holdfast.subjects._dialect import CHAT, MODELS, Dialect, chat_body
from holdfast.subjects._line import Line, RealPatience
from holdfast.subjects._wire_client import WireClient
from holdfast.subjects._wire_replies import failed, reply_of
from holdfast.subjects._wire_shapes import Answer, read_answer

CONCURRENCY: Final = 16


class WireSubject:
    """A model behind an endpoint."""

    def __init__(
        self,
        connect: Callable[[RealPatience], WireClient],
        facts: SubjectFacts,
        dialect: Dialect,
        budget: Budget,
        *,
        concurrency: int = CONCURRENCY,
        patience: Callable[[], RealPatience] = RealPatience,
    ) -> None:
        """Wrap an opened endpoint; see `open_endpoint`.

        Args:
            connect: How it is reached, by the clock of one batch.
            facts: What is known of it.
            dialect: What it accepts.
            budget: What each sample may cost.
            concurrency: Samples that are asked at once.
            patience: Makes the clock of one batch.
        """
        self._connect = connect
        self._facts = facts
        self._dialect = dialect
        self._budget = budget
        self._concurrency = concurrency
        self._patience = patience

    @property
    def facts(self) -> SubjectFacts:
        """What is known of it; its weights are not."""
        return self._facts

    def answer(self, batch: tuple[Ask, ...], seed: int) -> tuple[Reply, ...]:
        """Ask a batch.

        Args:
            batch: The asks.
            seed: Of the run; each sample's own goes out as `seed`, and an endpoint may or may not honour it.

        Returns:
            One reply for each ask, in order. A sample that the budget was spent on is a reply with an error.

        Raises:
            EndpointLost: The endpoint is gone, or answers nothing any more. Nothing of this batch may be kept.
            EndpointRefused: It refuses everybody: another key or model than at the opening would be needed.
        """
        line = Line(self._patience(), self._concurrency)
        with self._connect(line.patience) as client:
            replies = self._all(batch, partial(self._one, client=client, seed=seed, line=line), line)
            if line.last and (line.lost or not self._is_there(client)):
                raise self._gone(line.last)
        return replies

    def _all(self, batch: tuple[Ask, ...], one: Callable[[Ask], Reply], line: Line) -> tuple[Reply, ...]:
        with ThreadPoolExecutor(min(self._concurrency, len(batch)) or 1) as pool:
            try:
                return tuple(pool.map(one, batch))
            except BaseException:
                # Ctrl-C: whoever waits is woken, and nobody begins.
                line.give_up()
                raise

    def _one(self, ask: Ask, *, client: WireClient, seed: int, line: Line) -> Reply:
        mark = request_digest(ask, self._facts.digest, seed)
        if ask.candidates:
            return failed(mark, "an endpoint that only chats cannot weigh candidates")
        body, own = chat_body(self._dialect, ask, seed), np.random.default_rng(sample_seed(seed, ask.id))
        try:
            answer = persist(lambda: line.ask(lambda: self._call(client, body)), self._budget, own, line.patience)
        except Failure as failure:
            line.failed(failure)
            return failed(mark, f"no answer ({self._budget.said}): {failure.said}")
        line.answered()
        return reply_of(answer, ask, mark, self._dialect, client.without_key)

    def _call(self, client: WireClient, body: Mapping[str, Any]) -> Answer:
        return read_answer(client.post(CHAT, body, self._budget.request_s))

    def _is_there(self, client: WireClient) -> bool:
        """Whether it answers anything at all: asked before a batch is kept in which some sample has no answer."""
        try:
            client.get(MODELS, self._budget.request_s)
        except Passing:
            return False
        except Lasting:
            return True
        return True

    def _gone(self, last: Failure) -> EndpointLost | EndpointRefused:
        refused = isinstance(last, Lasting)
        error = EndpointRefused if refused else EndpointLost
        return error(
            f"the endpoint {'refuses every request' if refused else 'does not answer any more'}: {self._facts.decoder}",
            why=f"the last failure: {last.said}",
            fix=f"{'mend the key or the endpoint' if refused else 'bring the endpoint back'}; then give the same "
            "command: it resumes",
            state="every finished batch is kept; nothing of this one is",
        )
