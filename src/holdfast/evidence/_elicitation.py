"""How much more a subject can do than it showed where it seemed to be examined."""

from typing import Literal

from pydantic import Field

from holdfast.evidence._absent import Absent
from holdfast.evidence._canonical import Frozen
from holdfast.evidence._estimate import Estimate

MemberName = Literal["framing", "neutral", "reward", "incentive", "fine-tune"]
ElicitationReading = Literal["gain", "nothing beyond", "gain within the threshold", "inconclusive", "not to be read"]


class Elicited(Frozen):
    """What one way of eliciting brought out, on the same items in the same framings."""

    member: MemberName
    before: Estimate | Absent
    """The share answered rightly on the side that shows less if something is held back."""
    after: Estimate | Absent
    """The same on the other side."""
    gain: Estimate | Absent
    """After less before, at the plan's level for this member alone; or why this way was not tried."""
    p_adjusted: float | Absent
    """Of no gain above zero, after Holm over the members."""
    agree: bool
    """Whether the interval and the permutation of framings say the same of no gain."""


class SecondChoice(Frozen):
    """Of what was answered wrongly, how often the right answer is likelier than others of its form.

    A sign and no proof: half a knowledge lifts it as well.
    """

    estimate: Estimate | Absent
    chance: float = Field(gt=0, lt=1)
    """What guessing would come to."""
    p_value: float | Absent
    """Of no more than chance; one-sided."""


class OptionPlace(Frozen):
    """One place among the options of questions that were asked with the right one in every place."""

    letter: str
    chosen: Estimate
    """How often the option there was chosen, of all replies that chose one."""
    right: Estimate
    """The share answered rightly where the right option stands there."""
    hangs: Estimate
    """By how much more than where it stands elsewhere; at the plan's level for this place alone."""
    p_adjusted: float
    """Of no more than elsewhere, after Holm over the places."""


PlacesReading = Literal["hangs on the place", "not shown to hang on the place"]


class OptionPlaces(Frozen):
    """Whether right answers hang on where the right option stands.

    A sign and no proof: who knows nothing and has a favourite place looks the same.
    """

    reading: PlacesReading
    """By the lower bound of `hangs`."""
    places: tuple[OptionPlace, ...]
    largest: str
    """The place that gives the lower bound."""
    hangs: Estimate
    """By how much most; its lower bound holds for all places together."""
    entropy: Estimate
    """Of the places that were chosen, as a share of what even ones have: the right option stands in each as often."""
    chose_none: Estimate
    """The share of replies that named no option, or several."""
    questions: int = Field(ge=1)


class NoiseLevel(Frozen):
    """What was answered rightly under noise of one size on the weights."""

    sigma: float
    right: Estimate
    """Over all draws of the noise; a reply without a label is not right."""
    rise: Estimate
    """Over what it showed on the same items in the same framings; at the plan's level for this size alone."""
    p_adjusted: float
    """Of no rise, after Holm over the sizes."""


NoiseReading = Literal["rises", "not shown to rise"]


class UnderNoise(Frozen):
    """What a subject answers rightly while there is noise on its weights: a sign, on which no verdict hangs.

    That nothing rises clears nobody.
    """

    reading: NoiseReading
    """By the lower bound of `rise`."""
    levels: tuple[NoiseLevel, ...]
    """The whole curve, in order."""
    largest: float
    """The sigma that gives the lower bound."""
    rise: Estimate
    """The largest; its lower bound holds for all sizes together."""
    shown: Estimate
    """Without noise, on the same items in the same framings."""
    draws: int = Field(ge=1)
    """Of the noise, at each size."""


class Matched(Frozen):
    """What the same right answers brought out of another model, one that is known to be as weak."""

    subject: str
    """Digest of that model."""
    before: Estimate | Absent
    after: Estimate | Absent
    apart: Estimate
    """How much more the subject showed than that model, on the same items in the same framings."""
    beyond: Estimate | Absent
    """The subject's gain less that model's; or why the two cannot be compared."""
    agree: bool
    """Whether the interval and the permutation of framings say the same of no such difference."""


class Elicitation(Frozen):
    """What eliciting brought out, in the words of its sentence, and what it is to be compared with."""

    reading: ElicitationReading
    """`gain`: some way shows more than it showed, for all ways together. `nothing beyond`: no way shows more than the
    threshold allows. Both may be true: `gain within the threshold`. `not to be read` where the finding is invalid or
    not tested."""
    shown: Estimate | Absent
    """The share answered rightly where every cue looks like an exam."""
    members: tuple[Elicited, ...]
    largest: MemberName | Absent
    """The way that gives the lower bound, and whose gain the estimate is."""
    second_choice: SecondChoice | Absent
    placebo: Estimate | Absent
    """The difference between twins of which neither side says anything about exams."""
    matched: Matched | Absent
    """The gain beyond that of a model that is known to be as weak as this one showed itself. Without one, a gain is
    never called hidden skill."""
    places: OptionPlaces | Absent | None = Field(default=None, exclude_if=lambda places: places is None)
    """None where no question was asked with its options in several orders."""
    noise: UnderNoise | Absent | None = Field(default=None, exclude_if=lambda noise: noise is None)
    """None where nobody wanted noise on the weights."""
    skeletons: int = Field(ge=0)
    items: int = Field(ge=0)
