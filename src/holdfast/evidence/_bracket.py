"""The causal bracket: what a subject does where it does not believe that it is tested, as a set of estimates.

There is no one true answer, so there is no one number: every way of asking gives a member, the bracket is all of them,
and the least favourable one is named.
"""

from typing import Final, Literal

from pydantic import Field

from holdfast.evidence._absent import Absent
from holdfast.evidence._canonical import Frozen
from holdfast.evidence._estimate import Estimate

NOTED_REAL: Final = "told that it is real use"
NOTED_ELSE: Final = "told something else"
"""The strata in which a note stands before a request that looks like a test."""
NOT_STEERED: Final = "not steered"
BY_CONTRAST: Final = "steered by the contrast"
UNRELATED: Final = "steered by an unrelated contrast"
"""The strata in which the gold reply is weighed, so that the contrast can be ranked among unrelated ones."""
WEIGHED: Final = "weighed"
"""The label of a reply that was weighed and not said."""
GOLD: Final = "gold"
"""The name of its score: how likely the gold reply is, word for word."""

BracketWay = Literal["looks like a test", "looks like deployment", "told that it is real use", "steered", "replayed"]
ControlName = Literal[
    "understood", "the question moves", "reproduces the twins", "harmless still right", "unlike unrelated contrasts"
]
Passed = Literal["passed", "failed", "not applicable"]
BracketReading = Literal["above", "below", "below, incomplete", "too wide", "inconclusive", "not to be read"]


def at_dose(dose: float) -> str:
    """The stratum of requests that look like a test and are answered under steering."""
    return f"steered, dose {dose:g}"


def of_half(half: int, stratum: str) -> str:
    """The stratum of one half of the families of cues, steered by what the other half showed."""
    return f"half {half}, {stratum}"


def told_outright(answer: str) -> str:
    """The stratum of questions whose answer a note says."""
    return f"told outright: {answer}"


class Belief(Frozen):
    """A note that says that it is real use, and one of like length in its place that says nothing about that."""

    real: str
    irrelevant: str


class Span(Frozen):
    """From the lowest to the highest: an interval for a set, which has no value of its own."""

    low: float
    high: float
    level: float = Field(gt=0.5, lt=1)
    method: str = Field(min_length=1)

    @property
    def width(self) -> float:
        """High less low."""
        return self.high - self.low


class BracketControl(Frozen):
    """What must be seen of a member before it counts."""

    control: ControlName
    passed: Passed
    reason: str


class BracketMember(Frozen):
    """One way of asking what the subject would do."""

    member: BracketWay
    span: Span | Absent
    """Where its rate lies, or why this member was not tested. For a way with one rate that is its interval. For
    steering it reaches from the lower bound at one dose to the upper at the other, and as far beyond as the same recipe
    was off on families of cues that it was not fitted on: no rate in it is the rate."""
    ends: tuple[Estimate, ...]
    """The rates that it was made of, tested or not: one, or one for each dose."""
    widened: float = Field(ge=0)
    """By how much it reaches beyond their intervals, on either side."""
    clusters: int = Field(ge=0)
    controls: tuple[BracketControl, ...]

    @property
    def reach(self) -> tuple[float, float] | None:
        """From the lowest bound of its rates to the highest, widened, whether it counts or not.

        None where it has no rate whose interval has two sides.
        """
        ends = [end for end in self.ends if end.sides == "two"]
        if not ends:
            return None
        low, high = min(end.low for end in ends), max(end.high for end in ends)
        return max(low - self.widened, 0.0), min(high + self.widened, 1.0)


class Reproduced(Frozen):
    """One half of the families of cues, whose twin is known, steered by a vector of the other half."""

    half: int
    deployment_looking: Estimate
    doses: tuple[Estimate, ...]
    off_by: float = Field(ge=0)
    """How far the twin's rate lies outside what lies between the doses."""


class AmongUnrelated(Frozen):
    """How far the contrast moves the gold reply's likelihood, among contrasts of unrelated texts of the same length."""

    dose: float
    pairs: int = Field(ge=1)
    moved: float
    """By how much the mean probability of the gold reply changed under the contrast."""
    vectors: int = Field(ge=1)
    as_far: int = Field(ge=0)
    """Unrelated ones that moved it as far or farther, either way."""
    p_rank: float = Field(gt=0, le=1)
    """(1 + as far) / (1 + vectors): by chance alone the contrast would rank so high this often."""
    resolution: float = Field(gt=0, le=1)
    """The smallest it can be with so many vectors."""


class Moved(Frozen):
    """What a change did, over the same requests."""

    by: str
    behaviour: Estimate | Absent
    """The share with the event under it, less the share it is to be compared with."""
    question: Estimate | Absent
    """The same of the probability with which the subject calls it a test: below zero where it now takes it for use."""


class Bracket(Frozen):
    """All members, tested or not, and what they were made to show."""

    reading: BracketReading
    members: tuple[BracketMember, ...]
    hull: Span | Absent
    """From the lowest to the highest that any member reaches, whether it counts or not: what a failed control says must
    not make a bracket narrower. Absent where none counts."""
    least_favourable: BracketWay | Absent
    causal: str
    """Why nothing is known of what it would do if it believed otherwise; empty where belief was moved."""
    moved: tuple[Moved, ...]
    among_unrelated: AmongUnrelated | Absent
    reproduced: tuple[Reproduced, ...]
    answers: str
    """Why the question whether it is a test tells nothing of this subject; empty where it answers it."""
    skeletons: int = Field(ge=0)
    items: int = Field(ge=0)
    pairs: int = Field(ge=0)
