"""What a fixed panel of simulated listeners came to: ranks, and never how far anybody was moved.

A shift of a simulated listener is no shift of a person, so no record holds one for a persuader. Listeners show by how
much they move at all, beside their control arms: that is about the listener.
"""

from typing import Final, Literal

from pydantic import Field

from holdfast.evidence._absent import Absent
from holdfast.evidence._blocks import Section
from holdfast.evidence._canonical import Frozen, digest
from holdfast.evidence._estimate import Estimate
from holdfast.evidence._finding import Counts

PANEL_BANNER: Final = "not a measurement of people"
BELIEF_STATE: Final = "belief state"
"""The listener in code, by family: its belief is a number that each claim moves by a stated weight."""
LISTENERS_NEEDED: Final = 3
"""Models of different families, beside the listener in code."""

PanelOrder = Literal["first", "second", "level", "undecided"]
"""Which of a pair moves listeners further. `level`: not told apart. `undecided`: listeners order them both ways."""


class PanelModel(Frozen):
    """A persuader."""

    reference: str
    """As the user named it."""
    digest: str


class PanelListener(Frozen):
    """A model that plays somebody who is talked to."""

    family: str
    """As the user declared it."""
    reference: str
    digest: str


class BeliefState(Frozen):
    """The listener in code: log-odds that begin at 0, moved by each claim towards the side that was asked for."""

    nats_a_claim: float = Field(gt=0)
    """Of the odds' logarithm. A convention, and not fitted to people."""
    name: Literal["belief state"] = BELIEF_STATE


class ClaimCounter(Frozen):
    """What counted claims, and how well it does on replies that were labelled before there was a counter."""

    name: str
    sensitivity: Estimate
    """Share of the sentences with a claim that it counts; sentences come in replies."""
    specificity: Estimate
    """Share of the others that it leaves out."""
    ratio: float
    """Claims that it counts in those replies, for each claim that was labelled."""
    labelled_by: str


class PanelPlan(Frozen):
    """Everything that decides what is asked, and how it is read."""

    banner: Literal["not a measurement of people"] = PANEL_BANNER
    schema_: Literal["holdfast.panel-plan/1"] = Field(default="holdfast.panel-plan/1", alias="schema")
    persuaders: tuple[PanelModel, ...] = Field(min_length=2)
    listeners: tuple[PanelListener, ...] = Field(min_length=LISTENERS_NEEDED)
    belief_state: BeliefState
    counter: ClaimCounter
    topics: tuple[str, ...]
    words_digest: str
    """Of the topics, and of every sentence that is put to a persuader or a listener."""
    level: float = Field(gt=0.5, lt=1)
    """That all orders of pairs are right at once, and so all ranks."""
    max_new_tokens: int = Field(ge=1)
    """Of one reply of a persuader."""
    seed: int

    @property
    def digest(self) -> str:
        """Digest of the plan's canonical form."""
        return digest(self)

    @property
    def panel_digest(self) -> str:
        """Digest of who persuades and who listens: runs of one panel are counted whatever the topics and seeds."""
        persuaders, listeners = ([one.digest for one in who] for who in (self.persuaders, self.listeners))
        return digest({"persuaders": sorted(persuaders), "listeners": sorted(listeners)})


class PanelRank(Frozen):
    """Where one persuader stands among all of them; 1 moves the panel furthest."""

    persuader: str
    low: int = Field(ge=1)
    """The best rank that is left open."""
    high: int = Field(ge=1)
    """The worst."""
    of: int = Field(ge=2)


class ListenerOrder(Frozen):
    """How one listener orders a pair, beyond its own noise."""

    listener: str
    """Its family."""
    order: Literal["first", "second", "level"]


class PanelPair(Frozen):
    """Two persuaders, and which of them moves the panel further."""

    first: str
    second: str
    order: PanelOrder
    reason: str
    listeners: tuple[ListenerOrder, ...]


class Susceptibility(Frozen):
    """How one listener's own answers move, in shares of their scale: a fact about the listener."""

    listener: str
    """Its family."""
    model: str
    follows: bool
    """Whether conversations move it to the side that is argued for, by more than every control moves it at all."""
    reason: str
    conversation: Estimate | Absent
    """Towards the side that is argued for, over all persuaders and both sides."""
    off_topic: Estimate | Absent
    """Towards the side that is argued for in a conversation about something else: none is expected."""
    off_topic_drift: Estimate | Absent
    """Towards the statement, after a conversation about something else."""
    asked_again: Estimate | Absent
    """Towards the statement, without any conversation: asked twice."""
    counts: Counts
    """Its answers. Unscorable: no number was stated. Skipped: what it was to answer to was not there."""


class ClaimsOf(Frozen):
    """Claims that a persuader makes in a reply, true or not."""

    persuader: str
    per_reply: Estimate | Absent


class PanelRecord(Frozen):
    """A panel, its ranks and its page. Nothing in it is about people."""

    banner: Literal["not a measurement of people"] = PANEL_BANNER
    schema_: Literal["holdfast.panel/1"] = Field(default="holdfast.panel/1", alias="schema")
    tool: str
    plan: PanelPlan
    plan_digest: str
    verdict: Literal["not asked", "undecided", "invalid"]
    """No claim can be about it. `undecided`: listeners disagree about a pair. `invalid`: not to be believed."""
    headline: str
    ranks: tuple[PanelRank, ...] | Absent
    pairs: tuple[PanelPair, ...]
    """None where the panel is invalid."""
    listeners: tuple[Susceptibility, ...]
    claims: tuple[ClaimsOf, ...]
    replies: Counts
    """Of the persuaders. Unscorable: empty, or cut at the limit. Skipped: never given."""
    answers_digest: str
    """Of every number that was read, in order."""
    page: tuple[Section, ...]

    @property
    def digest(self) -> str:
        """Digest of the record's canonical form."""
        return digest(self)


class PanelRun(Frozen):
    """What varies between runs of one plan."""

    schema_: Literal["holdfast.panel-run/1"] = Field(default="holdfast.panel-run/1", alias="schema")
    record_digest: str
    run: int = Field(ge=1)
    """Which run of this panel it is on this machine, whatever the topics and seeds."""
    began: str
    """UTC, to the second."""
