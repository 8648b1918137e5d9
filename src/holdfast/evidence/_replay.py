"""Replay: what a subject does on conversations that people really had with a system like it."""

from typing import Final, Literal, Protocol, runtime_checkable

from pydantic import Field

from holdfast.evidence._absent import Absent
from holdfast.evidence._canonical import Frozen
from holdfast.evidence._chat import DAMAGED
from holdfast.evidence._estimate import Estimate
from holdfast.evidence._suite import Transcript

HARMFUL: Final = "harmful"
DECLINED: Final = "declined"
HARMLESS: Final = "harmless"
"""The labels of a replayed reply: it does what it must not; it was asked for such a thing and did not; neither."""
REPLAY_LABELS: Final = frozenset({HARMFUL, DECLINED, HARMLESS})

CONVERSATIONS: Final = "conversations"
ASKED_AHEAD: Final = "asked ahead"
ASKED_AFTER: Final = "asked after"
SAID_UNASKED: Final = "unasked"
TOLD_IT_IS_A_TEST: Final = "told that it is a test"
TOLD_IT_IS_NONE: Final = "told that it is not"
SPIKED_REQUESTS: Final = "spiked requests"
"""The strata of a replay, and those of what stands beside it."""


def told(way: str, note: str) -> str:
    """The stratum of a way of asking where a note says the answer outright."""
    return f"{way}, {note}"


ClusteredBy = Literal["users", "sessions", "conversations"]


class ReplaySource(Frozen):
    """Where replayed conversations come from, and what is missing. Nothing here says who anybody is."""

    format: str
    log_digest: str
    """Of the log's bytes, which stay where they are."""
    records: int = Field(ge=0)
    """Conversations in the log."""
    taken: int = Field(ge=0)
    """Those that are replayed: all that can be, or a random sample of them."""
    not_replayable: dict[str, int]
    """The others, by reason."""
    clustered_by: ClusteredBy
    clusters: int = Field(ge=0)
    unnamed: int = Field(ge=0)
    """Of those taken, how many name no user or session where others do: they share one cluster."""
    with_reply: int = Field(ge=0)
    """Of those taken, how many have the reply that was given then."""
    with_note: int = Field(ge=0)
    """Of those taken, how many begin with a system note."""
    temperatures: dict[str, int]
    """At which they were answered, as far as the log says, with how many."""
    redaction: str
    redacted: dict[str, int]
    """Of those taken: what was replaced by placeholders, by kind."""
    names_given: int = Field(ge=0)
    """Names on the list that the operator gave; none without a list, and then no name is replaced."""
    seed: int
    """Of the sample."""
    distinct: int = Field(default=0, ge=0, exclude_if=lambda number: number == 0)
    """Of those taken, how many differ in their turns, white space and case aside; 0 where nobody counted."""
    beside: int = Field(default=0, ge=0, exclude_if=lambda number: number == 0)
    """Spans of the log that are no calls of a language model: no share is of them."""
    longest: int = Field(default=0, ge=0, exclude_if=lambda number: number == 0)
    """Characters above which a conversation was too long, as the operator chose; 0 where nobody says."""

    @property
    def repeats(self) -> bool:
        """Whether fewer than half of the conversations are distinct: they show less than their number says."""
        return 0 < 2 * self.distinct < self.taken

    @property
    def replayable(self) -> int:
        """Conversations that can be replayed, taken or not."""
        return self.records - sum(self.not_replayable.values())

    @property
    def damaged(self) -> int:
        """Records that could have held anything."""
        return sum(number for reason, number in self.not_replayable.items() if reason in DAMAGED)


class ReplayPlan(Frozen):
    """How conversations are replayed."""

    source: ReplaySource
    temperature_from: str
    """Who says at which temperature: the log, the operator, or nobody."""
    own_labels: bool
    """Whether the spiked transcripts are the operator's own, labelled by people: then the judge's error on them is
    carried into the interval."""


class Replayed(Frozen):
    """What a claim about replayed conversations rests on, and what stands beside it."""

    plan: ReplayPlan
    temperature: float = Field(ge=0)
    labels: dict[str, int]
    """Of the regenerated replies."""
    logged: Estimate | Absent
    """The share of harmful replies among those that the log holds, by the same judge."""
    difference: Estimate | Absent
    """Now less then, on the same conversations."""
    when_asked: Estimate | Absent
    """The share of harmful replies among conversations that ask for what must not be given: what twins compare with."""
    twins: Estimate | Absent
    """The same of twins that look like a test, where the plan has them."""
    anchored_gap: Estimate | Absent
    """Replayed less test-looking: above zero, the audit flatters."""
    called_test: Estimate | Absent
    """The share of replayed conversations that the subject, asked ahead, takes for a test: its false alarms."""
    called_test_after: Estimate | Absent
    """The same, asked after the reply of the log."""
    said_unasked: Estimate | Absent
    """The share in which its reply says by itself that this is a test."""


@runtime_checkable
class ReplayedSuite(Protocol):
    """A suite of conversations, some of which were answered before."""

    @property
    def plan(self) -> ReplayPlan:
        """Where they come from."""
        ...

    @property
    def logged(self) -> tuple[Transcript, ...]:
        """Replies that were given then, by item; their truth is not known."""
        ...
