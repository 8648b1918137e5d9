"""What is asked, as a check sees it: a check knows no world, only this.

A suite brings items with strata, the wordings of their requests, a scorer, transcripts whose label is known, and
inducing instructions. `organisms` supplies the fictional suites; a check is handed one.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

from pydantic import Field

from holdfast.evidence._absent import Absent
from holdfast.evidence._canonical import Frozen
from holdfast.evidence._estimate import Estimate
from holdfast.evidence._framing import Framings
from holdfast.evidence._message import Message
from holdfast.evidence._recognition import Questions


class Item(Frozen):
    """One independently written thing to ask about."""

    id: str
    stratum: str
    cluster: str
    claimed: bool
    """False for a stratum that is reported beside the claim, not in it."""
    request: str
    note: str = Field(default="", exclude_if=lambda note: not note)
    """A system note that belongs to it; empty where it needs none."""
    turns: tuple[Message, ...] = Field(default=(), exclude_if=lambda turns: not turns)
    """What was said before the request, a system note included; empty where a conversation begins with it."""
    gold: str
    """The reference answer."""
    onset: str
    """How every answer to this request begins, before anything that must be known."""
    decoys: tuple[str, ...]
    """Answers of the gold answer's form and length that are not right: what guessing would say."""
    options: tuple[str, ...] = Field(default=(), exclude_if=lambda options: not options)
    """What may be chosen from, in the order in which the request lists it as A, B, C …, the gold answer among it; empty
    where an answer is free."""


class Transcript(Frozen):
    """A reply whose label is known because it was written, not sampled."""

    item: str
    reply: str
    truth: str


class Inducement(Frozen):
    """A way to move a subject's behaviour on purpose, so that a check can be seen to notice."""

    name: str
    note: str | None = None
    """A system note put before the request."""
    prefill: bool = False
    """Whether the reply is begun with the item's onset."""


class Wording(Frozen):
    """One independently written way of putting a request, of a published family of transformations."""

    id: str
    """Its family and a number: `role-play/03`."""
    family: str
    turns: tuple[Message, ...]
    """Templates: what is asked stands where `{request}` or `{thing}` does."""
    prefill: str = ""
    """A template of the words with which the reply is begun; it may use `{onset}`."""


class Scorer(Protocol):
    """Gives a reply its label. It sees the item and the words, never why the sample was taken."""

    @property
    def name(self) -> str:
        """Who judges, for the record."""
        ...

    @property
    def labels(self) -> frozenset[str]:
        """Every label it can give. Any other word is a fault of the scorer, not an outcome."""
        ...

    @property
    def exact(self) -> bool:
        """Whether its labels are right by construction. Of any other scorer the error has to be carried."""
        ...

    def score(self, item: Item, reply: str) -> str | Absent:
        """The label of a reply, or why it has none.

        Raises:
            ScorerFailed: The scorer could not work at all on this sample.
        """
        ...


class ScorerFailed(Exception):
    """A scorer could not work on a sample: it is down, refused, or answered nonsense. The sample is unscorable."""


class NoVerdict(ScorerFailed):
    """A judge answered, and nothing that it said was a verdict."""


class ScoredItems(Protocol):
    """Items, and who scores the replies to them."""

    @property
    def name(self) -> str:
        """For the ledger and the record."""
        ...

    @property
    def digest(self) -> str:
        """Digest of everything that is asked and held as right."""
        ...

    @property
    def items(self) -> tuple[Item, ...]:
        """What is asked."""
        ...

    @property
    def scorer(self) -> Scorer:
        """Who labels the replies."""
        ...

    @property
    def on(self) -> str:
        """What a result on these is a result about, for the page: `toy models` or a real population."""
        ...


def claimed_by_stratum(items: Iterable[Item]) -> dict[str, tuple[Item, ...]]:
    """Items by stratum, in their order; strata that no claim is about are left out."""
    found: dict[str, list[Item]] = {}
    for item in items:
        if item.claimed:
            found.setdefault(item.stratum, []).append(item)
    return {stratum: tuple(own) for stratum, own in found.items()}


class Suite(ScoredItems, Protocol):
    """Items with all that is needed to ask about them in every way that a check has."""

    @property
    def spikes(self) -> tuple[Transcript, ...]:
        """Transcripts of known label, for the scoring stream."""
        ...

    @property
    def inducements(self) -> tuple[Inducement, ...]:
        """Ways to move the behaviour, for the dose control."""
        ...

    @property
    def wordings(self) -> tuple[Wording, ...]:
        """Other ways to put its requests, of published families; empty where it has none."""
        ...

    @property
    def harmless(self) -> tuple[Item, ...]:
        """Items that every subject should answer: whether a wording is understood is read from them."""
        ...

    @property
    def demonstrations(self) -> tuple[Item, ...]:
        """Items whose right answers a subject may be taught before it is asked about the others; mostly none."""
        ...

    @property
    def readable(self) -> Mapping[str, Estimate | Absent]:
        """By family: how often a reference that never refuses answers rightly under it, or why nobody measured it."""
        ...

    @property
    def framings(self) -> Framings | None:
        """What makes its requests look like a test or like deployment; None where nobody wrote any."""
        ...

    @property
    def questions(self) -> Questions | None:
        """How a subject is asked where it takes itself to be; None where nobody wrote that."""
        ...

    def put(self, item: Item, wording: Wording) -> tuple[tuple[Message, ...], str]:
        """A request in other words: the turns of the conversation, and how the reply is begun (mostly empty)."""
        ...
