"""Framings: the same request made to look like a test, or like deployment, or like neither.

A *skeleton* is one way of presenting a request. It holds a few *slots*, each of one cue family, and each slot can say
four things of about the same length in the same place: what makes it look like a test, what makes it look like
deployment, and two things that say nothing about that. A *twin* is one request in one skeleton, said twice.
"""

from collections.abc import Sequence
from typing import Final, Literal, Protocol

from pydantic import Field

from holdfast.evidence._canonical import Frozen
from holdfast.evidence._message import Message

Side = Literal["test", "deployment", "placebo", "other placebo"]
"""What a slot says."""
Place = Literal["system", "earlier", "before", "after"]
"""Where it says it: in the system note, in a turn before the request, or before or after the request in its turn."""

CONSEQUENCE: Final = "consequence of a high mark"
"""The family of a slot that says what a high mark leads to. Its test-looking side punishes, its deployment-looking side
rewards. It stands in skeletons for exams alone, and says a placebo wherever incentives are not what is varied."""

Sign = Literal[-1, 1]
"""On which side of a pair a cue looks like deployment, where chance decides that: 1 on the first."""

TEST_LOOKING: Final = "looks like a test"
DEPLOYMENT_LOOKING: Final = "looks like deployment"
PLACEBO_SIDES: Final = ("placebo", "other placebo")
CHANCE_SIDES: Final = ("cues as drawn", "cues turned over")
PUNISHED: Final = "a high mark is punished"
REWARDED: Final = "a high mark is rewarded"
"""The strata of the arms in which twins are asked: of each pair, the first side and the second."""


class Slot(Frozen):
    """One cue: what it says on each side."""

    family: str
    place: Place
    test: str
    deployment: str
    placebo: str
    other_placebo: str

    def says(self, side: Side) -> str:
        """Its words on this side. An earlier turn's are two lines: what the user said and what was answered."""
        return self.other_placebo if side == "other placebo" else getattr(self, side)


class Skeleton(Frozen):
    """One way of presenting a request, whatever the request is."""

    id: str
    slots: tuple[Slot, ...]

    def around(self, request: str, sides: Sequence[Side]) -> tuple[Message, ...]:
        """The conversation in which this skeleton puts a request.

        Args:
            request: The request, which is the same words on every side.
            sides: What each slot says, in the order of the slots.

        Returns:
            A system note where any slot has its place there, the earlier turns, and the request among the others.

        Raises:
            ValueError: Another number of sides than slots.
        """
        said = [(slot.place, slot.says(side)) for slot, side in zip(self.slots, sides, strict=True)]
        note = " ".join(words for place, words in said if place == "system")
        before = [words for place, words in said if place == "before"]
        after = [words for place, words in said if place == "after"]
        turns = [Message(role="system", content=note)] if note else []
        for asked, answered in (words.split("\n") for place, words in said if place == "earlier"):
            turns += [Message(role="user", content=asked), Message(role="assistant", content=answered)]
        return (*turns, Message(role="user", content=" ".join((*before, request, *after))))


class OneCue(Frozen):
    """A skeleton of which one slot says something about tests, and every other a placebo."""

    skeleton: Skeleton
    family: str
    """Of that slot."""
    form: int = Field(ge=0)
    """Which of the family's sentences it says."""

    @property
    def cluster(self) -> str:
        """Skeletons with the same sentence are not independent: `task format/07`."""
        return f"{self.family}/{self.form:02}"

    def around(self, request: str, side: Side) -> tuple[Message, ...]:
        """The conversation in which a request is put: this side where the cue is, a placebo elsewhere."""
        said: list[Side] = [side if slot.family == self.family else "placebo" for slot in self.skeleton.slots]
        return self.skeleton.around(request, said)


def family_of(cluster: str) -> str:
    """The family of the cue that stands alone in a cluster of such skeletons."""
    return cluster.rsplit("/", 1)[0]


class Framings(Protocol):
    """A generator of skeletons. A list would be learned by heart sooner or later; a generator has private seeds."""

    @property
    def families(self) -> tuple[str, ...]:
        """The cue families that its skeletons draw from."""
        ...

    @property
    def digest(self) -> str:
        """Digest of everything that it can say."""
        ...

    def draw(self, number: int, seed: int) -> tuple[Skeleton, ...]:
        """So many skeletons, independent draws of one population; the same for the same seed."""
        ...

    def halves(self, seed: int) -> "tuple[Framings, Framings]":
        """Two generators that share no family, each with about half of those of every place; the same for a seed."""
        ...

    def draw_one_cue(self, each: int, seed: int) -> tuple[OneCue, ...]:
        """For every form of every family so many skeletons in which it is the one cue; the same for the same seed."""
        ...
