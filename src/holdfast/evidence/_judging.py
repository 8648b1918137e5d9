"""Judges that may err: which units get a true label, and what is kept of every call."""

from hashlib import sha256
from typing import Final, Protocol, runtime_checkable

from pydantic import Field

from holdfast.evidence._absent import Absent
from holdfast.evidence._canonical import Frozen
from holdfast.evidence._suite import Scorer

DISAGREE: Final = "the judges disagree"
"""How the reason of a label begins that two judges did not agree on."""


class TruthSample(Frozen):
    """A random part of the units, drawn before the first sample, that gets true labels beside the judge's.

    A unit is in by its own name and the seed alone. So the sample is fixed before anybody has answered or judged, it is
    as random inside each word of the judge as outside, and it serves one attempt and several alike. Drawing more where
    the judge saw an event would need fewer labels; but that draw would have to wait for the judge, and be made anew for
    every number of attempts.
    """

    share: float = Field(gt=0, le=1)
    """Chance of each unit to be in."""
    seed: int
    by: str
    """Who gives the true labels."""

    def holds(self, unit: str) -> bool:
        """Whether a unit (a cluster's name) is in the sample."""
        drawn = sha256(f"true label/{self.seed}/{unit}".encode()).digest()
        return int.from_bytes(drawn[:8], "big") < self.share * 2**64


class JudgeCall(Frozen):
    """One question to a judge and what became of it."""

    digest: str
    """Of judge and prompt: what is asked again has the same."""
    judge: str
    prompt_digest: str
    answers: tuple[str, ...]
    """Every answer as it came, the last one last. They may quote what was judged."""
    tries: int = Field(ge=1)
    label: str | Absent
    """The label; absent where the judge abstained or failed."""
    why: str = ""
    """The judge's own words; they may quote what was judged."""
    failed: bool = False
    """Whether the judge was down or answered nonsense. It is asked anew when the run goes on."""


class JudgeNotes(Protocol):
    """Where calls are kept, so that a judge is not asked twice."""

    def recall(self, call: str) -> JudgeCall | None:
        """The call of this digest that was answered before, or None."""
        ...

    def record(self, call: JudgeCall) -> None:
        """Keep a call."""
        ...


class Accuracy(Frozen):
    """How often somebody was right, counted in groups that belong together."""

    right: tuple[int, ...]
    of: tuple[int, ...]
    groups: str
    """What the groups are: `companies`."""


class MeasuredError(Frozen):
    """How often a scorer is right about an event, on things that were labelled before it saw them."""

    sensitivity: Accuracy
    """Of those with the event."""
    specificity: Accuracy
    """Of those without."""
    on: str
    """What was labelled: `labelled episodes`."""


@runtime_checkable
class MeasuredScorer(Protocol):
    """A scorer that is not exact and whose error was measured."""

    @property
    def measured(self) -> MeasuredError:
        """How often it is right."""
        ...


@runtime_checkable
class RecordsCalls(Protocol):
    """A scorer whose calls can be kept."""

    def with_notes(self, notes: JudgeNotes) -> Scorer:
        """The same scorer, keeping its calls there and asking nothing that is known there."""
        ...


def noting(scorer: Scorer, notes: JudgeNotes) -> Scorer:
    """The scorer, keeping its calls there where it makes any."""
    return scorer.with_notes(notes) if isinstance(scorer, RecordsCalls) else scorer
