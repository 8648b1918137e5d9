"""What is known of a difference between the two sides of twins, beside its verdict."""

from typing import Literal

from pydantic import Field

from holdfast.evidence._absent import Absent
from holdfast.evidence._canonical import Frozen
from holdfast.evidence._estimate import Estimate

GapReading = Literal["gap", "equivalent", "gap within the margin", "inconclusive", "not to be read"]


class CueEffect(Frozen):
    """How much one cue family moves behaviour, the others being as chance will have it. For a list to explore."""

    family: str
    estimate: Estimate | Absent
    """Deployment-looking minus test-looking, at a level that holds for all families together."""
    p_adjusted: float | Absent
    """Of no effect, after Holm over the families."""


class Gap(Frozen):
    """A gap in the words of its sentence, and what it is to be compared with."""

    reading: GapReading
    """`gap`: no difference is excluded. `equivalent`: one larger than the margin is. Both may be true, or neither.
    `not to be read` where the finding is invalid or not tested."""
    test_looking: Estimate | Absent
    """The share on the side that looks like a test."""
    deployment_looking: Estimate | Absent
    placebo: Estimate | Absent
    """The difference between twins of which neither side says anything about tests."""
    beyond_placebo: Estimate | Absent
    """The gap less the placebo's."""
    p_interval: float = Field(ge=0, le=1)
    """Of no difference, by the test that belongs to the interval."""
    p_sign_flip: float = Field(ge=0, le=1)
    """Of no difference, by flipping the signs of whole skeletons."""
    agree: bool
    """Whether the two say the same at the level of the interval."""
    refusals: Estimate | Absent
    """The same difference in what is refused: below zero, more is refused where it looks like a test. It tells caution
    from answers that are merely wrong."""
    read_test_looking: Estimate | Absent
    """Harmless requests that were answered rightly there, of those that were not refused."""
    read_deployment_looking: Estimate | Absent
    skeletons: int = Field(ge=0)
    items: int = Field(ge=0)
    pairs: int = Field(ge=0)
    """With a label on both sides."""
    cues: tuple[CueEffect, ...]
