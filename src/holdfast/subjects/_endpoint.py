"""Opening an endpoint: everything that can be wrong with it is found before anything is committed to a ledger.

A handful of requests of one token each: whether it is there and takes the key, who it says it is, what it accepts, and
whether a reply can be begun for it.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

import numpy as np

from holdfast.errors import EndpointLost, EndpointRefused, ModelUnclear
from holdfast.evidence import Absent, Ask, Decoding, Message, SubjectFacts
from holdfast.subjects._budget import Budget, Failure, Lasting, Malformed, Passing, persist
from holdfast.subjects._dialect import CHAT, MODELS, Dialect, chat_body
from holdfast.subjects._line import RealPatience
from holdfast.subjects._reference import EndpointReference
from holdfast.subjects._wire_client import KEY, WireClient, api_key, is_loopback
from holdfast.subjects._wire_shapes import Answer, Listed, Listing, read_answer, read_as
from holdfast.subjects._wire_subject import CONCURRENCY, WireSubject

Answered = TypeVar("Answered")

_WORD: Final = "ok"
_NO_ROUTE: Final = frozenset({404, 405, 501})
_SOME_FIELD: Final = frozenset({400, 422})
_MOST_LISTED: Final = 12
_ATTEMPTS: Final = 3


def open_endpoint(
    reference: EndpointReference,
    *,
    budget: Budget | None = None,
    concurrency: int = CONCURRENCY,
    patience: Callable[[], RealPatience] = RealPatience,
    announce: Callable[[str], None] = lambda _: None,
) -> WireSubject:
    """Open a model behind an endpoint that speaks the OpenAI wire.

    The key is taken from HOLDFAST_API_KEY. It is sent to this endpoint alone, and is in no message and no record.

    Args:
        reference: Where it is, and which of its models is meant.
        budget: What each sample may cost; the default where None. The requests here have three attempts of it.
        concurrency: Samples that will be asked at once.
        patience: Makes the clock of one batch.
        announce: Told what the endpoint cannot do.

    Returns:
        A subject. Its digest is of the address, the model's name and what the endpoint says of it: whoever runs the
        endpoint may put something else behind the same.

    Raises:
        ModelUnclear: No model was named, and there is not exactly one.
        EndpointLost: It cannot be reached, or does not answer within the budget.
        EndpointRefused: It refuses the key, the model or the request, or does not speak the wire.
    """
    key = api_key()
    if key and reference.base_url.startswith("http://") and not is_loopback(reference.base_url):
        announce(f"{KEY} goes over an unencrypted connection: {reference.base_url}")
    budget = budget or Budget()
    clock = patience()

    def connect(patience: RealPatience) -> WireClient:
        return WireClient(reference.base_url, key, connections=concurrency, patience=patience)

    with connect(clock) as client:
        # Whoever has mistyped an address need not wait as long as a sample may.
        opening = _Opening(reference, client, replace(budget, attempts=min(budget.attempts, _ATTEMPTS)), clock)
        listed = opening.listed()
        dialect, begins = opening.dialect(reference.model or _only(reference, listed))
    for said in _shortcomings(dialect, begins):
        announce(said)
    facts = _facts(reference, dialect, listed, budget, begins_replies=begins)
    return WireSubject(connect, facts, dialect, budget, concurrency=concurrency, patience=patience)


class _Opening:
    """The requests of an opening."""

    def __init__(
        self, reference: EndpointReference, client: WireClient, budget: Budget, patience: RealPatience
    ) -> None:
        self._where = reference.base_url
        self._client = client
        self._budget = budget
        self._patience = patience
        # Of the waits alone; nothing that is measured depends on them.
        self._rng = np.random.default_rng(0)

    def listed(self) -> tuple[Listed, ...] | None:
        """The models that it lists; None where it has no list, or one that cannot be read."""
        try:
            return self._patiently(lambda: read_as(Listing, self._get())).data
        except Malformed:
            return None
        except Failure as failure:
            if failure.status in _NO_ROUTE:
                return None
            raise self._coded(failure) from failure

    def dialect(self, model: str) -> tuple[Dialect, bool]:
        """What it accepts, and whether replies can be begun.

        Raises:
            EndpointLost: It does not answer.
            EndpointRefused: It refuses every form of the request, or another model answers.
        """
        try:
            form, first = self._accepted(model)
            begun = self._begun(form)
        except Failure as failure:
            raise self._coded(failure) from failure
        if not _may_be(model, first.model):
            raise EndpointRefused(
                f"another model answers at {self._where}: {first.model!r}, where {model!r} was asked for",
                why="it is not known to be the same model under a longer name",
                fix=f"if it is the one that you mean, name it so: {self._where}#{first.model}",
            )
        prints = {answer.system_fingerprint for answer in (first, *begun)}
        return (
            Dialect(
                model=model,
                log_probs=form.log_probs,
                limit=form.limit,
                answers_as=first.model,
                fingerprint=prints.pop() if len(prints) == 1 else None,
            ),
            _continues(first, begun),
        )

    def _accepted(self, model: str) -> tuple[Dialect, Answer]:
        """The first form of the request that it takes, and what it answered."""
        refusals: list[Failure] = []
        for log_probs in (True, False):
            for limit in ("max_tokens", "max_completion_tokens"):
                form = Dialect(model, log_probs, limit, None, None)
                try:
                    return form, self._ask(form, "")
                except Lasting as refusal:
                    refusals.append(refusal)
                    if refusal.status not in _SOME_FIELD:
                        raise
        raise refusals[0]

    def _begun(self, form: Dialect) -> tuple[Answer, ...]:
        """What it answers where a reply is begun with one word, and with two; nothing where it refuses that."""
        try:
            return tuple(self._ask(form, prefill) for prefill in (_WORD, f"{_WORD} {_WORD}"))
        except Failure as failure:
            # Some servers break on a last turn of the assistant's, and answer 500 for what is a refusal.
            if isinstance(failure, Lasting) or failure.status == 500:
                return ()
            raise

    def _ask(self, form: Dialect, prefill: str) -> Answer:
        ask = Ask(
            id=f"opening/{prefill}",
            check="opening",
            arm="greedy",
            item="opening",
            stratum="opening",
            cluster="opening",
            messages=(Message(role="user", content=_WORD),),
            prefill=prefill,
            decoding=Decoding(temperature=0.0, max_new_tokens=1),
        )
        body = chat_body(form, ask, 0)
        return self._patiently(lambda: read_answer(self._client.post(CHAT, body, self._budget.request_s)))

    def _get(self) -> bytes:
        return self._client.get(MODELS, self._budget.request_s)

    def _patiently(self, call: Callable[[], Answered]) -> Answered:
        return persist(call, self._budget, self._rng, self._patience)

    def _coded(self, failure: Failure) -> EndpointLost | EndpointRefused:
        if isinstance(failure, Passing) and not isinstance(failure, Malformed):
            return EndpointLost(
                f"no answer from {self._where}",
                why=f"{failure.said} ({self._budget.said})",
                fix="start the endpoint, or mend the address; then give the same command",
            )
        return EndpointRefused(
            f"{self._where} refuses what every sample would ask",
            why=failure.said,
            fix=_mend(failure.status),
        )


def _mend(status: int | None) -> str:
    if status in (401, 403):
        return f"set {KEY} to a key that the endpoint takes"
    if status == 404:
        return "mend the path of the address, or the model's name behind the #"
    return "give the base address of an endpoint that speaks the OpenAI wire, as its documentation writes it"


def _only(reference: EndpointReference, listed: Sequence[Listed] | None) -> str:
    """The one model that an endpoint serves.

    Raises:
        ModelUnclear: There is not exactly one.
    """
    names = [model.id for model in listed or ()]
    if len(names) == 1:
        return names[0]
    more = f" and {len(names) - _MOST_LISTED} more" if len(names) > _MOST_LISTED else ""
    raise ModelUnclear(
        f"which model of {reference.base_url}?",
        why=f"it lists {', '.join(names[:_MOST_LISTED])}{more}" if names else "it lists no models",
        fix=f"name one: {reference.base_url}#{names[0] if names else 'MODEL'}",
    )


def _may_be(asked: str, answered: str | None) -> bool:
    """Whether a reply's model can be the one that was asked for: the same, a dated form of it, or not said."""
    if answered is None or answered == asked:
        return True
    stem = asked.removesuffix("-latest")
    return answered.startswith(tuple(stem + mark for mark in "-@:"))


def _continues(plain: Answer, begun: Sequence[Answer]) -> bool:
    """Whether a begun reply is gone on with, and not answered as a finished turn.

    A prompt that ends in one more word of the reply is longer by that word's tokens alone; one in which the turn was
    closed and another opened is longer by those marks too. Source: ours; see design/005.
    """
    if len(begun) < 2 or not all(answer.usage and answer.choices for answer in (plain, *begun)):
        return False
    lengths = [answer.usage.prompt_tokens for answer in (plain, *begun) if answer.usage]
    # One token cannot be two words: whoever sends them back repeats what the reply was begun with.
    echoed = (begun[1].choices[0].message.content or "").startswith(f"{_WORD} {_WORD}")
    return not echoed and lengths[1] - lengths[0] == lengths[2] - lengths[1] > 0


def _shortcomings(dialect: Dialect, begins: bool) -> list[str]:
    said: list[str] = []
    if not dialect.log_probs:
        said.append("the endpoint takes no logprobs: replies come without log-probabilities")
    if not begins:
        said.append("replies cannot be begun at this endpoint: inducements that need it are left out")
    return said


def _facts(
    reference: EndpointReference,
    dialect: Dialect,
    listed: Sequence[Listed] | None,
    budget: Budget,
    *,
    begins_replies: bool,
) -> SubjectFacts:
    unseen = Absent(absent="undetermined", reason="an endpoint shows replies, not what gives them")
    revision = next((model.revision for model in listed or () if model.id == dialect.model), None)
    pinned: dict[str, Any] = {
        "endpoint": reference.base_url,
        "model": dialect.model,
        "answers_as": dialect.answers_as,
        "fingerprint": dialect.fingerprint,
        "revision": revision,
    }
    weighed = "" if dialect.log_probs else ", without log-probabilities"
    return SubjectFacts.by_name(
        pinned,
        architecture=f"{dialect.model} (by name alone)",
        decoder=f"{reference.base_url}#{dialect.model} over the OpenAI wire, {budget.said}{weighed}",
        begins_replies=begins_replies,
        unseen=unseen,
    )
