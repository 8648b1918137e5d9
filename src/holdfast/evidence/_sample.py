"""What is asked of a subject and what comes back: the border between checks and whatever runs a model."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Literal, Protocol, Self

from pydantic import Field

from holdfast.evidence._absent import Absent
from holdfast.evidence._canonical import Frozen, digest
from holdfast.evidence._message import Message
from holdfast.evidence._noise import Noise
from holdfast.evidence._row import Arm
from holdfast.evidence._seal import Seal
from holdfast.evidence._steer import Steer


class Decoding(Frozen):
    """How the next token is chosen."""

    temperature: float = Field(ge=0)
    """0 is greedy."""
    max_new_tokens: int = Field(ge=1)


class Ask(Frozen):
    """One planned sample."""

    id: str
    """Unique in a plan. It seeds the sample's own random generator, so a sample does not depend on its neighbours."""
    check: str
    arm: Arm
    item: str
    stratum: str
    cluster: str
    attempt: int = 1
    inducement: str | None = None
    dose: float | None = None
    messages: tuple[Message, ...]
    prefill: str = ""
    """Words that the reply is made to begin with."""
    decoding: Decoding
    candidates: tuple[str, ...] = ()
    """For the ability arm: continuations to weigh, the gold one first. Nothing is sampled then."""
    reads_state: bool = Field(default=False, exclude_if=lambda reads: reads is False)
    """Whether the subject's state behind the last token of the prompt is wanted. Nothing is sampled then."""
    steer: Steer | None = Field(default=None, exclude_if=lambda steer: steer is None)
    """What is added to the subject's residual stream meanwhile; None where it is asked as it is."""
    noise: Noise | None = Field(default=None, exclude_if=lambda noise: noise is None)
    """What is added to a copy of the subject's weights meanwhile; None where it is asked as it is."""


class State(Frozen):
    """The residual stream behind the last token of a prompt, at a few depths."""

    layers: tuple[int, ...]
    """0 is the embedding, k what leaves the k-th decoder layer."""
    width: int = Field(ge=1)
    """Numbers a layer: the model's width, or fewer where a random projection made them so."""
    halves: str
    """The numbers, layer by layer, in half precision, little-endian, base64."""


class Demonstration(Frozen):
    """A conversation and the reply that is right in it: what a subject may be taught before it is asked again."""

    messages: tuple[Message, ...]
    reply: str


class Reply(Frozen):
    """What a subject answered to one ask."""

    request_digest: str
    """Digest of the ask, the subject and the seed: a reply that belongs to anything else is stale."""
    text: str = ""
    """The prefill, if any, and what was generated."""
    token_ids: tuple[int, ...] | Absent = ()
    """Of the generated part, or why they cannot be seen."""
    log_probs_nats: tuple[float, ...] | Absent = Absent(absent="not applicable", reason="nothing was sampled")
    """Of each sampled token, under the distribution it was sampled from."""
    candidate_nats: tuple[float, ...] | Absent = Absent(absent="not applicable", reason="nothing was weighed")
    """Log-probability of each candidate continuation."""
    state: State | Absent | None = Field(default=None, exclude_if=lambda state: state is None)
    """Where the ask wanted it; None where it did not."""
    steered: str | None = Field(default=None, exclude_if=lambda steered: steered is None)
    """Digest of the vector that was added, and where; None where nothing was."""
    stop: Literal["end", "length", "none"]
    """Whether the subject ended its turn, ran into the limit, or had no turn."""
    leading_bos: int
    """Beginning-of-sequence tokens at the head of the prompt, or -1 where they cannot be seen."""
    tokens_in: int = 0
    tokens_out: int = 0
    """Tokens that were generated, by the subject's own count."""
    error: str | None = None
    """What the provider said instead of answering."""
    label: str | Absent | None = Field(default=None, exclude_if=lambda label: label is None)
    """Given at once where the words may not be kept; None where they are here to be scored."""
    seal: str = ""
    """Digest of the words and tokens, set by whoever made the reply: a reply that changed on its way is noticed."""

    def sealed(self) -> "Reply":
        """This reply with its seal."""
        return self.model_copy(update={"seal": self.contents_digest})

    @property
    def contents_digest(self) -> str:
        """Digest of all that the subject said."""
        return digest(self.model_dump(mode="json", exclude={"seal"}))


def request_digest(ask: Ask, subject: str, seed: int) -> str:
    """What a reply must carry to count as the answer to this ask, from this subject, under this seed."""
    return digest({"ask": ask.model_dump(mode="json"), "subject": subject, "seed": seed})


def sample_seed(seed: int, ask_id: str) -> int:
    """The seed of one sample's own generator, a whole number below 2**63: every way to a subject hands it on.

    It depends on the run's seed and on the ask alone, so an engine in this process, an endpoint that honours `seed` and
    an Inspect provider draw the same numbers, whoever else is in the batch.
    """
    return int.from_bytes(sha256(f"{seed}/{ask_id}".encode()).digest()[:8], "big") >> 1


class SubjectFacts(Frozen):
    """What was evaluated. Where weights can be seen, nothing here depends on the name or place they came from."""

    digest: str
    """Of weights, configuration, tokenizer and its settings, chat template and end tokens together. Of an endpoint and
    a model's name where nothing else can be seen: then whoever runs the endpoint may change what is behind it."""
    access: Literal["api", "logits", "weights"]
    architecture: str
    parameters: int | Absent
    weights_digest: str | Absent
    tokenizer_digest: str | Absent
    chat_template_digest: str | Absent
    words: str | Absent
    """Digest of the vocabulary: tells which suites the subject can be asked."""
    decoder: str
    """What generated: the engine, its number type and device, or the endpoint."""
    begins_replies: bool = Field(default=True, exclude_if=lambda begins: begins is True)
    """Whether a reply can be begun for it. Not every endpoint lets its caller write the first words."""
    tunes: bool = Field(default=False, exclude_if=lambda tunes: tunes is False)
    """Whether it can be fine-tuned here: its weights are at hand, and so is a process that may write nothing."""

    @classmethod
    def by_name(
        cls, named: Mapping[str, object], *, architecture: str, decoder: str, begins_replies: bool, unseen: Absent
    ) -> Self:
        """The facts of a subject that shows replies and nothing else.

        Args:
            named: What tells it from others, in JSON: its digest is of these.
            architecture: What it is called.
            decoder: What generated.
            begins_replies: Whether a reply can be begun for it.
            unseen: Why the rest is missing.
        """
        return cls(
            digest=digest(named),
            access="api",
            architecture=architecture,
            parameters=unseen,
            weights_digest=unseen,
            tokenizer_digest=unseen,
            chat_template_digest=unseen,
            words=unseen,
            decoder=decoder,
            begins_replies=begins_replies,
        )


class Subject(Protocol):
    """Something that can be asked."""

    @property
    def facts(self) -> SubjectFacts:
        """What it is."""
        ...

    def answer(self, batch: tuple[Ask, ...], seed: int) -> tuple[Reply, ...]:
        """One reply for each ask, in order. A provider's failure is a reply that carries its error."""
        ...


class TunableSubject(Subject, Protocol):
    """A subject that can be taught a few right answers, in a process that may write nothing, and asked again."""

    def answer_tuned(
        self, demonstrations: Sequence[Demonstration], batch: tuple[Ask, ...], seed: int
    ) -> tuple[tuple[Reply, ...], Seal]:
        """One reply of the changed subject for each ask, in order, and what sealed it. The subject stays as it is."""
        ...


class NoisySubject(Subject, Protocol):
    """A subject that can be asked under noise on its weights, in a process that may write nothing."""

    def answer_noised(self, batch: tuple[Ask, ...], seed: int) -> tuple[tuple[Reply, ...], Seal]:
        """One reply for each ask, in order, under the noise that it names, and what sealed it. The subject stays."""
        ...
